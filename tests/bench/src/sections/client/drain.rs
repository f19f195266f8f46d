//! How fast a client takes in what waited for it: from a relay process over TLS into its own store, each message durable
//! before it is acknowledged.
//! Knows: the client library's front. Never knows: what happens in between.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use partywall_client::{Event, EventKind, Events, Peer, RelayLink, World};
use partywall_test_street::relay::Relay;
use partywall_world::{Clock, SystemClock};

use crate::row::{Amount, Limit, Row, median};
use crate::setting::Setting;

/// Messages that wait at each round.
const MESSAGES: u64 = 5_000;
/// Texts that are handed to the outbox together, events that are taken from the stream together.
const TOGETHER: usize = 250;

pub(super) async fn drained(setting: &Setting) -> Result<Vec<Row>> {
    let messages = usize::try_from(setting.many(MESSAGES))?;
    let folder = setting.folder("client")?;
    let relay = Relay::start(&folder.join("relay"), &[]).map_err(|said| anyhow!(said))?;
    let link: RelayLink = relay.link.parse()?;
    let [at_alice, at_bob] = ["alice", "bob"].map(|name| folder.join(name));
    let alice = open(&at_alice).await?;
    let bob = open(&at_bob).await?;
    let invitation = alice.invite(&link).named("bob").await?;
    let to_alice = bob.add(&invitation, "alice").await?;
    to_alice.say("hello").await?;
    texts(&mut alice.events(), 1).await?;
    // First contact is over when both sides have moved to mailboxes of their own.
    let to_bob = alice.contact("bob").await?;
    to_bob.say("an answer").await?;
    texts(&mut bob.events(), 1).await?;
    to_alice.wait_all_accepted().await?;
    alice.close().await?;
    let mut rates = Vec::new();
    for round in 0..setting.rounds {
        setting.tell(&format!("store: round {} of {}", round + 1, setting.rounds));
        let all: Vec<(String, String)> = (0..messages)
            .map(|number| (format!("{round}/{number}"), "x".repeat(256)))
            .collect();
        for some in all.chunks(TOGETHER) {
            let said = to_alice.say_many(some.iter().cloned()).await;
            said.map_err(|said| anyhow!("{}", said.why))?;
        }
        to_alice.wait_all_accepted().await?;
        let alice = open(&at_alice).await?;
        let clock = SystemClock::new();
        let begun = clock.monotonic();
        let seen = texts(&mut alice.events(), messages).await?;
        rates.push(seen as f64 / clock.monotonic().since(begun).as_secs_f64());
        alice.close().await?;
    }
    bob.close().await?;
    setting.forget(&folder);
    let what = "received messages a second, each stored with its session's state before it is acknowledged; from an open \
                store to the last text, connecting and `done` included; up to 256 share a transaction and its fsync";
    let measured = Amount(median(&rates), "/s");
    Ok(vec![Row::alone(
        "7",
        what,
        measured,
        Limit::AtLeast(2_000.0),
    )])
}

async fn open(store: &Path) -> Result<Peer> {
    Ok(Peer::open(store, "a passphrase", World::from_os()?).await?)
}

/// Takes so many texts at least from the stream, and is done with each; how many there were.
async fn texts(events: &mut Events, wanted: usize) -> Result<usize> {
    let mut seen = 0;
    while seen < wanted {
        let some = events.next_many(TOGETHER).await;
        let some = some.context("a client ended")?;
        let text = |event: &&Event| matches!(event.kind(), EventKind::Message { .. });
        seen += some.iter().filter(text).count();
        Event::done_all(some).await?;
    }
    Ok(seen)
}
