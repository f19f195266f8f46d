//! How the exporter ends.

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;

use super::relay::{House, LONG, file};
use super::server::{Deed, Seen, Webhook, taken};
use crate::scene::Ledger;
use crate::{Stop, wind_down};

#[tokio::test]
async fn told_to_finish_it_claims_nothing_more_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new();
    let house = House::with(vec![file("ads", &folder.path().join("sink.jsonl"))]);
    let mut relay = house.relay(&ledger).await;
    relay.claimed().await;
    relay.idle("ads").await;
    house.stop.finish();
    house.running.await.unwrap();
    relay.hung_up().await;
}

#[tokio::test]
async fn told_to_finish_it_carries_what_it_had_claimed() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(1, 0, Recipient::Parent);
    relay.claimed().await;
    house.stop.finish();
    relay.offer(&draft).await;
    webhook.asked().await;
    webhook.will(taken(&draft));
    assert_eq!(relay.closed().await, (draft.batch, Outcome::Sent));
    house.running.await.unwrap();
}

#[tokio::test]
async fn called_off_it_closes_what_is_open_and_ends() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(1, 0, Recipient::Parent);
    relay.claimed().await;
    relay.offer(&draft).await;
    webhook.will(Deed::Hang(Vec::new()));
    webhook.asked().await;
    house.stop.call_off();
    assert_eq!(relay.closed().await, (draft.batch, Outcome::Uncertain));
    assert!(matches!(webhook.saw().await, Seen::HungUp));
    house.running.await.unwrap();
}

#[tokio::test]
async fn without_a_relay_it_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::with(vec![file("ads", &folder.path().join("sink.jsonl"))]);
    house.stop.finish();
    house.running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_called_off_has_time_to_be_closed() {
    let (stop, mut stopping) = Stop::new();
    tokio::select! {
        biased;
        () = wind_down(&stop) => unreachable!("it is over before anything could be closed"),
        () = stopping.calling_off() => {}
    }
    assert!(stopping.is_finishing());
}

#[tokio::test(start_paused = true)]
async fn the_end_comes_within_ten_seconds_and_is_called_off_before() {
    use std::time::Duration;
    let (stop, stopping) = Stop::new();
    tokio::select! {
        biased;
        () = tokio::time::sleep(Duration::from_secs(10)) => unreachable!("10 s were over first"),
        () = wind_down(&stop) => {}
    }
    assert!(stopping.is_finishing() && stopping.is_calling_off());
}
