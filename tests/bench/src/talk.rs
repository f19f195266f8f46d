//! Two clients and a relay process: a text is said, accepted, surfaced.
//! Knows: the client library's front. Never knows: what happens in between.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use partywall_client::{Client, Contact, EventKind, Events, RelayLink, Store};
use partywall_test_street::relay::Relay;
use partywall_world::{Clock, Monotonic, SystemClock};

/// Alice reads, Bob writes.
pub(crate) struct Pair {
    clock: SystemClock,
    to_alice: Contact,
    at_alice: Events,
    at_bob: Events,
    _people: [Client; 2],
    _relay: Relay,
    _folder: tempfile::TempDir,
}

impl Pair {
    pub(crate) async fn meet() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let relay =
            Relay::start(&folder.path().join("relay"), &[]).map_err(|said| anyhow!(said))?;
        let link: RelayLink = relay.link.parse()?;
        let alice = Client::open(Store::at(folder.path().join("alice")), "a passphrase").await?;
        let bob = Client::open(Store::at(folder.path().join("bob")), "a passphrase").await?;
        let invitation = alice.peer().invite(&link).named("bob").await?;
        let to_alice = bob.peer().add(&invitation, "alice").await?;
        let mut pair = Self {
            clock: SystemClock::new(),
            to_alice,
            at_alice: alice.peer().events(),
            at_bob: bob.peer().events(),
            _people: [alice, bob],
            _relay: relay,
            _folder: folder,
        };
        // First contact is over when both sides have moved to mailboxes of their own.
        pair.say().await?;
        let to_bob = pair._people[0].peer().contact("bob").await?;
        to_bob.say("an answer").await?;
        loop {
            let event = pair.at_bob.next().await.context("bob's client ended")?;
            let answered = matches!(event.kind(), EventKind::Message { .. });
            event.done().await?;
            if answered {
                break;
            }
        }
        for _ in 0..20 {
            pair.say().await?;
        }
        Ok(pair)
    }

    /// Says 256 bytes; how long until they were accepted, and until they surfaced.
    pub(crate) async fn say(&mut self) -> Result<(Duration, Duration)> {
        let start = self.clock.monotonic();
        self.to_alice.say(&"x".repeat(256)).await?;
        let clock = &self.clock;
        let surfaced = until(clock, &mut self.at_alice, |kind| {
            matches!(kind, EventKind::Message { .. })
        });
        let accepted = until(clock, &mut self.at_bob, |kind| {
            matches!(kind, EventKind::Accepted { .. })
        });
        let (surfaced, accepted) = tokio::try_join!(surfaced, accepted)?;
        Ok((accepted.since(start), surfaced.since(start)))
    }
}

async fn until(
    clock: &SystemClock,
    events: &mut Events,
    wanted: impl Fn(&EventKind) -> bool,
) -> Result<Monotonic> {
    loop {
        let event = events.next().await.context("a client ended")?;
        let at = clock.monotonic();
        let found = wanted(event.kind());
        event.done().await?;
        if found {
            return Ok(at);
        }
    }
}
