//! `partywall add`: uses somebody's link.
//! Knows: the link, a name. Never knows: how the first message is made.

use std::time::Duration;

use serde_json::json;

use crate::arguments::{Add, Common};
use crate::opening::{Absent, link, open, relay_link};
use crate::screen::{Screen, strong};
use crate::trouble::Trouble;
use crate::words;

/// How long the first message is given to leave before the command ends. It leaves later otherwise.
const FIRST_FLIGHT: Duration = Duration::from_secs(10);

/// Adds the contact, and waits a little until the first message is at the relay.
pub(super) async fn run(common: &Common, what: &Add, screen: &Screen) -> Result<(), Trouble> {
    let link = link(&what.link)?;
    let relay = what.relay.as_deref().map(relay_link).transpose()?;
    let client = open(common, Absent::Made).await?;
    let peer = client.peer();
    let mut add = peer.add(&link, &what.name);
    if let Some(relay) = &relay {
        add = add.collecting_at(relay);
    }
    let contact = match add.await {
        Ok(contact) => contact,
        Err(error) => {
            let _stopped_already = client.close().await;
            return Err(error.into());
        }
    };
    let left = tokio::time::timeout(FIRST_FLIGHT, contact.wait_all_accepted()).await;
    client.close().await?;
    let name = words::one_line(&what.name);
    if left.is_err() {
        screen.remark("The relay has not taken the first message yet; it leaves the next time you send or receive.");
    }
    screen.either(
        &json!({"name": what.name, "reached": left.is_ok()}),
        &format!(
            "{} is your contact now.\n  partywall send {name} 'hello'\n  partywall safety {name}",
            strong(&name)
        ),
    )
}
