//! `partywall verify`: keeps that the safety number was compared and equal.
//! Knows: the person's word. Never knows: whether it is true.

use std::io::IsTerminal;

use serde_json::json;

use super::safety;
use crate::arguments::{Common, Verify};
use crate::opening::{Absent, contact, open};
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words::one_line;

/// On a terminal, shows the number and asks; elsewhere it takes the command's word.
pub(super) async fn run(common: &Common, what: &Verify, screen: &Screen) -> Result<(), Trouble> {
    let client = open(common, Absent::Said).await?;
    let contact = contact(&client, &what.name).await?;
    let asks = screen.for_people() && std::io::stdin().is_terminal() && !what.yes && !what.undo;
    if asks {
        screen.line(&safety::page(&what.name, &contact.safety().await?))?;
        if !agreed("Have you compared all twelve groups, and are they equal?")? {
            client.close().await?;
            return Err(Trouble::failure(
                "nothing was changed",
                "if a group differs, somebody stands between you: meet, and begin with a new invitation",
            ));
        }
    }
    if what.undo {
        contact.unverify().await?;
    } else {
        contact.verify().await?;
    }
    client.close().await?;
    let name = one_line(&what.name);
    let words = if what.undo {
        format!("{name} counts as not verified.")
    } else {
        format!("{name} is verified.")
    };
    screen.either(&json!({"name": what.name, "verified": !what.undo}), &words)
}

/// Asks a question whose answer is no unless the person says yes.
pub(super) fn agreed(question: &str) -> Result<bool, Trouble> {
    dialoguer::Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact()
        .map_err(|_gone| {
            Trouble::failure("the question was not answered", "say --yes, or answer it")
        })
}
