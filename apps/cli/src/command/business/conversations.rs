//! `partywall business conversations`: who can be answered.
//! Knows: pseudonyms. Never knows: who they are.

use comfy_table::{Table, presets};
use partywall_client::shop::{Shop, TalkCard};
use serde_json::{Value, json};

use super::echo::short;
use crate::counter::moments;
use crate::screen::{Screen, faint};
use crate::trouble::Trouble;

/// Lists them.
pub(super) async fn run(shop: &Shop, screen: &Screen) -> Result<(), Trouble> {
    let cards = shop.conversations().await?;
    if screen.json {
        for card in &cards {
            screen.object(&object(card))?;
        }
        return Ok(());
    }
    if cards.is_empty() {
        return screen.line(&faint("None yet: customers begin them."));
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header([
        "conversation",
        "how it stands",
        "templates",
        "you may write freely",
    ]);
    for card in &cards {
        let categories: Vec<&str> = card.opted_in.iter().map(|one| one.word()).collect();
        let open = card.window_expires_at.filter(|_| !card.left);
        let window = open.map(|at| moments::until(at, moments::now()));
        table.add_row([
            short(&card.conversation.to_string()),
            state(card),
            categories.join(", "),
            window.unwrap_or_default(),
        ]);
    }
    screen.line(&table.trim_fmt())
}

fn object(card: &TalkCard) -> Value {
    let categories: Vec<&str> = card.opted_in.iter().map(|one| one.word()).collect();
    json!({
        "conversation": card.conversation.to_string(), "left": card.left,
        "region": card.region.map(|one| one.word()), "opted_in": categories,
        "window_expires_at": card.window_expires_at.map(moments::rfc3339),
        "queued": card.queued,
    })
}

fn state(card: &TalkCard) -> String {
    match (card.left, card.queued) {
        (true, _) => "the customer left".to_owned(),
        (false, 0) => "open".to_owned(),
        (false, queued) => format!("open; {queued} to be sent"),
    }
}
