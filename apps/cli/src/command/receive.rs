//! `partywall receive`: what has arrived, once each, in order.
//! Knows: events, and when a line is safely out. Never knows: how a message was opened.

use std::time::Duration;

use partywall_client::{DownReason, Event, EventKind, Peer};

use super::told::{self, Cards};
use super::watch::Relays;
use crate::arguments::{Common, Receive};
use crate::opening::{Absent, Interrupts, Person, open};
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words;

/// How long is waited to hear whether a relay can be reached. The library says so by itself: it tries
/// up to three addresses, each for at most 20 s. This is for the case that its word went past us.
const FIRST_WORD: Duration = Duration::from_secs(70);

/// Events that are written, flushed and done with in one go.
const GROUP: usize = 256;

/// Shows events until it is told to end, or nothing comes any more.
pub(super) async fn run(common: &Common, what: &Receive, screen: &Screen) -> Result<(), Trouble> {
    let client = open(common, Absent::Said).await?;
    let ended = Box::pin(show(&client, what.until_idle, screen)).await;
    let closed = client.close().await;
    ended?;
    Ok(closed?)
}

async fn show(client: &Person, idle: Option<Duration>, screen: &Screen) -> Result<(), Trouble> {
    let mut interrupts = Interrupts::listen()?;
    let peer = client.peer();
    let mut events = peer.events();
    let mut relays = Relays::default();
    let expected = !peer.contacts().await?.is_empty() || !peer.links().await?.is_empty();
    loop {
        let unheard = expected && !relays.spoke();
        let quiet = match idle {
            Some(idle) if unheard => Some(idle.max(FIRST_WORD)),
            idle => idle,
        };
        let arrived = tokio::select! {
            arrived = events.next_many(GROUP) => arrived,
            () = interrupts.next() => return Ok(()),
            () = silence(quiet) => return nothing_more(&relays, expected),
        };
        let Some(arrived) = arrived else {
            // The client has failed; it knows why.
            peer.contacts().await?;
            return Ok(());
        };
        for event in &arrived {
            if let Some(remark) = relays.hear(event.kind()) {
                screen.remark(&words::one_line(&remark));
            }
        }
        Box::pin(tell(&peer, arrived, screen)).await?;
    }
}

/// Writes and flushes, and only then says that it is done with them.
async fn tell(peer: &Peer, arrived: Vec<Event>, screen: &Screen) -> Result<(), Trouble> {
    let durable: Vec<Event> = arrived
        .into_iter()
        .filter(|event| event.id().is_some())
        .collect();
    if durable.is_empty() {
        return Ok(());
    }
    let cards = Cards::of(peer.contacts().await?);
    let mut whole = String::new();
    for event in &durable {
        if partywall_mutant::is("D11")
            && let EventKind::Message { text, .. } = event.kind()
            && let Some(host) = text.split('/').nth(2)
        {
            drop(std::net::TcpStream::connect(host));
        }
        if screen.json {
            if let Some(object) = told::object(event.kind(), &cards) {
                whole.push_str(&words::json_line(&object));
            }
        } else if let Some(words) = told::people(event.kind(), &cards) {
            whole.push_str(&words);
            whole.push('\n');
        }
    }
    screen.raw(&whole)?;
    Ok(Event::done_all(durable).await?)
}

async fn silence(idle: Option<Duration>) {
    match idle {
        Some(idle) => tokio::time::sleep(idle).await,
        None => std::future::pending().await,
    }
}

/// Silence is an answer only if a relay could have spoken, or nothing is read anywhere.
fn nothing_more(relays: &Relays, expected: bool) -> Result<(), Trouble> {
    let reason = match relays.trouble() {
        Some(reason) => reason,
        None if expected && !relays.connected() => DownReason::Unreachable,
        None => return Ok(()),
    };
    let why = Trouble::from(reason);
    Err(Trouble {
        what: format!("there may be more, but {}", why.what),
        ..why
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trouble::Exit;

    fn heard(kinds: &[EventKind]) -> Relays {
        let mut relays = Relays::default();
        for kind in kinds {
            relays.hear(kind);
        }
        relays
    }

    #[test]
    fn silence_is_an_answer_only_when_a_relay_was_connected_or_nothing_is_read_anywhere() {
        let relay = || "relay.example:7443".to_owned();
        let up = EventKind::RelayReachable { relay: relay() };
        let down = |reason| EventKind::RelayUnreachable {
            relay: relay(),
            reason,
        };
        let exit = |kinds: &[EventKind], expected| {
            let ended = nothing_more(&heard(kinds), expected);
            ended.err().map(|trouble| trouble.exit)
        };
        assert_eq!(exit(&[], true), Some(Exit::Unreachable));
        assert_eq!(exit(&[], false), None);
        assert_eq!(exit(std::slice::from_ref(&up), true), None);
        let gone = [up, down(DownReason::Lost)];
        assert_eq!(exit(&gone, true), Some(Exit::Unreachable));
        let wrong = [down(DownReason::WrongRelay)];
        assert_eq!(exit(&wrong, true), Some(Exit::Relay));
    }
}
