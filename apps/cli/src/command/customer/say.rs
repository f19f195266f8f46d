//! `partywall customer say`, `order`, `choose`, `agent`: one thing said, until the relay has it.
//! Knows: a conversation, patience. Never knows: how it gets there.

use std::time::Duration;

use partywall_client::business::what::{Amount, Item, What};
use partywall_client::business::{Chat, Customer, EventKind, MessageId, Standing};

use crate::arguments::customer::{Ask, Choose, Order, Say};
use crate::counter::said::{self, Fate};
use crate::counter::{item, opening};
use crate::screen::Screen;
use crate::trouble::counter::certificate_changed;
use crate::trouble::{Exit, Trouble};
use crate::words::one_line;

/// How far back is looked for a button or row.
const BACK: u32 = 500;

/// Says a text.
pub(super) async fn text(customer: &Customer, what: &Say, screen: &Screen) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let said = What::Text(what.text.clone());
    wait_for(
        customer,
        &chat,
        &what.domain,
        said,
        what.patience.wait,
        screen,
    )
    .await
}

/// Orders.
pub(super) async fn order(
    customer: &Customer,
    what: &Order,
    screen: &Screen,
) -> Result<(), Trouble> {
    let hint = "look at --item";
    let total = item::total(&what.item).map_err(|wrong| Trouble::usage(wrong, hint))?;
    let chat = opening::chat(customer, &what.domain).await?;
    let items = what.item.iter().map(|line| Item {
        id: line.id.clone(),
        name: line.name.clone(),
        price: amount(line.price),
        quantity: line.quantity,
    });
    let said = What::Order {
        items: items.collect(),
        total: amount(total),
    };
    wait_for(
        customer,
        &chat,
        &what.domain,
        said,
        what.patience.wait,
        screen,
    )
    .await
}

/// Chooses a button or row.
pub(super) async fn choose(
    customer: &Customer,
    what: &Choose,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let of = match what.of {
        Some(of) => of,
        None => newest_with(&chat, &what.id).await?,
    };
    let said = What::Chosen {
        id: what.id.clone(),
        of,
    };
    wait_for(
        customer,
        &chat,
        &what.domain,
        said,
        what.patience.wait,
        screen,
    )
    .await
}

/// Asks for a person.
pub(super) async fn agent(customer: &Customer, what: &Ask, screen: &Screen) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let said = What::AskForAPerson;
    wait_for(
        customer,
        &chat,
        &what.domain,
        said,
        what.patience.wait,
        screen,
    )
    .await
}

async fn wait_for(
    customer: &Customer,
    chat: &Chat,
    domain: &str,
    said: What,
    wait: Option<Duration>,
    screen: &Screen,
) -> Result<(), Trouble> {
    if chat.card().await?.standing == Standing::Beginning {
        return Err(Trouble::new(
            Exit::Contact,
            "this conversation was not begun to the end",
            "`partywall customer begin` goes on with it",
        ));
    }
    let mut events = customer.events();
    let id = chat.put(said).await?;
    let taken = said::until_taken(
        id,
        async || events.next().await,
        |kind| fate(kind, id),
        async || {
            let card = chat.card().await?;
            if card.certificate_changed {
                return Err(certificate_changed());
            }
            if let Some(why) = card.distrusted {
                let hint = "it is kept until that is explained; ask the operator";
                return Err(Trouble::new(Exit::Unproven, one_line(&why), hint));
            }
            Ok(chat.down())
        },
        wait,
        screen,
    )
    .await?;
    said::tell(&taken, ("chat", domain), screen)
}

/// What an event says of a message; numbers of messages are unique in a store.
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

async fn newest_with(chat: &Chat, id: &str) -> Result<u64, Trouble> {
    let page = chat.history(None, BACK).await?;
    let offers = |what: &What| match what {
        What::Buttons { buttons, .. } => buttons.iter().any(|button| button.id == id),
        What::List { sections, .. } => {
            let mut rows = sections.iter().flat_map(|section| &section.rows);
            rows.any(|row| row.id == id)
        }
        _ => false,
    };
    let found = page
        .iter()
        .rev()
        .find(|message| !message.mine && offers(&message.what));
    match found {
        Some(message) => Ok(message.said),
        None => Err(Trouble::failure(
            "no message of this business has such a button or row",
            "`partywall customer history DOMAIN` shows them, with their ids in brackets",
        )),
    }
}

const fn amount(money: partywall_business::value::Money) -> Amount {
    Amount {
        minor_units: money.minor,
        currency: money.currency,
    }
}
