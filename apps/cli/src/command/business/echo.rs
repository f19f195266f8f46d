//! `partywall business echo`: a bot that answers every text with itself.
//! Knows: events. Never knows: what the texts mean.

use partywall_client::business::what::What;
use partywall_client::shop::{Event, EventKind, Shop};
use serde_json::json;

use super::inbox::reached;
use crate::arguments::business::Echo;
use crate::counter::silence;
use crate::screen::{Screen, careful};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Answers until it is told to end, or nothing comes any more. An event is done with when its
/// answer lies in the outbox: after a crash it is answered again rather than never.
pub(super) async fn run(shop: &Shop, what: &Echo, screen: &Screen) -> Result<(), Trouble> {
    super::standing::proof(shop).await?;
    let mut events = shop.events();
    Box::pin(silence::until_quiet(
        async || events.next().await,
        async |event: Event<EventKind>| {
            answer(shop, event.kind(), screen).await?;
            Ok(event.done().await?)
        },
        reached(shop),
        || shop.down(),
        what.until_idle,
        screen,
    ))
    .await
}

async fn answer(shop: &Shop, kind: &EventKind, screen: &Screen) -> Result<(), Trouble> {
    match kind {
        EventKind::Message {
            from,
            what: What::Text(text),
            ..
        } => match shop.answer(*from, What::Text(text.clone())).await {
            Ok(id) => screen.either(
                &json!({"conversation": from.to_string(), "message": id.number(), "text": text}),
                &format!("{}: {}", short(&from.to_string()), one_line(text)),
            ),
            // The customer left meanwhile: nobody is there to be answered.
            Err(error) => {
                screen.remark(&one_line(&error.to_string()));
                Ok(())
            }
        },
        EventKind::Refused { to, rule, .. } => {
            screen.remark(&careful(&format!(
                "{}: an answer was refused. {}",
                short(&to.to_string()),
                rule.sentence()
            )));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The first digits of a pseudonym, for people.
pub(super) fn short(pseudonym: &str) -> String {
    pseudonym.chars().take(8).collect()
}
