//! Two versions of a policy, one customer who accepted the older.

use partywall_business::export::Outcome;
use partywall_business::field::{Field, Purpose, Recipient, Region};
use partywall_business::value::{Country, Locale, Value};
use partywall_business::{Rule, consent::Choices};

use super::house::{DAY, House, WIDE, row};

fn values() -> Vec<Value> {
    vec![
        Value::Locale(Locale::new("deAT").unwrap()),
        Value::Country(Country::new("AT").unwrap()),
    ]
}

/// As [`WIDE`], with the language alone to the parent, the country to nobody, and the locale newly to
/// the service provider.
fn narrowed_and_widened() -> String {
    let narrowed = WIDE
        .replace("field = \"country\"\nwith = \"service_provider\"", "field = \"locale\"\nwith = \"service_provider\"")
        .replace("for = \"analytics\"\nbasis = \"consent\"\nregions = \"all\"\nprecision = \"full\"\nkeep_days = 60\n\n[[share]]\nfield = \"locale\"\nwith = \"service", "for = \"analytics\"\nbasis = \"consent\"\nregions = \"all\"\nprecision = \"language\"\nkeep_days = 60\n\n[[share]]\nfield = \"locale\"\nwith = \"service");
    assert_ne!(narrowed, WIDE);
    assert!(narrowed.contains("language"));
    narrowed
}

/// What both sinks are offered now, as (field, recipient, value).
fn leaves(house: &mut House) -> Vec<(Field, Recipient, Value)> {
    let mut told = Vec::new();
    for (sink, recipient) in [
        ("parent", Recipient::Parent),
        ("printer", Recipient::ServiceProvider),
    ] {
        use crate::claims::claim::Claim;
        let Claim::Fresh(batch) = house.claim(sink, recipient, 2_000) else {
            continue;
        };
        for record in house.offered(batch).records() {
            let record = record.record();
            told.push((record.value.field(), record.recipient, record.value));
        }
        house.close(batch, Outcome::Sent);
    }
    told.sort_by_key(|(field, recipient, _)| (*field, *recipient));
    told
}

#[test]
fn who_accepted_the_older_version_is_under_what_both_allow_before_and_after_every_date() {
    let german = Value::Locale(Locale::new("de").unwrap());
    let austrian = Value::Locale(Locale::new("deAT").unwrap());
    let country = Value::Country(Country::new("AT").unwrap());

    // Published and not effective: the older holds alone.
    let mut house = House::wide();
    let _early = house.customer(values());
    house.publish(&narrowed_and_widened());
    let old = [
        (Field::Locale, Recipient::Parent, austrian),
        (Field::Country, Recipient::ServiceProvider, country),
    ];
    assert_eq!(leaves(&mut house), old);

    // Effective, before and after the older one's sunset: what both allow, and nothing wider.
    for days in [32, 45] {
        let mut house = House::wide();
        let customer = house.customer(values());
        house.publish(&narrowed_and_widened());
        house.clock.advance(DAY * days);
        assert_eq!(
            leaves(&mut house),
            [(Field::Locale, Recipient::Parent, german)],
            "{days} days"
        );
        let agreement = {
            let conversation = customer.conversation();
            house.does(move |desk| crate::sharing::find(desk, &conversation))
        };
        let wider = row(
            Field::Locale,
            Recipient::ServiceProvider,
            Purpose::Analytics,
        );
        assert!(agreement.unwrap().permit(wider).is_none(), "not asked");
    }
}

#[test]
fn a_batch_that_was_open_when_a_narrower_table_came_is_not_offered_again() {
    use crate::claims::claim::Claim;
    let mut house = House::wide();
    let _customer = house.customer(values());
    let printer = Recipient::ServiceProvider;
    let Claim::Fresh(batch) = house.claim("printer", printer, 2_000) else {
        panic!("the country is told");
    };
    assert!(matches!(
        house.claim("printer", printer, 2_000),
        Claim::Offered(again) if again == batch
    ));
    house.publish(&narrowed_and_widened());
    house.clock.advance(DAY * 32);
    assert!(matches!(
        house.claim("printer", printer, 2_000),
        Claim::Aborted(called_off) if called_off == batch
    ));
}

#[test]
fn an_older_version_is_accepted_until_its_sunset_and_not_after() {
    let mut house = House::wide();
    let old = house.current();
    let new = house.publish(&narrowed_and_widened());
    let accepts = |house: &mut House, table| {
        let mut customer = house.stranger();
        let signed = house.receipt(&mut customer, table, Choices::essential_only());
        house.begin(&customer, signed, Vec::new())
    };
    assert_eq!(accepts(&mut house, &old), Ok(()));
    assert_eq!(
        accepts(&mut house, &new),
        Ok(()),
        "it may be accepted early"
    );
    house.clock.advance(DAY * 32);
    assert_eq!(
        accepts(&mut house, &old),
        Ok(()),
        "effective, before the sunset"
    );
    house.clock.advance(DAY * 10);
    assert_eq!(accepts(&mut house, &old), Err(Rule::TableOutdated));
    assert_eq!(accepts(&mut house, &new), Ok(()));
}

#[test]
fn a_wing_begins_with_the_strict_policy_under_which_nothing_is_for_the_exporter() {
    let mut house = House::strict();
    assert_eq!(house.current().version().get(), 1);
    let choices = house.current().choosable(Some(Region::Other));
    assert!(
        choices
            .iter()
            .all(|row| row.recipient == Recipient::Business)
    );
    let customer = house.customer(Vec::new());
    house.says(&customer, crate::sharing::Observed::default());
    assert_eq!(house.parent(), None);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM disclosures"),
        1,
        "when it wrote, to the business"
    );
}

#[test]
fn a_policy_is_published_once_and_stands_in_the_ledger() {
    let mut house = House::wide();
    let before = house.count("SELECT COUNT(*) FROM ledger_entry");
    let newest = house.newest();
    let text = WIDE
        .replace("VERSION", "2")
        .replace("EFFECTIVE", "2026-07-02")
        .replace("SUNSET", "2026-07-12");
    let compiled = crate::policy::compile(&text).unwrap();
    let again = house.does(move |desk| crate::sharing::publish(desk, &compiled));
    assert_eq!(
        again.unwrap().publication,
        crate::policy::Publication::Unchanged
    );
    assert_eq!(house.count("SELECT COUNT(*) FROM ledger_entry"), before);
    assert_eq!(house.newest(), newest);
    let operator = house.operator();
    let lines = house.rows(|rows| crate::sharing::lines(rows, operator.key()).unwrap());
    assert_eq!(
        lines.iter().map(|line| line.version).collect::<Vec<_>>(),
        [2, 1]
    );
}
