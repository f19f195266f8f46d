//! What log lines say, and what they never say.

use std::io::Write;
use std::sync::{Arc, Mutex};

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;

use super::relay::{House, LONG};
use super::server::{Webhook, answer, taken};
use crate::scene::Ledger;

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_log_has_one_line_for_each_change_and_nothing_of_what_is_carried() {
    let page = Page::default();
    let writer = page.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let mut ledger = Ledger::new();
    let webhook = Webhook::new().await;
    let house = House::with(vec![webhook.settings(LONG)]);
    let mut relay = house.relay(&ledger).await;
    let mut drafts = Vec::new();
    for failures in [0, 0, 3, 0] {
        let draft = ledger.draft(4, 1, Recipient::Parent);
        for _ in 0..failures {
            webhook.will(answer("200 OK", ""));
        }
        webhook.will(taken(&draft));
        assert_eq!(relay.carries(&draft).await, Outcome::Sent);
        drafts.push(draft);
    }
    drop(relay);
    let mut relay = house.relay(&ledger).await;
    relay.claimed().await;

    let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("partywall_exporter"))
        .collect();
    let expected = [
        "the relay is there",
        "the sink takes what it is sent sink=\"ads\"",
        "trying again sink=\"ads\" reason=\"the webhook answered 200 without a receipt\"",
        "the sink takes what it is sent sink=\"ads\"",
        "no relay; everything is called off until it is back reason=\"the connection ended\"",
        "the relay is there",
    ];
    assert_eq!(ours.len(), expected.len(), "{ours:#?}");
    for (line, says) in ours.iter().zip(expected) {
        assert!(line.contains(says), "{line}");
    }
    for draft in &drafts {
        for record in &draft.records {
            assert!(
                !text.contains(&hex::encode(record.salt))
                    && !text.contains(&hex::encode(&record.payload))
            );
        }
        assert!(!text.contains(&hex::encode(draft.batch)));
    }
    for canary in ["4915100", "0123456789abcdef", "127.0.0.1"] {
        let ours = ours.join("\n");
        assert!(!ours.contains(canary), "{canary}: {ours}");
    }
}
