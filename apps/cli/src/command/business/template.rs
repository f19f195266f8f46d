//! `partywall business template`: texts for outside the 24 hours.
//! Knows: files, names, what lint found. Never knows: what the operator thinks.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use comfy_table::{Table, presets};
use partywall_client::shop::{Shop, Submitted, TemplateCard, TemplateDraft, TemplateId};
use serde_json::{Value, json};

use super::send::{answerable, only, wait_for};
use crate::arguments::business::SendTemplate;
use crate::counter::{draft, moments};
use crate::screen::{Screen, careful, faint, good};
use crate::trouble::{Exit, Trouble};
use crate::words::{in_words, one_line};

/// Bytes of the longest file that is read.
const GREATEST: u64 = 65_536;

/// Reads the file.
///
/// # Errors
/// It cannot be read, or is no template.
pub(super) fn read(path: &Path) -> Result<TemplateDraft, Trouble> {
    let hint = "`partywall business template example` prints a commented one";
    let unfit =
        |why: String| Trouble::usage(format!("{} is no template: {why}", path.display()), hint);
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(GREATEST + 1).read_to_string(&mut text))
        .map_err(|error| unfit(in_words(error.kind())))?;
    if text.len() as u64 > GREATEST {
        return Err(unfit(format!("it has more than {GREATEST} bytes")));
    }
    draft::draft(&text).map_err(unfit)
}

/// Hands it in.
pub(super) async fn submit(
    shop: &Shop,
    draft: TemplateDraft,
    screen: &Screen,
) -> Result<(), Trouble> {
    let submitted = shop.submit_template(draft).await?;
    let id = hex::encode(submitted.template.as_bytes());
    let findings: Vec<Value> = submitted
        .findings
        .iter()
        .map(
            |one| json!({"rule": one.rule.code(), "what": one.rule.word(), "refuses": one.refuses}),
        )
        .collect();
    screen.either(
        &json!({"template": id, "state": submitted.state.word(), "findings": findings}),
        &page(&submitted, &id),
    )
}

fn page(submitted: &Submitted, id: &str) -> String {
    let mut lines = vec![format!("{} {}", good("handed in:"), submitted.state)];
    for one in &submitted.findings {
        lines.push(careful(&format!(
            "  rule {}: {}",
            one.rule.code(),
            one.rule
        )));
    }
    lines.push(faint(&format!("  template {id}")));
    lines.join("\n")
}

/// Lists them.
pub(super) async fn list(shop: &Shop, screen: &Screen) -> Result<(), Trouble> {
    let cards = shop.templates().await?;
    if screen.json {
        for card in &cards {
            screen.object(&json!({
                "template": hex::encode(card.template.as_bytes()), "name": card.name,
                "state": card.state.word(), "reason": card.reason.map(|why| why.word()),
                "until": card.until.map(moments::rfc3339),
            }))?;
        }
        return Ok(());
    }
    if cards.is_empty() {
        return screen.line(&faint(
            "None yet: `partywall business template example` prints a file to begin with.",
        ));
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(["name", "template", "how it stands"]);
    for card in &cards {
        let name = card
            .name
            .as_deref()
            .unwrap_or("(handed in from another store)");
        table.add_row([
            one_line(name),
            hex::encode(card.template.as_bytes()),
            state(card),
        ]);
    }
    screen.line(&table.trim_fmt())
}

fn state(card: &TemplateCard) -> String {
    let mut words = card.state.word().to_owned();
    if let Some(until) = card.until {
        words.push_str(&format!(" {}", moments::until(until, moments::now())));
    }
    if let Some(reason) = card.reason {
        words.push_str(&format!(" (reason {reason})"));
    }
    words
}

/// Sends one.
pub(super) async fn send(shop: &Shop, what: SendTemplate, screen: &Screen) -> Result<(), Trouble> {
    let to = answerable(shop, &what.conversation).await?;
    let template = named(shop, &what.template).await?;
    let mut events = shop.events();
    let id = shop.send_template(to, template, what.parameters).await?;
    wait_for(shop, &mut events, (id, to), what.patience.wait, screen).await
}

/// A template by its name, or by the first digits of its id.
async fn named(shop: &Shop, said: &str) -> Result<TemplateId, Trouble> {
    let cards = shop.templates().await?;
    let mut same = cards
        .iter()
        .filter(|card| card.name.as_deref() == Some(said));
    match (same.next(), same.next()) {
        (Some(card), None) => return Ok(card.template),
        (Some(_), Some(_)) => {
            return Err(Trouble::new(
                Exit::Contact,
                format!("more than one template is called {}", one_line(said)),
                "say the first digits of its id; `partywall business template list` shows them",
            ));
        }
        (None, _) => {}
    }
    let ids: Vec<String> = cards
        .iter()
        .map(|card| hex::encode(card.template.as_bytes()))
        .collect();
    let list = "`partywall business template list` shows names and ids";
    let place = only(&ids, said, "template", list)?;
    Ok(cards[place].template)
}
