//! `partywall history`: what was said with a contact.
//! Knows: messages kept here. Never knows: anything that is not kept.

use partywall_client::{Contact, Direction, Message, MessageId, Page, Place};
use serde_json::{Value, json};

use super::told;
use crate::arguments::{Common, History};
use crate::opening::{Absent, contact, open};
use crate::screen::{Screen, careful, faint};
use crate::trouble::Trouble;
use crate::words;

/// The greatest page that the library gives.
const PAGE: usize = 500;

/// Shows the latest messages, or those before one, oldest first.
pub(super) async fn run(common: &Common, what: &History, screen: &Screen) -> Result<(), Trouble> {
    let before = what
        .before
        .as_deref()
        .map(str::parse::<MessageId>)
        .transpose()
        .map_err(|_| Trouble::usage("a message id has 32 hexadecimal digits", "copy it again"))?;
    let client = open(common, Absent::Said).await?;
    let contact = contact(&client, &what.name).await?;
    let found = Box::pin(messages(&contact, before, what.limit as usize)).await;
    client.close().await?;
    for message in found?.iter().rev() {
        if screen.json {
            screen.object(&object(message))?;
        } else {
            screen.line(&people(message, &what.name))?;
        }
    }
    Ok(())
}

/// Latest first.
async fn messages(
    contact: &Contact,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Message>, Trouble> {
    let mut from = match before {
        Some(id) => Some(place_of(contact, id).await?),
        None => None,
    };
    let mut found = Vec::new();
    while found.len() < limit {
        let count = PAGE.min(limit - found.len());
        let page = contact.history(page(from, count)).await?;
        let Some(first) = page.first() else { break };
        from = Some(first.place);
        found.extend(page.into_iter().rev());
    }
    Ok(found)
}

async fn place_of(contact: &Contact, id: MessageId) -> Result<Place, Trouble> {
    let mut from = None;
    loop {
        let page = contact.history(page(from, PAGE)).await?;
        let Some(first) = page.first() else {
            return Err(partywall_client::LookError::NoSuchMessage.into());
        };
        if let Some(message) = page.iter().find(|message| message.id == id) {
            return Ok(message.place);
        }
        from = Some(first.place);
    }
}

fn page(before: Option<Place>, count: usize) -> Page {
    match before {
        Some(place) => Page::before(place, count),
        None => Page::latest(count),
    }
}

fn object(message: &Message) -> Value {
    let mut object = json!({
        "direction": words::direction(message.direction),
        "id": message.id.to_string(),
        "sent": words::rfc3339(message.sent),
        "text": message.text,
    });
    match message.direction {
        Direction::Sent(state) => object["state"] = json!(words::state(state)),
        Direction::Received { late, crossed } => {
            for (mark, is_so) in [("late", late), ("crossed", crossed)] {
                if is_so {
                    object[mark] = json!(true);
                }
            }
        }
    }
    object
}

/// A message of the history in words. Used by the chat as well.
pub(super) fn people(message: &Message, name: &str) -> String {
    let (who, marks) = match message.direction {
        Direction::Sent(state) => ("you", faint(&format!(" ({})", words::state(state)))),
        Direction::Received { late, crossed } => {
            let mut marks = String::new();
            if late {
                marks.push_str(&careful(" (late)"));
            }
            if crossed {
                marks.push_str(&faint(" (before your last)"));
            }
            (name, marks)
        }
    };
    told::message(&words::minute(message.sent), who, &marks, &message.text)
}
