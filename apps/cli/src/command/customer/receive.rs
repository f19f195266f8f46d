//! `partywall customer receive`: what has arrived from businesses, once each, in order.
//! Knows: events, and when a line is safely out. Never knows: how a message was opened.

use partywall_client::business::{Chat, Customer, Event, EventKind, Standing};

use super::told;
use crate::arguments::Receive;
use crate::counter::silence;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Shows events until it is told to end, or nothing comes any more.
pub(super) async fn run(
    customer: &Customer,
    what: &Receive,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chats = open_chats(customer).await?;
    let mut events = customer.events();
    let tell = async |event: Event<EventKind>| {
        let number = event.number().number();
        screen.either(
            &told::object(number, event.kind()),
            &told::people(event.kind()),
        )?;
        Ok(event.done().await?)
    };
    Box::pin(silence::until_quiet(
        async || events.next().await,
        tell,
        reached(&chats),
        || chats.iter().find_map(Chat::down),
        what.until_idle,
        screen,
    ))
    .await
}

/// Those that anything can still arrive in.
async fn open_chats(customer: &Customer) -> Result<Vec<Chat>, Trouble> {
    let mut chats = Vec::new();
    for card in customer.chats().await? {
        if card.standing == Standing::Open {
            chats.push(customer.chat(&card.domain).await?);
        }
    }
    Ok(chats)
}

/// Ends when every relay has said something, or one could not be reached.
async fn reached(chats: &[Chat]) -> Result<(), Trouble> {
    for chat in chats {
        chat.held().await?;
    }
    Ok(())
}
