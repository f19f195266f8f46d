//! `partywall customer leave`, `erase`, `block`, `unblock`, `report`: what ends something.
//! Knows: when to ask first. Never knows: what all is erased.

use std::io::IsTerminal;

use partywall_client::business::{Chat, Customer, ErasureReceipt, MessageId};
use serde_json::json;

use crate::arguments::customer::{End, Report};
use crate::command::verify::agreed;
use crate::counter::{moments, opening};
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words::one_line;

/// How many messages are looked through for one that is named by its id.
const PAGE: u32 = 500;

/// Leaving and erasing are asked for on a terminal, and want `--yes` elsewhere.
///
/// # Errors
/// Nobody can be asked.
pub(super) fn must_be_askable(what: &End, screen: &Screen) -> Result<(), Trouble> {
    let can_ask = screen.error_terminal && std::io::stdin().is_terminal();
    if what.yes || can_ask {
        return Ok(());
    }
    Err(Trouble::usage(
        "there is nobody at a terminal to ask whether this is what you want",
        "say --yes",
    ))
}

/// A hard stop.
pub(super) async fn leave(customer: &Customer, what: &End, screen: &Screen) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let domain = one_line(&what.domain);
    sure(what, &format!("Leave {domain} for good?"))?;
    chat.leave().await?;
    screen.either(
        &json!({"chat": what.domain, "standing": "left"}),
        &format!(
            "You have left {domain}: it cannot say anything to you any more.\n  partywall customer shared {domain}\n  partywall customer erase {domain}"
        ),
    )
}

/// Everything that can be.
pub(super) async fn erase(customer: &Customer, what: &End, screen: &Screen) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    if let Some(receipt) = chat.erasure().await? {
        return tell_erased(&what.domain, &receipt, screen);
    }
    let domain = one_line(&what.domain);
    let question = format!("Have everything erased that the relay holds of you and {domain}?");
    sure(what, &question)?;
    tell_erased(&what.domain, &chat.erase().await?, screen)
}

fn tell_erased(domain: &str, receipt: &ErasureReceipt, screen: &Screen) -> Result<(), Trouble> {
    screen.either(
        &json!({
            "chat": domain, "standing": "erased", "at": moments::rfc3339(receipt.at),
            "entries": receipt.entries, "receipt": hex::encode(receipt.signed.encode()),
        }),
        &format!(
            "Erased {}, with {} entries of the ledger. The operator's signed receipt is kept in your store; --json prints it.",
            moments::ago(receipt.at, moments::now()),
            receipt.entries.len()
        ),
    )
}

fn sure(what: &End, question: &str) -> Result<(), Trouble> {
    if what.yes || agreed(question)? {
        return Ok(());
    }
    Err(Trouble::failure("nothing was done", "answer yes to do it"))
}

/// Hears it no more.
pub(super) async fn block(
    customer: &Customer,
    domain: &str,
    screen: &Screen,
) -> Result<(), Trouble> {
    opening::chat(customer, domain).await?.block().await?;
    screen.either(
        &json!({"chat": domain, "blocked": true}),
        &format!("{} is blocked.", one_line(domain)),
    )
}

/// Hears it again.
pub(super) async fn unblock(
    customer: &Customer,
    domain: &str,
    screen: &Screen,
) -> Result<(), Trouble> {
    opening::chat(customer, domain).await?.unblock().await?;
    screen.either(
        &json!({"chat": domain, "blocked": false}),
        &format!("{} is heard again.", one_line(domain)),
    )
}

/// Opens one message to the operator.
pub(super) async fn report(
    customer: &Customer,
    what: &Report,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let message = message(&chat, &what.message).await?;
    chat.report(message, what.why).await?;
    screen.either(
        &json!({"chat": what.domain, "reported": message.number(), "why": what.why.word()}),
        "The operator has that one message, and can prove who wrote it.",
    )
}

/// A message by its number in this store, or by the relay's id of it or the beginning of that.
pub(super) async fn message(chat: &Chat, said: &str) -> Result<MessageId, Trouble> {
    let said = said.trim().to_ascii_lowercase();
    let short = said.len() < 8;
    if let Some(id) = said
        .parse()
        .ok()
        .filter(|_| short)
        .and_then(MessageId::from_number)
    {
        return Ok(id);
    }
    let is_hex = said.bytes().all(|byte| byte.is_ascii_hexdigit());
    if short || !is_hex {
        return Err(Trouble::usage(
            "a message is named by its number, or by at least 8 hexadecimal digits of its id",
            "`partywall customer history DOMAIN --json` shows both",
        ));
    }
    let mut before = None;
    loop {
        let page = chat.history(before, PAGE).await?;
        let same = page.iter().find(|message| {
            let event = message.event.as_ref();
            event.is_some_and(|event| hex::encode(event.as_bytes()).starts_with(&said))
        });
        match (same, page.first()) {
            (Some(message), _) => return Ok(message.id),
            (None, Some(first)) => before = Some(first.id),
            (None, None) => {
                return Err(partywall_client::business::error::LookError::NoSuchMessage.into());
            }
        }
    }
}
