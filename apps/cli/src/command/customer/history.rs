//! `partywall customer history`: what was said with a business.
//! Knows: messages kept here. Never knows: anything that is not kept.

use partywall_client::business::{Customer, Message, Progress};
use serde_json::{Map, Value, json};

use super::ending::message;
use crate::arguments::customer::History;
use crate::counter::{content, moments, opening};
use crate::screen::{Screen, faint, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Shows the latest messages, or those before one, oldest first.
pub(super) async fn run(
    customer: &Customer,
    what: &History,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let before = match &what.before {
        Some(before) => Some(message(&chat, before).await?),
        None => None,
    };
    for message in chat.history(before, what.limit).await? {
        screen.either(&object(&message), &people(&message, &what.domain))?;
    }
    Ok(())
}

fn object(message: &Message) -> Value {
    let mut object = Map::new();
    let direction = if message.mine { "sent" } else { "received" };
    object.insert("direction".into(), json!(direction));
    object.insert("message".into(), json!(message.id.number()));
    let id = message
        .event
        .as_ref()
        .map(|event| hex::encode(event.as_bytes()));
    object.insert("id".into(), json!(id));
    object.insert("sequence".into(), json!(message.said));
    object.insert("at".into(), json!(moments::rfc3339(message.at)));
    if message.mine {
        object.insert("state".into(), json!(state(message.progress)));
    }
    if let Progress::Refused(rule) = message.progress {
        object.insert("rule".into(), json!(rule.word()));
    }
    content::into(&mut object, &message.what);
    Value::Object(object)
}

fn people(message: &Message, domain: &str) -> String {
    let when = moments::clock(message.at, moments::now());
    let (who, mark) = if message.mine {
        ("you".to_owned(), format!(" ({})", state(message.progress)))
    } else {
        (one_line(domain), String::new())
    };
    let number = faint(&format!("{} {when}", message.id.number()));
    format!(
        "{number} {}{}: {}",
        strong(&who),
        faint(&mark),
        content::people(&message.what)
    )
}

const fn state(progress: Progress) -> &'static str {
    match progress {
        Progress::Waiting => "waiting",
        Progress::Accepted => "accepted",
        Progress::Refused(_) => "refused",
        Progress::Withdrawn => "withdrawn",
        Progress::Received => "received",
    }
}
