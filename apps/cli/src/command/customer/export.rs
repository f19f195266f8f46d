//! `partywall customer export-my-data`: everything, in a file for other programs.
//! Knows: where it is written. Never knows: what is in it.

use std::fs::OpenOptions;
use std::io::Write;

use partywall_client::business::Customer;
use serde_json::json;

use crate::arguments::customer::Export;
use crate::counter::opening;
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words::{in_words, json_line};

/// Writes the document: to standard output as one line, or to a new file.
pub(super) async fn run(
    customer: &Customer,
    what: &Export,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let document = chat.export().await?;
    let Some(path) = &what.out else {
        return screen.raw(&json_line(&document));
    };
    let whole = format!("{document:#}\n");
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| {
            file.write_all(whole.as_bytes())?;
            file.sync_all()
        });
    written.map_err(|error| {
        Trouble::failure(
            format!(
                "{} cannot be written: {}",
                path.display(),
                in_words(error.kind())
            ),
            "name a file that is not there yet, in a folder that is yours",
        )
    })?;
    screen.either(
        &json!({"chat": what.domain, "out": path.display().to_string(), "bytes": whole.len()}),
        &format!("Written to {}.", path.display()),
    )
}
