//! A template in a file: TOML, as a shop writes it.
//! Knows: the file's keys. Never knows: what an operator thinks of it.

use partywall_business::Version;
use partywall_business::template::{Draft, ParameterKind, Slot};
use serde::Deserialize;

use super::names;

/// A commented file to begin with.
pub(crate) const EXAMPLE: &str = r#"# A template: a text that may be sent outside the 24 hours, once the operator approved it.
# Hand it in with `partywall business template submit FILE.toml`.

name = "order_ready"           # small letters, digits, _
version = 1                    # raise it when you change something
language = "en"                # or "en-GB"
category = "utility"           # marketing, utility, authentication

# At most 60 characters above and below; leave them out if you do not need them.
header = "Your order"
footer = "Bakery, 12 Mill Lane"

# At most 1,024 characters. {{1}}, {{2}}, … are the places; they can stand neither at the beginning,
# nor at the end, nor side by side. No links.
body = "Order {{1}} is ready since {{2}}. Pick it up {{3}}, please."

# Up to three, at most 20 characters each.
buttons = ["On my way", "Later"]

# What is set into {{1}}, {{2}}, …, in order: integer, money, date, option or code. There is no free
# text. An option is one of those published here.
[[slot]]
kind = "integer"

[[slot]]
kind = "date"

[[slot]]
kind = "option"
options = ["today", "tomorrow"]
"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: u64,
    language: String,
    category: String,
    header: Option<String>,
    body: String,
    footer: Option<String>,
    #[serde(default)]
    buttons: Vec<String>,
    #[serde(default)]
    slot: Vec<FileSlot>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSlot {
    kind: String,
    options: Option<Vec<String>>,
}

/// Reads the file's text.
///
/// # Errors
/// Not TOML, a key too many or too few, a word that is in no list; with the line where it can be told.
pub(crate) fn draft(text: &str) -> Result<Draft, String> {
    let file: File = toml::from_str(text).map_err(|bad| {
        let line = bad
            .span()
            .map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        format!("{place}{}", bad.message())
    })?;
    let slots = file.slot.into_iter().map(slot).collect::<Result<_, _>>()?;
    Ok(Draft {
        name: file.name,
        version: Version::new(file.version),
        language: file.language,
        category: names::category(&file.category)?,
        header: file.header,
        body: file.body,
        footer: file.footer,
        buttons: file.buttons,
        slots,
    })
}

fn slot(slot: FileSlot) -> Result<Slot, String> {
    let (all, word) = (&ParameterKind::ALL, ParameterKind::word);
    Ok(Slot {
        kind: names::one_of("kind of slot", all, word, &slot.kind)?,
        options: slot.options,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_breaks_no_rule() {
        let template = draft(EXAMPLE).unwrap().checked();
        assert!(template.is_ok_and(|template| template.is_clean()));
    }

    #[test]
    fn a_mistake_is_told_with_its_line_or_the_nearest_word() {
        let changed = |from: &str, to: &str| draft(&EXAMPLE.replacen(from, to, 1)).unwrap_err();
        let unknown = changed("version = 1", "versoin = 1");
        assert!(
            unknown.contains("line 5") && unknown.contains("versoin"),
            "{unknown}"
        );
        assert!(changed("\"utility\"", "\"utilty\"").contains("did you mean utility?"));
        assert!(changed("\"integer\"", "\"text\"").contains("there is no kind of slot"));
        assert!(draft("name = ").unwrap_err().contains("line 1"));
        assert!(draft("").unwrap_err().contains("missing"));
    }
}
