//! `partywall contacts`: who can be written to, and which links are open.
//! Knows: cards. Never knows: keys.

use comfy_table::{Table, presets};
use partywall_client::{ContactCard, LinkCard};
use serde_json::json;

use crate::arguments::Common;
use crate::opening::{Absent, open};
use crate::screen::{Screen, faint, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Lists contacts, then open links.
pub(super) async fn run(common: &Common, screen: &Screen) -> Result<(), Trouble> {
    let client = open(common, Absent::Said).await?;
    let peer = client.peer();
    let contacts = peer.contacts().await?;
    let links = peer.links().await?;
    client.close().await?;
    if screen.json {
        for card in &contacts {
            screen.object(&json!({
                "name": card.name, "confirmed": card.confirmed, "verified": card.verified,
                "weak": card.weak, "rolled_back": card.rolled_back, "queued": card.queued,
            }))?;
        }
        for card in &links {
            screen.object(&json!({
                "type": "link", "name": card.name, "reusable": card.reusable,
                "link": card.link.as_str(),
            }))?;
        }
        return Ok(());
    }
    if contacts.is_empty() && links.is_empty() {
        return screen.line(&faint(
            "Nobody yet: `partywall invite` makes a link to give away, `partywall add` uses one.",
        ));
    }
    if !contacts.is_empty() {
        screen.line(&people(&contacts))?;
    }
    if !links.is_empty() {
        screen.line(&open_links(&links))?;
    }
    Ok(())
}

fn people(contacts: &[ContactCard]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(["contact", "who it is", "to be sent"]);
    for card in contacts {
        let queued = match card.queued {
            0 => String::new(),
            queued => queued.to_string(),
        };
        table.add_row([one_line(&card.name), who(card), queued]);
    }
    table.trim_fmt()
}

fn who(card: &ContactCard) -> String {
    let mut words = vec![match (card.verified, card.confirmed) {
        (true, _) => "verified: you compared the safety number",
        (false, true) => "confirmed; compare the safety number to be sure",
        (false, false) => "not confirmed yet; do not trust who it is",
    }];
    if card.weak {
        words.push("begun on a key that was used more than once");
    }
    if card.rolled_back {
        words.push("this store is an older copy: must begin anew");
    }
    words.join("; ")
}

fn open_links(links: &[LinkCard]) -> String {
    let mut lines = vec![format!("\n{}", strong("open links"))];
    for card in links {
        let kind = if card.reusable {
            "for many"
        } else {
            "good once"
        };
        lines.push(format!(
            "{} ({kind})\n  {}",
            one_line(&card.name),
            card.link.as_str()
        ));
    }
    lines.join("\n")
}
