//! Files between a relay and a crash, and the order of words.

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;

use super::relay::{House, LONG, file};
use super::server::{Deed, Webhook};
use crate::form;
use crate::parcel::Parcel;
use crate::scene::{Draft, Ledger, Spoilt};

fn lines(draft: &Draft, ledger: &Ledger) -> Vec<u8> {
    let parcel = Parcel::prove(draft.batch(), &ledger.operator(), Recipient::Parent);
    form::lines(&parcel.ok().unwrap()).bytes().to_vec()
}

#[tokio::test]
async fn batches_come_one_after_another_and_an_idle_sink_waits_to_be_woken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sink.jsonl");
    let mut ledger = Ledger::new();
    let house = House::with(vec![file("ads", &path)]);
    let mut relay = house.relay(&ledger).await;
    let mut expected = Vec::new();
    for records in [3, 0, 5] {
        let draft = ledger.draft(records, 2, Recipient::Parent);
        assert_eq!(relay.carries(&draft).await, Outcome::Sent);
        expected.extend(lines(&draft, &ledger));
        assert!(std::fs::read(&path).unwrap() == expected);
    }
    assert_eq!(relay.claimed().await, "ads");
    relay.idle("ads").await;
    relay.wake("ads").await;
    let draft = ledger.draft(1, 0, Recipient::Parent);
    assert_eq!(relay.carries(&draft).await, Outcome::Sent);
}

#[tokio::test]
async fn a_batch_that_was_written_before_the_exporter_died_is_not_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sink.jsonl");
    let mut ledger = Ledger::new();
    let draft = ledger.draft(20, 1, Recipient::Parent);
    let expected = lines(&draft, &ledger);
    for there in [expected.len(), expected.len() / 2, 0] {
        std::fs::write(&path, &expected[..there]).unwrap();
        let house = House::with(vec![file("ads", &path)]);
        let mut relay = house.relay(&ledger).await;
        assert_eq!(relay.carries(&draft).await, Outcome::Sent);
        assert!(std::fs::read(&path).unwrap() == expected);
        house.running.abort();
    }
}

#[tokio::test]
async fn a_dead_sink_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sink.jsonl");
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG), file("archive", &path)]);
    let mut relay = house.relay(&ledger).await;
    let mut claims = [relay.claimed().await, relay.claimed().await];
    claims.sort();
    assert_eq!(claims, ["ads", "archive"]);
    relay.offer(&ledger.draft(1, 0, Recipient::Parent)).await;
    webhook.will(Deed::Hang(Vec::new()));
    webhook.asked().await;
    let to_archive = |mut draft: Draft| {
        draft.sink = "archive".into();
        draft
    };
    let first = to_archive(ledger.draft(1, 0, Recipient::Parent));
    relay.offer(&first).await;
    assert_eq!(relay.closed().await, (first.batch, Outcome::Sent));
    for _ in 0..5 {
        let draft = to_archive(ledger.draft(10, 0, Recipient::Parent));
        assert_eq!(relay.carries(&draft).await, Outcome::Sent);
    }
}

#[tokio::test]
async fn nothing_of_a_batch_that_is_not_proven_reaches_a_sink() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sink.jsonl");
    let mut ledger = Ledger::new();
    let house = House::with(vec![file("ads", &path)]);
    let mut relay = house.relay(&ledger).await;
    let good = ledger.draft(1, 0, Recipient::Parent);
    assert_eq!(relay.carries(&good).await, Outcome::Sent);
    let mut bad = ledger.draft(3, 0, Recipient::Parent);
    bad.records[2].salt[0] ^= 1;
    relay.claimed().await;
    relay.offer(&bad).await;
    // It is offered once more and called off: it was never begun.
    relay.offer(&bad).await;
    relay.abort(&bad).await;
    assert_eq!(relay.closed().await, (bad.batch, Outcome::Void));
    assert!(std::fs::read(&path).unwrap() == lines(&good, &ledger));
    assert!(
        Parcel::prove(
            ledger.spoilt(2, Spoilt::Salt),
            &ledger.operator(),
            Recipient::Parent
        )
        .is_err()
    );
}

#[tokio::test]
async fn a_relay_that_speaks_out_of_turn_or_with_another_key_is_hung_up_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::new();
    let house = House::with(vec![file("ads", &folder.path().join("sink.jsonl"))]);
    let mut relay = house.relay(&ledger).await;
    relay.claimed().await;
    relay.idle("another").await;
    relay.hung_up().await;

    let mut relay = house.relay(&ledger).await;
    relay.claimed().await;
    relay.idle("ads").await;
    relay.idle("ads").await;
    relay.hung_up().await;

    let mut other = Ledger::new();
    other.key = partywall_proof::SigningKey::from_seed(&[9; 32]);
    house.relay(&other).await.hung_up().await;

    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(1, 0, Recipient::Parent);
    assert_eq!(relay.carries(&draft).await, Outcome::Sent);
}
