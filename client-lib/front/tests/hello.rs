//! The front page's ten lines, and what it says about them, over a real relay with real TLS.
//! Knows: the library's front and nothing behind it.

use std::time::Duration;

use partywall_client::{Client, Event, EventKind, Events, Page, RelayLink, State, Store};
use partywall_test_relay::TestRelay;

const PASSPHRASE: &str = "only for a test";
type Failure = Box<dyn std::error::Error>;

/// Waits, but not for ever: a test that hangs shows nothing.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    let patience = tokio::time::timeout(Duration::from_secs(60), what);
    patience.await.expect("it should not take a minute")
}

/// The next message, and everything before it done.
async fn next_message(events: &mut Events) -> Option<(String, String, Event)> {
    while let Some(event) = events.next().await {
        if let EventKind::Message { from, text, .. } = event.kind() {
            return Some((from.clone(), text.clone(), event));
        }
        event.done().await.ok()?;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ten_lines_of_the_front_page_work() -> Result<(), Failure> {
    let here = tempfile::tempdir()?;
    let server = TestRelay::start().await;
    let relay: RelayLink = server.relay_link().to_string().parse()?;
    let me = Client::open(Store::at(here.path().join("alice")), PASSPHRASE).await?;
    let invitation = soon(me.peer().invite(&relay).named("bob").into_future()).await?;
    assert!(invitation.qr().lines().count() > 10);

    let bob = Client::open(Store::at(here.path().join("bob")), PASSPHRASE).await?;
    let alice = soon(bob.peer().add(&invitation, "alice").into_future()).await?;
    let sent = alice.say("hello").await?;
    let mut events = me.peer().events();
    let (from, text, event) = soon(next_message(&mut events)).await.expect("a message");
    assert_eq!((from.as_str(), text.as_str()), ("bob", "hello"));
    event.done().await?;

    let state = soon(alice.wait_accepted(sent.id())).await?;
    assert!(matches!(state, State::Accepted | State::Delivered));
    let answer = me.peer().contact("bob").await?;
    answer.say("hello yourself").await?;
    let mut events = bob.peer().events();
    let (_, text, _) = soon(next_message(&mut events)).await.expect("a message");
    assert_eq!(text, "hello yourself");
    me.close().await?;
    bob.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_lines_wait_for_a_reader_who_comes_later() -> Result<(), Failure> {
    let here = tempfile::tempdir()?;
    let mut server = TestRelay::start().await;
    let relay: RelayLink = server.relay_link().to_string().parse()?;
    let store = Store::at(here.path().join("alice"));
    let me = Client::open(store.clone(), PASSPHRASE).await?;
    let invitation = soon(me.peer().invite(&relay).named("bob").into_future()).await?;
    me.close().await?;

    let bob = Client::open(Store::at(here.path().join("bob")), PASSPHRASE).await?;
    let alice = soon(bob.peer().add(&invitation, "alice").into_future()).await?;
    let lines: Vec<String> = (0..1_000).map(|number| format!("line {number}")).collect();
    let keyed = || lines.iter().map(|line| (line.as_bytes(), line.as_str()));
    let taken = alice.say_many(keyed().take(600)).await?;
    assert!(taken.iter().all(|sent| !sent.repeated()));
    server.kill().await;
    // Told all of it again, as after an interruption: nothing is sent twice.
    let taken = alice.say_many(keyed()).await?;
    assert_eq!(taken.iter().filter(|sent| sent.repeated()).count(), 600);
    server.restart().await;
    soon(alice.wait_all_accepted()).await?;
    bob.close().await?;

    let me = Client::open(store, PASSPHRASE).await?;
    let mut events = me.peer().events();
    let mut read = Vec::new();
    while read.len() < lines.len() {
        let many = soon(events.next_many(256)).await.expect("more");
        for event in &many {
            if let EventKind::Message { text, .. } = event.kind() {
                read.push(text.clone());
            }
        }
        Event::done_all(many).await?;
    }
    assert_eq!(read, lines);
    let bob = me.peer().contact("bob").await?;
    let page = bob.history(Page::latest(3)).await?;
    let before = bob.history(Page::before(page[0].place, 2)).await?;
    let texts: Vec<&str> = before
        .iter()
        .chain(&page)
        .map(|m| m.text.as_str())
        .collect();
    assert_eq!(
        texts,
        ["line 995", "line 996", "line 997", "line 998", "line 999"]
    );
    me.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_client_says_so_and_its_store_is_free() -> Result<(), Failure> {
    let here = tempfile::tempdir()?;
    let store = Store::at(here.path().join("alice"));
    let me = Client::open(store.clone(), PASSPHRASE).await?;
    let (peer, mut events) = (me.peer(), me.peer().events());
    assert!(Client::open(store.clone(), PASSPHRASE).await.is_err());
    me.close().await?;
    let refused = peer.contacts().await.unwrap_err();
    assert!(refused.to_string().contains("open it again"));
    assert!(soon(events.next()).await.is_none());
    let me = Client::open(store, PASSPHRASE).await?;
    me.close().await?;
    Ok(())
}
