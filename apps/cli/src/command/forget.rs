//! `partywall forget`: erases a contact.
//! Knows: its name. Never knows: what all is erased.

use std::io::IsTerminal;

use serde_json::json;

use super::verify::agreed;
use crate::arguments::{Common, Forget};
use crate::opening::{Absent, contact, open};
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words::one_line;

/// Asks on a terminal, and wants `--yes` elsewhere.
pub(super) async fn run(common: &Common, what: &Forget, screen: &Screen) -> Result<(), Trouble> {
    let name = one_line(&what.name);
    let can_ask = screen.error_terminal && std::io::stdin().is_terminal();
    if !what.yes && !can_ask {
        return Err(Trouble::usage(
            "there is nobody at a terminal to ask whether this contact is to be erased",
            "say --yes",
        ));
    }
    let client = open(common, Absent::Said).await?;
    let contact = contact(&client, &what.name).await?;
    let question = format!("Erase {name}, with history, keys and everything unsent?");
    if !what.yes && !agreed(&question)? {
        client.close().await?;
        return Err(Trouble::failure(
            "nothing was erased",
            "answer yes to erase the contact",
        ));
    }
    contact.forget().await?;
    client.close().await?;
    screen.either(
        &json!({"forgotten": what.name}),
        &format!("{name} is forgotten."),
    )
}
