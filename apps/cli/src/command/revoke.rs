//! `partywall revoke`: makes a link of yours worthless.
//! Knows: the link. Never knows: what is erased for it.

use serde_json::json;

use partywall_client::Revoked;

use crate::arguments::{Common, Revoke};
use crate::opening::{Absent, link, open};
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Revokes the link here at once, and at the relay as soon as it is reached.
pub(super) async fn run(common: &Common, what: &Revoke, screen: &Screen) -> Result<(), Trouble> {
    let link = link(&what.link)?;
    let client = open(common, Absent::Said).await?;
    let revoked = client.peer().revoke(&link).await;
    client.close().await?;
    let (at_the_relay, words) = match revoked? {
        Revoked::AtTheRelay => (true, "The link is worthless from now on."),
        Revoked::WhenReached => (
            false,
            "The relay could not be reached. What comes by the link is not opened any more; the relay is told\n\
             when a command on this store reaches it (`partywall receive`).",
        ),
    };
    screen.either(
        &json!({"revoked": true, "at_the_relay": at_the_relay}),
        words,
    )
}
