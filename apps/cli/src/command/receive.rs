//! `partywall receive`: what has arrived, once each, in order.
//! Knows: events, and when a line is safely out. Never knows: how a message was opened.

use std::time::Duration;

use partywall_client::{Client, Event, Peer};

use super::told::{self, Cards};
use super::watch::Relays;
use crate::arguments::{Common, Receive};
use crate::opening::{Absent, Interrupts, open};
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words;

/// How long the relays are given to be reached at first, before silence counts.
const FIRST_WORD: Duration = Duration::from_secs(10);

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

async fn show(client: &Client, idle: Option<Duration>, screen: &Screen) -> Result<(), Trouble> {
    let mut interrupts = Interrupts::listen()?;
    let peer = client.peer();
    let mut events = peer.events();
    let mut relays = Relays::default();
    let expected = !peer.contacts().await?.is_empty() || !peer.links().await?.is_empty();
    loop {
        let quiet = match idle {
            Some(idle) if expected && !relays.spoke() => Some(idle.max(FIRST_WORD)),
            idle => idle,
        };
        let arrived = tokio::select! {
            arrived = events.next_many(GROUP) => arrived,
            () = interrupts.next() => return Ok(()),
            () = silence(quiet) => return nothing_more(&relays),
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

/// Silence is an answer only if the relays could have spoken.
fn nothing_more(relays: &Relays) -> Result<(), Trouble> {
    let Some(reason) = relays.trouble() else {
        return Ok(());
    };
    let why = Trouble::from(reason);
    Err(Trouble {
        what: format!("there may be more, but {}", why.what),
        ..why
    })
}
