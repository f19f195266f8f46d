//! `partywall passphrase`: another passphrase for the store.
//! Knows: the old and the new one, for as long as it takes. Never knows: the keys under them.

use serde_json::json;

use crate::arguments::{Common, NewPassphrase};
use crate::opening::open_both;
use crate::passphrase::new_passphrase;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Opens with the old one, then wraps the store's keys under the new one.
pub(super) async fn run(
    common: &Common,
    what: &NewPassphrase,
    screen: &Screen,
) -> Result<(), Trouble> {
    let client = open_both(common).await?;
    let changed = match new_passphrase(what.new_passphrase_file.as_deref()) {
        Ok(new) => client.change_passphrase(&new).await.map_err(Trouble::from),
        Err(trouble) => Err(trouble),
    };
    client.close().await?;
    changed?;
    screen.either(
        &json!({"changed": true}),
        "The passphrase is changed. Copies of the store made before still open with the old one.",
    )
}
