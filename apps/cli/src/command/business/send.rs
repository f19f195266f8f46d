//! `partywall business send`: one answer, until the relay has it.
//! Knows: a conversation by the first digits of its pseudonym. Never knows: who it is.

use std::time::Duration;

use partywall_client::business::error::{DownReason, Rule};
use partywall_client::business::what::{Button, What};
use partywall_client::shop::{EventKind, MessageId, Pseudonym, Shop, TalkCard};

use crate::arguments::business::Send;
use crate::counter::moments;
use crate::counter::said::{self, Fate};
use crate::screen::Screen;
use crate::trouble::{Exit, Trouble};

/// How far back is looked for a word of the customer.
const PAGE: u32 = 64;

/// Says a text, or a text with buttons.
pub(super) async fn text(shop: &Shop, what: Send, screen: &Screen) -> Result<(), Trouble> {
    if what.buttons.len() > 3 {
        return Err(Trouble::usage(
            "a text has three buttons at most",
            "leave some out, or send two texts",
        ));
    }
    let to = answerable(shop, &what.conversation).await?;
    let said = if what.buttons.is_empty() {
        What::Text(what.text)
    } else {
        let buttons = what.buttons.into_iter().map(|button| Button {
            id: button.id,
            title: button.title,
        });
        What::Buttons {
            text: what.text,
            buttons: buttons.collect(),
        }
    };
    let mut events = shop.events();
    let id = shop.answer(to, said).await?;
    wait_for(shop, &mut events, (id, to), what.patience.wait, screen).await
}

/// Waits until the relay has it.
pub(super) async fn wait_for(
    shop: &Shop,
    events: &mut partywall_client::shop::Events<EventKind>,
    (id, to): (MessageId, Pseudonym),
    wait: Option<Duration>,
    screen: &Screen,
) -> Result<(), Trouble> {
    let taken = said::until_taken(
        id,
        async || events.next().await,
        |kind| fate(kind, id),
        async || look(shop, to).await,
        wait,
        screen,
    )
    .await?;
    said::tell(&taken, ("conversation", &to.to_string()), screen)
}

/// Why the relay is not reached; an error where the customer has left, and nothing is sent any more.
async fn look(shop: &Shop, to: Pseudonym) -> Result<Option<DownReason>, Trouble> {
    let cards = shop.conversations().await?;
    let left = |card: &TalkCard| card.conversation == to && card.left;
    if cards.iter().any(left) {
        return Err(Trouble::by_rule(Rule::Left, None, moments::now()));
    }
    Ok(shop.down())
}

fn fate(kind: &EventKind, id: MessageId) -> Option<Fate> {
    match kind {
        EventKind::Accepted {
            id: of,
            event,
            window_expires_at,
            ..
        } if *of == id => Some(Fate::Accepted(*event, *window_expires_at)),
        EventKind::Refused {
            id: of,
            rule,
            until,
            ..
        } if *of == id => Some(Fate::Refused(*rule, *until)),
        EventKind::Withdrawn {
            id: Some(of),
            reason,
            ..
        } if *of == id => Some(Fate::Withdrawn(*reason)),
        _ => None,
    }
}

/// The conversation that begins with these digits, if something can be said in it.
///
/// # Errors
/// There is none, or its customer has left, or has not said anything: until then there is no key to
/// seal an answer with.
pub(super) async fn answerable(shop: &Shop, said: &str) -> Result<Pseudonym, Trouble> {
    let to = conversation(shop, said).await?;
    look(shop, to).await?;
    let cards = shop.conversations().await?;
    let spoke = |card: &TalkCard| card.conversation == to && card.window_expires_at.is_some();
    let history = shop.history(to, None, PAGE).await?;
    if cards.iter().any(spoke) || history.iter().any(|message| !message.mine) {
        return Ok(to);
    }
    Err(Trouble::new(
        Exit::Rule,
        "this customer has not said anything yet, and nothing can be sealed for them before",
        "wait for their first word: `partywall business inbox`",
    ))
}

/// The conversation that begins with these digits.
pub(super) async fn conversation(shop: &Shop, said: &str) -> Result<Pseudonym, Trouble> {
    let cards = shop.conversations().await?;
    let names: Vec<String> = cards
        .iter()
        .map(|card: &TalkCard| card.conversation.to_string())
        .collect();
    let place = only(
        &names,
        said,
        "conversation",
        "`partywall business conversations` lists them",
    )?;
    Ok(cards[place].conversation)
}

/// The place of the only name that begins like this.
pub(super) fn only(names: &[String], said: &str, kind: &str, list: &str) -> Result<usize, Trouble> {
    let said = said.trim().to_ascii_lowercase();
    let is_hex = !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        return Err(Trouble::usage(
            format!("a {kind} is named by the first hexadecimal digits of its id"),
            list,
        ));
    }
    let mut same = names
        .iter()
        .enumerate()
        .filter(|(_, name)| name.starts_with(&said));
    match (same.next(), same.next()) {
        (Some((place, _)), None) => Ok(place),
        (None, _) => Err(Trouble::new(
            Exit::Contact,
            format!("no {kind} begins with {said}"),
            list,
        )),
        (Some(_), Some(_)) => Err(Trouble::new(
            Exit::Contact,
            format!("more than one {kind} begins with {said}"),
            format!("say more digits; {list}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_may_be_shortened_as_long_as_no_other_begins_like_that() {
        let names = ["9f86d0".to_owned(), "9f99aa".to_owned(), "00ab".to_owned()];
        let find = |said: &str| only(&names, said, "conversation", "list").map_err(|why| why.exit);
        assert_eq!(find("9F86"), Ok(0));
        assert_eq!(find("0"), Ok(2));
        assert_eq!(find("9f"), Err(Exit::Contact));
        assert_eq!(find("ff"), Err(Exit::Contact));
        assert_eq!(find(""), Err(Exit::Usage));
        assert_eq!(find("anna"), Err(Exit::Usage));
    }
}
