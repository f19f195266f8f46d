//! What the business itself is told, and what it is not told any more.

use partywall_business::field::{Field, Purpose, Recipient};
use partywall_business::value::{PhoneNumber, Value};
use partywall_business::{EventId, id::RecordKey};

use super::house::{House, all_but, row};
use crate::claims;

fn phone() -> Value {
    Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap())
}

fn events(house: &House) -> Vec<(u8, EventId)> {
    house.rows(|rows| {
        let mut select = rows
            .prepare("SELECT kind, event FROM events WHERE receiver = 3 ORDER BY place")
            .unwrap();
        let events = select.query_map([], |row| Ok((row.get(0)?, EventId::new(row.get(1)?))));
        events.unwrap().map(Result::unwrap).collect()
    })
}

#[test]
fn a_business_is_told_by_an_event_and_it_is_sent_when_it_says_that_it_has_it() {
    let mut house = House::wide();
    let _customer = house.customer(vec![phone()]);
    let told = events(&house);
    assert_eq!(
        told.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
        [5, 5]
    );
    assert_eq!(
        house.count("SELECT COUNT(*) FROM disclosures WHERE outcome = 0"),
        2
    );
    let first = told[0].1;
    house.does(move |desk| claims::acknowledged(desk, &[first, first]));
    assert_eq!(
        house.count("SELECT COUNT(*) FROM disclosures WHERE outcome = 1"),
        1
    );
    assert_eq!(
        house.count("SELECT COUNT(*) FROM records WHERE recipient = 1 AND state = 2"),
        1
    );
}

#[test]
fn a_withdrawal_takes_back_what_the_business_has_not_collected() {
    let mut house = House::wide();
    let mut customer = house.customer(vec![phone()]);
    house.says(&customer, crate::sharing::Observed::default());
    assert_eq!(events(&house).len(), 3);
    let table = house.current();
    let advertising = row(
        Field::PhoneNumber,
        Recipient::Business,
        Purpose::AdsProductImprovement,
    );
    let signed = house.receipt(&mut customer, &table, all_but(&table, &[advertising]));
    assert!(
        house
            .consents(&customer, signed, Vec::new())
            .unwrap()
            .flights
            .is_empty()
    );
    let kinds: Vec<u8> = events(&house).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == 6).count(),
        1,
        "in its place"
    );
    assert_eq!(
        kinds.iter().filter(|kind| **kind == 5).count(),
        2,
        "the others stay"
    );
    assert_eq!(
        house.count("SELECT COUNT(*) FROM disclosures WHERE outcome = 3"),
        1
    );
}

#[test]
fn nothing_is_told_of_customers_whose_business_is_not_verified() {
    let mut house = House::wide();
    let customer = house.customer(vec![phone()]);
    house.does(|desk| {
        desk.tx.execute("UPDATE businesses SET verified = 0", [])?;
        Ok(())
    });
    house.says(&customer, crate::sharing::Observed::default());
    assert_eq!(house.parent(), None);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM records WHERE state = 0"),
        0,
        "void"
    );
}

#[test]
fn what_is_seen_is_counted_and_kept_only_where_somebody_may_know_it() {
    let mut house = House::wide();
    let table = house.current();
    let (count, address) = (
        row(Field::MessageCount, Recipient::Parent, Purpose::Analytics),
        row(Field::IpAddress, Recipient::Parent, Purpose::SafetySecurity),
    );
    let observed = crate::sharing::Observed {
        address: Some("203.0.113.77".parse().unwrap()),
    };
    let mut without = house.stranger();
    let signed = house.receipt(&mut without, &table, all_but(&table, &[count, address]));
    house.begin(&without, signed, Vec::new()).unwrap();
    house.says(&without, observed);
    assert_eq!(house.count("SELECT COUNT(*) FROM counts"), 0);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM records WHERE field IN (9, 13)"),
        0
    );

    let with = house.customer(Vec::new());
    for _ in 0..3 {
        house.says(&with, observed);
    }
    assert_eq!(house.count("SELECT messages FROM counts"), 3);
    let whole = partywall_ground::cbor::encode(&Value::IpAddress("203.0.113.77".parse().unwrap()));
    let kept = house.rows(|rows| {
        let mut find = rows
            .prepare("SELECT 1 FROM records WHERE value = ?1")
            .unwrap();
        find.exists([whole]).unwrap()
    });
    assert!(!kept, "rounded before it is written down");
    let batch = house.parent().unwrap();
    let offered = house.offered(batch);
    let told: Vec<Value> = offered
        .records()
        .iter()
        .map(|record| record.record().value)
        .collect();
    assert!(
        told.contains(&Value::IpAddress("203.0.113.0".parse().unwrap())),
        "the network"
    );
    let counts = told
        .iter()
        .filter(|value| value.field() == Field::MessageCount)
        .count();
    assert_eq!(counts, 2, "one, and a few");
    let keys: std::collections::BTreeSet<RecordKey> = offered
        .records()
        .iter()
        .map(|record| record.record().key)
        .collect();
    assert_eq!(keys.len(), told.len());
}
