//! Batches: claimed, offered with the same bytes, closed, and what follows.

use std::collections::BTreeMap;

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;
use partywall_business::id::RecordKey;
use partywall_business::value::{Locale, PhoneNumber, Value};
use partywall_store::Place;

use super::house::{Customer, House};
use crate::claims::claim::Claim;
use crate::rights;

fn values(number: u64) -> Vec<Value> {
    vec![
        Value::PhoneNumber(PhoneNumber::new(431_000_000 + number).unwrap()),
        Value::Locale(Locale::new("de").unwrap()),
    ]
}

/// Record keys of what a customer sees as sent to a sink, however often.
fn own_list(house: &House, customer: &Customer) -> Vec<RecordKey> {
    let conversation = customer.conversation();
    let (mut keys, mut from) = (Vec::new(), 0);
    loop {
        let page = house.rows(|rows| rights::disclosures(rows, &conversation, from).unwrap());
        let (page, note) = page.unwrap();
        let checkpoint = note.verify(&house.operator()).unwrap();
        for shown in page.items {
            let (told, inclusion) = shown.told;
            let leaf = partywall_business::ledger::Hash::leaf(&told.entry());
            inclusion.verify(leaf, checkpoint.root()).unwrap();
            from = told.index.value() + 1;
            let record =
                partywall_business::disclosure::Record::decode(told.payload.as_bytes()).unwrap();
            let Some((outcome, inclusion)) = shown.outcome else {
                continue;
            };
            let leaf = partywall_business::ledger::Hash::leaf(&outcome.entry());
            inclusion.verify(leaf, checkpoint.root()).unwrap();
            let sent = outcome
                .payload
                .as_bytes()
                .windows(2)
                .any(|two| two == [3, 1]);
            if sent && record.recipient != Recipient::Business {
                keys.push(record.key);
            }
        }
        if !page.more {
            return keys;
        }
    }
}

#[test]
fn what_the_sink_took_is_exactly_what_the_customers_see_as_sent() {
    let mut house = House::wide();
    let customers: Vec<Customer> = (0..12)
        .map(|number| house.customer(values(number)))
        .collect();
    let mut taken: Vec<RecordKey> = Vec::new();
    let outcomes = [
        Outcome::Void,
        Outcome::Sent,
        Outcome::Uncertain,
        Outcome::Sent,
    ];
    for outcome in outcomes.into_iter().cycle().take(40) {
        for customer in &customers {
            house.says(customer, crate::sharing::Observed::default());
        }
        house.clock.advance(std::time::Duration::from_secs(1_800));
        let Claim::Fresh(batch) = house.claim("parent", Recipient::Parent, 7) else {
            continue;
        };
        let offered = house.offered(batch);
        assert!(offered.records().len() <= 7);
        if outcome == Outcome::Sent {
            taken.extend(offered.records().iter().map(|record| record.record().key));
        }
        assert!(house.close(batch, outcome));
    }
    let mut seen: Vec<RecordKey> = customers
        .iter()
        .flat_map(|customer| own_list(&house, customer))
        .collect();
    taken.sort_unstable();
    seen.sort_unstable();
    assert!(taken.len() > 50);
    assert_eq!(taken, seen);
    let mut times = BTreeMap::new();
    for key in &taken {
        *times.entry(*key).or_insert(0) += 1;
    }
    assert!(
        times.values().all(|count| *count == 1),
        "no record is sent twice"
    );
}

#[test]
fn an_open_batch_is_offered_again_with_the_same_bytes_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file(folder.path().join("business.db"));
    let mut house = House::at(&place);
    house.follow(super::house::WIDE);
    let customer = house.customer(values(1));
    let batch = house.parent().unwrap();
    let first = house.frame(batch).unwrap();
    house.says(&customer, crate::sharing::Observed::default());
    assert_eq!(
        house.claim("parent", Recipient::Parent, 2_000),
        Claim::Offered(batch)
    );
    assert_eq!(house.frame(batch).unwrap(), first);

    let mut house = house.restart(&place);
    assert_eq!(
        house.claim("parent", Recipient::Parent, 2_000),
        Claim::Offered(batch)
    );
    assert_eq!(house.frame(batch).unwrap(), first);
    assert!(house.close(batch, Outcome::Sent));
    assert!(!house.close(batch, Outcome::Sent), "closed once");
    let next = house.parent().unwrap();
    assert_ne!(next, batch);
    assert_eq!(house.offered(next).sequence().value(), 2);
}

