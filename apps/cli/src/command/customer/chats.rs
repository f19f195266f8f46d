//! `partywall customer chats`: the conversations of this store.
//! Knows: cards. Never knows: the relay's word of now.

use comfy_table::{Table, presets};
use partywall_client::business::{ChatCard, Customer, Standing};
use serde_json::{Value, json};

use crate::counter::{hosting, moments};
use crate::screen::{Screen, faint};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Lists them.
pub(super) async fn run(customer: &Customer, screen: &Screen) -> Result<(), Trouble> {
    let cards = customer.chats().await?;
    if screen.json {
        for card in &cards {
            screen.object(&object(card))?;
        }
        return Ok(());
    }
    if cards.is_empty() {
        return screen.line(&faint(
            "None yet: `partywall customer find LINK DOMAIN` looks a business up.",
        ));
    }
    screen.line(&page(&cards))
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Beginning => "beginning",
        Standing::Open => "open",
        Standing::Leaving => "leaving",
        Standing::Left => "left",
        Standing::Erased => "erased",
    }
}

fn object(card: &ChatCard) -> Value {
    let opted_in: Vec<&str> = card.opted_in.iter().map(|one| one.word()).collect();
    json!({
        "chat": card.domain, "name": card.name, "industry": card.industry.word(),
        "hosting": hosting::object(&card.hosting), "standing": standing(card.standing),
        "window_expires_at": card.window_expires_at.map(moments::rfc3339), "opted_in": opted_in,
        "blocked": card.blocked, "queued": card.queued,
        "certificate_changed": card.certificate_changed, "terms_changed": card.terms_changed,
        "distrusted": card.distrusted,
    })
}

fn page(cards: &[ChatCard]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(["business", "name", "how it stands", "it may write freely"]);
    for card in cards {
        let open = card
            .window_expires_at
            .filter(|_| card.standing == Standing::Open);
        let window = open.map(|at| moments::until(at, moments::now()));
        table.add_row([
            one_line(&card.domain),
            one_line(&card.name),
            state(card),
            window.unwrap_or_default(),
        ]);
    }
    table.trim_fmt()
}

fn state(card: &ChatCard) -> String {
    let mut words = vec![standing(card.standing).to_owned()];
    if card.blocked {
        words.push("blocked".into());
    }
    if card.queued > 0 {
        words.push(format!("{} to be sent", card.queued));
    }
    if card.certificate_changed {
        words.push("its certificate changed: `partywall customer changes`".into());
    }
    if card.terms_changed {
        words.push("new terms: `partywall customer changes`".into());
    }
    if let Some(why) = &card.distrusted {
        words.push(one_line(why));
    }
    words.join("; ")
}
