//! What this room promises.

use super::*;
use crate::template::{Draft, ParameterKind, ShortCode};
use crate::value::Currency;
use crate::{Category, Version};

fn template(body: &str, slots: Vec<Slot>) -> Template {
    let draft = Draft {
        name: "order".to_owned(),
        version: Version::new(1),
        language: "en".to_owned(),
        category: Category::Utility,
        header: None,
        body: body.to_owned(),
        footer: Some("Bakery".to_owned()),
        buttons: vec!["Thanks".to_owned()],
        slots,
    };
    draft.checked().unwrap()
}

fn slot(kind: ParameterKind) -> Slot {
    Slot {
        kind,
        options: None,
    }
}

fn options(words: &[&str]) -> Slot {
    let options = words.iter().map(|word| (*word).to_owned()).collect();
    Slot {
        kind: ParameterKind::Option,
        options: Some(options),
    }
}

fn euros(minor: u64) -> Parameter {
    let currency = Currency::Eur;
    Parameter::Money(Money { minor, currency })
}

#[test]
fn a_customer_reads_the_published_text_with_each_parameter_in_its_own_form() {
    let slots = vec![
        slot(ParameterKind::Integer),
        slot(ParameterKind::Money),
        slot(ParameterKind::Date),
        options(&["on foot", "by bicycle"]),
        slot(ParameterKind::Code),
    ];
    let said = template(
        "No. {{1}}: {{2}}, on {{3}} {{4}}, code {{5}}; again: {{1}}.",
        slots,
    );
    let parameters = [
        Parameter::Integer(-7),
        euros(1_205),
        Parameter::Date(20_779),
        Parameter::Option(1),
        Parameter::Code(ShortCode::new("4X7K").unwrap()),
    ];
    let shown = said.render(&parameters).unwrap();
    let body = "No. -7: 12.05 EUR, on 2026-11-22 by bicycle, code 4X7K; again: -7.";
    assert_eq!(shown.body, body);
    assert_eq!(shown.buttons, ["Thanks"]);
}

#[test]
fn a_parameter_that_is_not_of_its_slots_type_is_not_shown() {
    let said = template("It comes {{1}} now", vec![options(&["on foot"])]);
    assert!(said.render(&[Parameter::Option(0)]).is_ok());
    for wrong in [
        vec![],
        vec![Parameter::Option(1)],
        vec![Parameter::Integer(0)],
        vec![euros(1)],
        vec![Parameter::Option(0), Parameter::Option(0)],
    ] {
        assert_eq!(said.render(&wrong), Err(Unfit), "{wrong:?}");
    }
}

#[test]
fn options_cannot_put_a_link_together() {
    let said = template(
        "See http{{1}}bakery for it",
        vec![options(&[":", "://", ":/"][..1])],
    );
    assert!(said.render(&[Parameter::Option(0)]).is_ok());
    let said = template("See http{{1}}/bakery for it", vec![options(&[":/"])]);
    assert_eq!(said.render(&[Parameter::Option(0)]), Err(Unfit));
    let said = template("See w{{1}}bakery for it", vec![options(&["ww."])]);
    assert_eq!(said.render(&[Parameter::Option(0)]), Err(Unfit));
}

#[test]
fn money_is_written_as_its_currency_has_it() {
    let written = |minor, currency| money(Money { minor, currency });
    assert_eq!(written(5, Currency::Eur), "0.05 EUR");
    assert_eq!(written(1_200, Currency::Jpy), "1200 JPY");
    assert_eq!(
        written(u64::MAX, Currency::Usd),
        "184467440737095516.15 USD"
    );
}

#[test]
fn days_are_those_of_the_calendar() {
    for (day, written) in [
        (0, "1970-01-01"),
        (58, "1970-02-28"),
        (59, "1970-03-01"),
        (789, "1972-02-29"),
        (11_016, "2000-02-29"),
        (20_779, "2026-11-22"),
        (47_540, "2100-02-28"),
        (47_541, "2100-03-01"),
        (2_932_896, "9999-12-31"),
    ] {
        assert_eq!(date(Day::new(day)).as_deref(), Some(written));
    }
    assert_eq!(date(Day::new(2_932_897)), None);
    assert_eq!(date(Day::new(u32::MAX)), None);
}

#[test]
fn braces_that_are_no_placeholder_are_text() {
    for text in ["{{", "{{}}", "{{1}", "{{{", "{{001}}", "{{1a}}", "{{é}}"] {
        let found = pieces(text);
        assert!(
            matches!(&found[..], [Piece::Text(all)] if *all == text),
            "{text}"
        );
    }
    assert_eq!(pieces("{{{1}}}").len(), 3);
    assert!(pieces("").is_empty());
}
