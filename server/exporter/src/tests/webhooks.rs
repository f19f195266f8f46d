//! Webhooks that lie, hang, break, redirect and drip, and those that give a receipt.

use std::time::Duration;

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;

use super::relay::{House, LONG};
use super::server::{Deed, Seen, Webhook, answer, mac, receipt, taken};
use crate::form;
use crate::parcel::Parcel;
use crate::scene::{Draft, Ledger};

/// Short enough to be waited for, long enough for a handshake; where it is missed, there is one attempt more.
const SHORT: Duration = Duration::from_millis(400);

fn body(draft: &Draft, ledger: &Ledger) -> Vec<u8> {
    let parcel = Parcel::prove(draft.batch(), &ledger.operator(), Recipient::Parent);
    form::object(&parcel.ok().unwrap())
}

#[tokio::test]
async fn a_webhook_is_sent_a_signed_batch_and_has_it_when_its_receipt_is_right() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(3, 1, Recipient::Parent);
    webhook.will(taken(&draft));
    assert_eq!(relay.carries(&draft).await, Outcome::Sent);
    let asked = webhook.asked().await;
    assert!(asked.body == body(&draft, &ledger));
    assert!(asked.head.starts_with("post /in http/1.1\r\n"));
    for header in [
        format!("partywall-batch: {}", hex::encode(draft.batch)),
        format!("partywall-signature: {}", mac(&[&asked.body])),
        "content-type: application/json".into(),
    ] {
        assert!(
            asked.head.contains(&format!("\r\n{header}\r\n")),
            "{header}: {}",
            asked.head
        );
    }
    assert_eq!(relay.claimed().await, "ads");
}

#[tokio::test]
async fn a_webhook_that_fails_or_lies_is_sent_the_same_bytes_until_its_receipt_is_right() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let mut lies = 0;
    loop {
        let draft = ledger.draft(2, 0, Recipient::Parent);
        let right = receipt(&draft);
        let of_another = receipt(&ledger.draft(1, 0, Recipient::Parent));
        let giving = |receipt: &str| format!("Partywall-Receipt: {receipt}\r\n");
        let lie = match lies {
            0 => answer("500 Oh No", &giving(&right)),
            1 => answer("404 Not Found", &giving(&right)),
            2 => answer("200 OK", ""),
            3 => answer("200 OK", &giving(&of_another)),
            4 => answer("200 OK", &giving(&right.to_uppercase())),
            5 => answer(
                "308 Permanent Redirect",
                &format!("{}Location: /elsewhere\r\n", giving(&right)),
            ),
            6 => Deed::Say(b"nonsense".to_vec()),
            7 => Deed::Say(Vec::new()),
            _ => break,
        };
        webhook.will(lie);
        webhook.will(taken(&draft));
        assert_eq!(relay.carries(&draft).await, Outcome::Sent);
        let expected = body(&draft, &ledger);
        for _attempt in 0..2 {
            let asked = webhook.asked().await;
            assert!(asked.body == expected, "lie {lies}");
            assert!(
                asked.head.starts_with("post /in "),
                "a redirect was followed"
            );
        }
        lies += 1;
    }
}

#[tokio::test]
async fn a_webhook_that_hangs_or_drips_is_given_up_and_tried_again() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(SHORT)]);
    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(2, 0, Recipient::Parent);
    webhook.will(Deed::Hang(Vec::new()));
    webhook.will(Deed::Drip);
    webhook.will(taken(&draft));
    assert_eq!(relay.carries(&draft).await, Outcome::Sent);
    for _ in 0..2 {
        webhook.asked().await;
        assert!(matches!(webhook.saw().await, Seen::HungUp));
    }
    webhook.asked().await;
}

#[tokio::test]
async fn a_right_receipt_counts_though_the_body_behind_it_never_ends() {
    let mut ledger = Ledger::new();
    let webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(SHORT)]);
    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(1, 0, Recipient::Parent);
    let head = format!(
        "HTTP/1.1 200 OK\r\nPartywall-Receipt: {}\r\nContent-Length: 9\r\n\r\nhalf",
        receipt(&draft)
    );
    webhook.will(Deed::Hang(head.into_bytes()));
    assert_eq!(relay.carries(&draft).await, Outcome::Sent);
}

#[tokio::test]
async fn an_abort_cancels_at_once_and_what_may_have_left_is_uncertain() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let first = ledger.draft(1, 0, Recipient::Parent);
    webhook.will(taken(&first));
    assert_eq!(relay.carries(&first).await, Outcome::Sent);
    webhook.asked().await;

    let draft = ledger.draft(1, 0, Recipient::Parent);
    relay.claimed().await;
    relay.offer(&draft).await;
    webhook.will(Deed::Hang(Vec::new()));
    webhook.asked().await;
    relay.abort(&draft).await;
    assert_eq!(relay.closed().await, (draft.batch, Outcome::Uncertain));
    assert!(matches!(webhook.saw().await, Seen::HungUp));

    // Also when the attempt that may have been seen is long over.
    let draft = ledger.draft(1, 0, Recipient::Parent);
    relay.claimed().await;
    relay.offer(&draft).await;
    webhook.will(answer("500 Oh No", ""));
    webhook.asked().await;
    webhook.will(answer("500 Oh No", ""));
    webhook.asked().await;
    relay.abort(&draft).await;
    assert_eq!(relay.closed().await, (draft.batch, Outcome::Uncertain));
}

#[tokio::test]
async fn nothing_is_said_to_a_webhook_with_a_wrong_certificate_and_an_abort_is_void() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::named("elsewhere.example").await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let mut row = partywall_row::Row::of("P38");
    // The first batch that a process meets may have been tried by an earlier one, so nobody can say that nothing of it left.
    for expected in [Outcome::Uncertain, Outcome::Void, Outcome::Void] {
        let draft = ledger.draft(1, 0, Recipient::Parent);
        relay.claimed().await;
        relay.offer(&draft).await;
        for _ in 0..2 {
            let Seen::Refused(bytes) = webhook.saw().await else {
                unreachable!("it was asked")
            };
            assert_eq!(bytes, 0);
            row.tried(1);
        }
        relay.abort(&draft).await;
        assert_eq!(relay.closed().await, (draft.batch, expected));
    }
    row.figure("0 bytes to an endpoint with another certificate");
}

#[tokio::test]
async fn a_lost_relay_cancels_at_once_and_the_batch_is_sent_when_it_is_offered_again() {
    let mut ledger = Ledger::new();
    let mut webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let draft = ledger.draft(2, 0, Recipient::Parent);
    relay.claimed().await;
    relay.offer(&draft).await;
    webhook.will(Deed::Hang(Vec::new()));
    let before = webhook.asked().await;
    drop(relay);
    assert!(matches!(webhook.saw().await, Seen::HungUp));

    let mut relay = house.relay(&ledger).await;
    webhook.will(taken(&draft));
    assert_eq!(relay.carries(&draft).await, Outcome::Sent);
    assert!(webhook.asked().await.body == before.body);

    // What was tried before the relay was lost is remembered, though nothing was tried since.
    let draft = ledger.draft(1, 0, Recipient::Parent);
    relay.claimed().await;
    relay.offer(&draft).await;
    webhook.will(Deed::Hang(Vec::new()));
    webhook.asked().await;
    drop(relay);
    assert!(matches!(webhook.saw().await, Seen::HungUp));
    let mut relay = house.relay(&ledger).await;
    relay.claimed().await;
    relay.offer(&draft).await;
    relay.abort(&draft).await;
    assert_eq!(relay.closed().await, (draft.batch, Outcome::Uncertain));
}
