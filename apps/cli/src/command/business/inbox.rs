//! `partywall business inbox`: what has arrived from customers, once each, in order.
//! Knows: events, and when a line is safely out. Never knows: who the customers are.

use partywall_client::shop::{Event, EventKind, Shop};

use super::told;
use crate::arguments::Receive;
use crate::counter::silence;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Shows events until it is told to end, or nothing comes any more.
pub(super) async fn run(shop: &Shop, what: &Receive, screen: &Screen) -> Result<(), Trouble> {
    super::standing::proof(shop).await?;
    let mut events = shop.events();
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
        reached(shop),
        || shop.down(),
        what.until_idle,
        screen,
    ))
    .await
}

/// Ends when the relay has said something, or could not be reached.
pub(super) async fn reached(shop: &Shop) -> Result<(), Trouble> {
    shop.standing().await?;
    Ok(())
}
