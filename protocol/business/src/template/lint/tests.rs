//! What this room promises.

use super::*;
use crate::Version;
use crate::template::Slot;

fn slot(kind: ParameterKind) -> Slot {
    let options = vec!["on foot".to_owned(), "by bicycle".to_owned()];
    let options = (kind == ParameterKind::Option).then_some(options);
    Slot { kind, options }
}

fn clean() -> Draft {
    Draft {
        name: "order_on_its_way".to_owned(),
        version: Version::new(1),
        language: "en-GB".to_owned(),
        category: Category::Utility,
        header: Some("Your order".to_owned()),
        body: "Order {{1}} left us on {{2}}.\nIt comes {{3}} and costs {{4}}, and/or less."
            .to_owned(),
        footer: Some("Bakery, High Street 7".to_owned()),
        buttons: vec!["Where is it?".to_owned(), "Thanks".to_owned()],
        slots: vec![
            slot(ParameterKind::Integer),
            slot(ParameterKind::Date),
            slot(ParameterKind::Option),
            slot(ParameterKind::Money),
        ],
    }
}

/// What breaks one rule and no other.
fn broken(by: Lint) -> Vec<Draft> {
    let changed = |change: &dyn Fn(&mut Draft)| {
        let mut draft = clean();
        change(&mut draft);
        draft
    };
    let body = |text: &str| {
        changed(&|draft| {
            draft.body = text.to_owned();
            draft.slots.clear();
        })
    };
    match by {
        Lint::Body => vec![body(" "), body(&"a".repeat(1_025))],
        Lint::Edges => vec![
            changed(&|draft| draft.header = Some(String::new())),
            changed(&|draft| draft.footer = Some("a".repeat(61))),
        ],
        Lint::Buttons => vec![changed(&|draft| draft.buttons = vec!["Yes".to_owned(); 4])],
        Lint::Button => vec![
            changed(&|draft| draft.buttons = vec![String::new()]),
            changed(&|draft| draft.buttons = vec!["a".repeat(21)]),
        ],
        Lint::Placeholders => vec![
            body("Order {{1}} left."),
            body("Order {{0}} left."),
            body("Order {{01}} left."),
            body("Order {{x}} left."),
            body("Order }} left."),
            changed(&|draft| drop(draft.slots.pop())),
            changed(&|draft| draft.body = draft.body.replace("{{2}}", "{{5}}")),
        ],
        Lint::Misplaced => vec![
            changed(&|draft| draft.header = Some("Order {{1}} now".to_owned())),
            changed(&|draft| draft.buttons = vec!["{{1}}".to_owned()]),
        ],
        Lint::SideBySide => vec![
            changed(&|draft| draft.body = draft.body.replace("{{2}}", "{{2}} {{2}}")),
            changed(&|draft| draft.body = draft.body.replace("{{2}}", "{{2}}{{1}}")),
        ],
        Lint::AtTheEdge => vec![
            changed(&|draft| draft.body = draft.body.replace("Order {{1}}", "{{1}}")),
            changed(&|draft| draft.body = format!("{} {{{{1}}}}", draft.body)),
        ],
        Lint::Link => vec![
            body("See ftp://a"),
            body("See WWW.bakery for more"),
            body("See bakery.example/order now"),
            changed(&|draft| draft.footer = Some("bakery.de/".to_owned())),
            changed(&|draft| {
                draft.slots[2].options = Some(vec!["a.bc/".to_owned()]);
            }),
        ],
        Lint::Deceiving => vec![
            body("Order\u{202E}left"),
            body("Order\tleft"),
            changed(&|draft| draft.header = Some("Your\norder".to_owned())),
            changed(&|draft| draft.buttons = vec!["\u{2066}Yes".to_owned()]),
        ],
        Lint::Shouting => vec![body("YOUR ORDER WILL COME SOON to you")],
        Lint::Advertising => vec![body("A voucher for you"), body("Now 20 % off all bread")],
        Lint::CodeInMarketing => vec![changed(&|draft| {
            draft.category = Category::Marketing;
            draft.slots[0] = slot(ParameterKind::Code);
        })],
        Lint::LongNumber => vec![body("Call 01234 today"), body("Call ٠١٢٣٤ today")],
        Lint::Options => vec![
            changed(&|draft| draft.slots[2].options = None),
            changed(&|draft| draft.slots[2].options = Some(vec![])),
            changed(&|draft| draft.slots[2].options = Some(vec!["a".to_owned(); 17])),
            changed(&|draft| draft.slots[2].options = Some(vec!["a".repeat(33)])),
            changed(&|draft| draft.slots[0].options = Some(vec!["a".to_owned()])),
        ],
        Lint::Naming => vec![
            changed(&|draft| draft.name = "Order".to_owned()),
            changed(&|draft| draft.name = "a".repeat(65)),
            changed(&|draft| draft.name = String::new()),
            changed(&|draft| draft.version = Version::new(0)),
            changed(&|draft| draft.language = "EN".to_owned()),
            changed(&|draft| draft.language = "en-gb".to_owned()),
            changed(&|draft| draft.language = "eng".to_owned()),
        ],
        Lint::NoCode => vec![changed(&|draft| draft.category = Category::Authentication)],
        Lint::Punctuation => vec![body("It comes!!"), body("Really?!"), body("Well....")],
    }
}

#[test]
fn a_plain_template_breaks_no_rule() {
    assert_eq!(clean().lint(), BTreeSet::new());
    assert!(clean().checked().is_ok_and(|template| template.is_clean()));
    let mut marketing = clean();
    marketing.category = Category::Marketing;
    marketing.body = "A voucher over {{1}} for {{2}}, {{3}} or {{4}} each".to_owned();
    assert_eq!(marketing.lint(), BTreeSet::new());
    let mut code = clean();
    code.category = Category::Authentication;
    code.slots = vec![slot(ParameterKind::Code)];
    code.body = "Your code is {{1}}; nobody of us asks for it.".to_owned();
    assert_eq!(code.lint(), BTreeSet::new());
}

#[test]
fn every_rule_finds_what_breaks_it_and_nothing_else() {
    for lint in Lint::ALL {
        for draft in broken(lint) {
            assert_eq!(draft.lint(), BTreeSet::from([lint]), "{}", draft.body);
        }
    }
}

#[test]
fn ten_rules_refuse_and_eight_leave_it_to_the_operator() {
    let refusing: Vec<u8> = Lint::ALL
        .into_iter()
        .filter(|lint| lint.refuses())
        .map(Lint::code)
        .collect();
    assert_eq!(refusing, [1, 2, 3, 4, 5, 6, 9, 10, 15, 16]);
    for lint in Lint::ALL {
        for draft in broken(lint) {
            assert_eq!(draft.checked().is_err(), lint.refuses(), "{lint}");
        }
    }
}

#[test]
fn words_inside_other_words_do_not_advertise() {
    let mut draft = clean();
    draft.body = "The dealer offered a wholesale order of salespeople".to_owned();
    draft.slots.clear();
    assert_eq!(draft.lint(), BTreeSet::new());
}
