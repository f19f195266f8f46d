//! `partywall send NAME TEXT`: one message, until the relay has it on its disk.
//! Knows: a contact, a text, patience. Never knows: how it gets there.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use partywall_client::{Contact, MessageId, State};
use serde_json::json;

use super::watch::{self, Relays};
use crate::arguments::{Common, Send};
use crate::opening::{Absent, Interrupts, Person, contact, open};
use crate::screen::{Screen, good};
use crate::trouble::{self, Exit, Trouble};
use crate::words;

/// Says the text and waits.
pub(super) async fn run(common: &Common, what: &Send, screen: &Screen) -> Result<(), Trouble> {
    let text = what.text.as_deref().unwrap_or_default();
    let client = open(common, Absent::Said).await?;
    let done = Box::pin(say(&client, what, text, screen)).await;
    client.close().await?;
    let id = done?;
    screen.either(
        &json!({"to": what.name, "id": id.to_string(), "state": "accepted"}),
        &good("accepted"),
    )
}

async fn say(
    client: &Person,
    what: &Send,
    text: &str,
    screen: &Screen,
) -> Result<MessageId, Trouble> {
    let contact = contact(client, &what.name).await?;
    let mut interrupts = Interrupts::listen()?;
    let known = Mutex::new(Relays::default());
    let events = client.peer().events();
    let id = contact.say(text).await?.id();
    tokio::select! {
        accepted = accepted(&contact, id) => accepted?,
        () = watch::relays(events, &known, |remark| screen.remark(remark)) => {
            // The events end only when the client has failed; the contact knows why.
            if contact.state(id).await? == State::Queued {
                return Err(interrupted());
            }
        }
        () = interrupts.next() => return Err(interrupted()),
        () = patience(what.wait) => return Err(gave_up(&known)),
    }
    Ok(id)
}

async fn accepted(contact: &Contact, id: MessageId) -> Result<(), Trouble> {
    arrived(contact.wait_accepted(id).await?)
}

/// Whether a state means that the relay has, or had, the message.
pub(super) fn arrived(state: State) -> Result<(), Trouble> {
    match state {
        State::Accepted | State::Delivered | State::Expired => Ok(()),
        State::Queued => Err(interrupted()),
        State::Failed => Err(Trouble::failure(
            "a message will not arrive: the mailbox it was for has ended",
            "make a new invitation, or ask your contact for one",
        )),
    }
}

/// Waits for as long as the person will wait; for ever if they did not say.
pub(super) async fn patience(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

pub(super) fn interrupted() -> Trouble {
    Trouble::new(
        Exit::Interrupted,
        "interrupted before the relay had everything",
        "what was taken is kept, and leaves the next time you send or receive",
    )
}

pub(super) fn gave_up(known: &Mutex<Relays>) -> Trouble {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let reason = known.trouble();
    let exit = reason.map_or(Exit::Unreachable, trouble::down);
    let why = reason.map_or_else(String::new, |reason| {
        format!(" ({})", words::one_line(&reason.to_string()))
    });
    Trouble::new(
        exit,
        format!("the relay did not take everything in the time you gave{why}"),
        "what was taken is kept, and leaves the next time you send or receive",
    )
}