#[test]
fn the_same_value_is_told_once_and_another_one_again() {
    let mut house = House::wide();
    let customer = house.customer(values(1));
    let batch = house.parent().unwrap();
    // Phone for two purposes, and the language.
    assert_eq!(house.offered(batch).records().len(), 3);
    house.close(batch, Outcome::Sent);
    let declare = |house: &mut House, values: Vec<Value>| {
        let conversation = customer.conversation();
        house.does(move |desk| {
            let mut conversation = crate::talk::find(desk.tx, &conversation)?.unwrap();
            crate::sharing::declare(desk, &mut conversation, &values)?;
            conversation.save(desk)
        });
    };
    declare(&mut house, values(1));
    assert_eq!(house.parent(), None);
    declare(&mut house, values(2));
    let batch = house.parent().unwrap();
    assert_eq!(house.offered(batch).records().len(), 2, "the new number");
}

#[test]
fn a_sink_known_under_one_recipient_claims_for_no_other_and_nobody_for_the_business() {
    let mut house = House::wide();
    let _customer = house.customer(values(1));
    assert!(house.parent().is_some());
    let other = house.claim("parent", Recipient::ServiceProvider, 10);
    assert_eq!(other, Claim::Strange);
    assert_eq!(house.claim("door", Recipient::Business, 10), Claim::Strange);
}

#[test]
fn of_a_batch_that_is_aborted_only_the_others_wait_for_the_next_claim() {
    for outcome in [Outcome::Sent, Outcome::Void, Outcome::Uncertain] {
        let mut house = House::wide();
        let mut withdraws = house.customer(values(1));
        let stays = house.customer(values(2));
        let batch = house.parent().unwrap();
        let barred = house.withdraw(&mut withdraws);
        assert_eq!(barred.flights, [batch]);
        assert_eq!(house.frame(batch), None, "never offered again");
        let aborted = house.claim("parent", Recipient::Parent, 10);
        assert_eq!(aborted, Claim::Aborted(batch));
        house.close(batch, outcome);
        let retracted = house.count("SELECT COUNT(*) FROM retractions");
        assert_eq!(retracted, if outcome == Outcome::Uncertain { 3 } else { 0 });
        let Some(next) = house.parent() else {
            assert_eq!(outcome, Outcome::Sent);
            continue;
        };
        let subject = partywall_business::id::Subject::of(&stays.conversation(), Recipient::Parent);
        let offered = house.offered(next);
        assert_eq!(offered.records().len(), 3);
        assert!(
            offered
                .records()
                .iter()
                .all(|record| record.record().subject == subject)
        );
        assert_eq!(
            offered.retractions().len(),
            usize::from(outcome == Outcome::Uncertain) * 3
        );
    }
}

#[test]
fn nothing_of_a_business_leaves_once_it_is_suspended_until_something_new_is_said() {
    let mut house = House::wide();
    let customer = house.customer(values(1));
    let batch = house.parent().unwrap();
    house.says(&customer, crate::sharing::Observed::default());
    let business = house.business;
    let barred = house.does(move |desk| {
        let until = desk.now.seconds() + 3_600;
        let suspend = "UPDATE businesses SET until = ?1";
        desk.tx.execute(suspend, [until.cast_signed()])?;
        crate::claims::bar(desk, crate::claims::Bar::Business(&business))
    });
    assert_eq!(barred.flights, [batch]);
    assert_eq!(house.frame(batch), None);
    house.close(batch, Outcome::Void);
    assert_eq!(house.parent(), None);
    house.clock.advance(std::time::Duration::from_secs(3_600));
    assert_eq!(house.parent(), None, "what was barred does not come back");
    house.says(&customer, crate::sharing::Observed::default());
    let batch = house.parent().unwrap();
    let offered = house.offered(batch);
    assert!(
        offered
            .records()
            .iter()
            .all(|record| record.record().value.field().source()
                == partywall_business::field::Source::Observed)
    );
}
