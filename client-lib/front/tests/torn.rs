//! Connections that end in the middle of an acknowledgement, at every byte of it, in either direction: between the
//! relay's commit and its answer, between the reader's answer and the relay's deletion. (SPEC P-11, P-19, C-2; X14)
//! Knows: the library's front, and a proxy that tears. Never knows: frames.

use std::time::Duration;

use partywall_client::{Client, Contact, EventKind, Events, RelayLink, Store};
use partywall_row::Row;
use partywall_test_histories::{History, Letter, judge};
use partywall_test_relay::{Direction, Door, TestRelay};

const PASSPHRASE: &str = "only for a test";
type Failure = Box<dyn std::error::Error>;

/// Longer than either acknowledgement, heads included.
const BYTES: u64 = 40;
/// Each tears twice at each door: a client whose connections end again and again comes back more and more slowly,
/// and what is tried here is not how slowly.
const WORLDS: u64 = 20;
/// So many side by side.
const AT_ONCE: usize = 5;

/// Waits, but not for ever: a test that hangs shows nothing.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    let patience = tokio::time::timeout(Duration::from_secs(30), what);
    patience.await.expect("it should not take half a minute")
}

fn letter(number: u64) -> Letter {
    Letter {
        conversation: 1,
        sender: 1,
        number,
    }
}

/// The next letter, and everything before it done. Nothing but letters and greetings may come: nothing else is
/// said to be one.
async fn next_letter(events: &mut Events, history: &mut History) -> Option<u64> {
    loop {
        let event = events.next().await?;
        let number = match event.kind() {
            EventKind::Message { text, .. } => Some(text.parse().ok()?),
            EventKind::NewContact { .. }
            | EventKind::Confirmed { .. }
            | EventKind::RelayUnreachable { .. }
            | EventKind::RelayReachable { .. } => None,
            _ => return None,
        };
        if let Some(number) = number {
            history.surfaced(letter(number));
        }
        event.done().await.ok()?;
        if let Some(number) = number {
            history.done(letter(number));
            return Some(number);
        }
    }
}

struct Pair {
    server: TestRelay,
    alice: Client,
    bob: Client,
    to_alice: Contact,
    _folder: tempfile::TempDir,
}

async fn pair() -> Result<Pair, Failure> {
    let folder = tempfile::tempdir()?;
    let server = TestRelay::start().await;
    let relay: RelayLink = server.relay_link().parse()?;
    let alice = Client::open(Store::at(folder.path().join("alice")), PASSPHRASE).await?;
    let invitation = soon(alice.peer().invite(&relay).named("bob").into_future()).await?;
    let bob = Client::open(Store::at(folder.path().join("bob")), PASSPHRASE).await?;
    let to_alice = soon(bob.peer().add(&invitation, "alice").into_future()).await?;
    Ok(Pair {
        server,
        alice,
        bob,
        to_alice,
        _folder: folder,
    })
}

/// Tears at every byte of this world's share; how often a connection was torn.
async fn torn_at_every_byte_of(world: u64) -> Result<(u64, u64), Failure> {
    let pair = pair().await?;
    let (mut sender, mut reader) = (History::default(), History::default());
    let mut events = pair.alice.peer().events();
    let (mut number, mut torn) = (0, 0);
    let places = [
        (Door::Deposit, Direction::ToClient),
        (Door::Collect, Direction::ToRelay),
    ];
    for (door, direction) in places {
        let knob = pair.server.knobs().of(door, direction);
        for at in (0..BYTES).filter(|at| at % WORLDS == world) {
            number += 1;
            knob.tear_after(at);
            let sent = pair.to_alice.say(&number.to_string()).await?;
            let came = soon(next_letter(&mut events, &mut reader)).await;
            assert_eq!(came, Some(number), "it comes, once, and in its order");
            soon(pair.to_alice.wait_accepted(sent.id())).await?;
            sender.accepted(letter(number));
            torn += u64::from(!knob.will_tear());
            knob.clear();
        }
    }
    let judged = judge(&[sender, reader])?;
    pair.alice.close().await?;
    pair.bob.close().await?;
    Ok((torn, judged.accepted))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_at_any_byte_of_an_acknowledgement_loses_and_doubles_nothing()
-> Result<(), Failure> {
    let mut row = Row::of("X14");
    let mut all = (0, 0);
    for _ in 0..row.times(1, 10) {
        let worlds: Vec<u64> = (0..WORLDS).collect();
        for together in worlds.chunks(AT_ONCE) {
            let together = together.iter().copied().map(torn_at_every_byte_of);
            for world in join(together.map(Box::pin).collect()).await {
                let (torn, accepted) = world?;
                all = (all.0 + torn, all.1 + accepted);
            }
        }
    }
    assert!(all.0 > 20, "only {} were torn: this shows nothing", all.0);
    row.tried(all.0);
    row.figure(format!(
        "{} connections torn, at every byte of both acknowledgements; {} letters, each surfaced once and in order",
        all.0, all.1
    ));
    Ok(())
}

/// Waits for all of them, side by side.
async fn join<F: Future + Unpin>(mut all: Vec<F>) -> Vec<F::Output> {
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = std::pin::Pin::new(future).poll(context)
            {
                *done = Some(output);
            }
        }
        match done.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
