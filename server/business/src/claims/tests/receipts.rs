//! Receipts come in order, once, and never again.

use partywall_business::Rule;
use partywall_business::consent::Choices;
use partywall_business::field::{Field, Purpose, Recipient};
use partywall_business::value::{Locale, PhoneNumber, Value};

use super::house::{House, all_but, row};
use crate::claims::Barred;

fn phone() -> Value {
    Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap())
}

#[test]
fn a_receipt_that_was_taken_is_not_taken_again_in_any_of_five_ways() {
    let mut row = partywall_row::Row::of("P19");
    let mut house = House::wide();
    let table = house.current();
    let all = all_but(&table, &[]);
    let mut customer = house.stranger();
    let first = house.receipt(&mut customer, &table, all);
    house.begin(&customer, first.clone(), Vec::new()).unwrap();
    let second = house.receipt(&mut customer, &table, Choices::essential_only());
    house
        .consents(&customer, second, Vec::new())
        .map(drop)
        .unwrap();
    let consents = house.count("SELECT COUNT(*) FROM consents");

    // The first one again, after it was withdrawn.
    let again = house.consents(&customer, first.clone(), Vec::new());
    assert_eq!(again, Err(Rule::CounterTooLow));
    // Another with the counter of the last.
    let same = house.receipt_with(&customer, &table, all, 2);
    assert_eq!(
        house.consents(&customer, same, Vec::new()),
        Err(Rule::CounterTooLow)
    );
    row.tried(5);
    // For another customer.
    let mut other = house.stranger();
    let begun = house.receipt(&mut other, &table, Choices::essential_only());
    house.begin(&other, begun, Vec::new()).unwrap();
    assert_eq!(
        house.consents(&other, first.clone(), Vec::new()),
        Err(Rule::BadConsent)
    );
    // After leaving.
    let third = house.receipt(&mut customer, &table, all);
    assert_eq!(house.leaves(&customer), Barred::default());
    assert_eq!(
        house.consents(&customer, third.clone(), Vec::new()),
        Err(Rule::Left)
    );
    assert_eq!(
        house.count("SELECT COUNT(*) FROM consents"),
        consents + 1,
        "the other's"
    );
    // After the erasure, any of them.
    let _erased = house.erases(&customer);
    for receipt in [first, third] {
        assert_eq!(
            house.consents(&customer, receipt.clone(), Vec::new()),
            Err(Rule::Erased)
        );
        assert_eq!(
            house.begin(&customer, receipt, Vec::new()),
            Err(Rule::Erased)
        );
    }
    assert_eq!(house.count("SELECT COUNT(*) FROM records"), 0);
}

#[test]
fn the_receipt_in_force_said_again_is_answered_alike_and_changes_nothing() {
    let mut house = House::wide();
    let table = house.current();
    let mut customer = house.stranger();
    let signed = house.receipt(&mut customer, &table, all_but(&table, &[]));
    house
        .begin(&customer, signed.clone(), vec![phone()])
        .unwrap();
    let before = house.count("SELECT COUNT(*) FROM records");
    assert!(before > 0);
    assert_eq!(
        house.consents(&customer, signed, Vec::new()),
        Ok(Barred::default())
    );
    assert_eq!(house.count("SELECT COUNT(*) FROM records"), before);
    assert_eq!(house.count("SELECT COUNT(*) FROM consents"), 1);
}

#[test]
fn what_nobody_may_be_told_is_not_taken_in_and_not_kept_after_a_withdrawal() {
    let mut house = House::wide();
    let table = house.current();
    let phone_rows: Vec<_> = [Recipient::Business, Recipient::Parent]
        .into_iter()
        .flat_map(|to| {
            [Purpose::ServiceOperation, Purpose::AdsProductImprovement]
                .map(|purpose| row(Field::PhoneNumber, to, purpose))
        })
        .collect();
    let mut customer = house.stranger();
    let without = house.receipt(&mut customer, &table, all_but(&table, &phone_rows));
    let locale = Value::Locale(Locale::new("de").unwrap());
    let refused = house.begin(&customer, without.clone(), vec![phone(), locale]);
    assert_eq!(refused, Err(Rule::NotPermitted));
    assert_eq!(
        house.count("SELECT COUNT(*) FROM acceptances"),
        0,
        "nothing was written"
    );
    house.begin(&customer, without, vec![locale]).unwrap();

    let with = house.receipt(&mut customer, &table, all_but(&table, &phone_rows[1..]));
    house
        .consents(&customer, with, vec![phone()])
        .map(drop)
        .unwrap();
    assert_eq!(house.count("SELECT COUNT(*) FROM declared"), 2);
    let without = house.receipt(&mut customer, &table, all_but(&table, &phone_rows));
    house
        .consents(&customer, without, Vec::new())
        .map(drop)
        .unwrap();
    assert_eq!(
        house.count("SELECT COUNT(*) FROM declared WHERE field = 1"),
        0
    );
    assert_eq!(
        house.count("SELECT COUNT(*) FROM declared WHERE field = 3"),
        1
    );
}

#[test]
fn after_an_erasure_a_tombstone_is_left_and_nothing_else_of_the_customer() {
    let mut house = House::wide();
    let customer = house.customer(vec![phone()]);
    let other = house.customer(vec![phone()]);
    house.says(&customer, crate::sharing::Observed::default());
    let _erased = house.erases(&customer);
    for table in [
        "acceptances",
        "consents",
        "declared",
        "counts",
        "records",
        "disclosures",
    ] {
        let left = house.count(&format!("SELECT COUNT(DISTINCT conversation) FROM {table}"));
        assert!(left <= 1, "{table}: {left}");
    }
    let (tombstones, rights): (i64, [u8; 32]) = house.rows(|rows| {
        rows.query_row("SELECT counter, rights FROM tombstones", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap()
    });
    assert_eq!(tombstones, 1, "the highest counter");
    assert_eq!(rights, crate::rights::rights_hash(&customer.rights));
    let conversation = other.conversation();
    let agreed = house.does(move |desk| crate::sharing::find(desk, &conversation));
    assert!(agreed.is_some(), "others are not touched");
}
