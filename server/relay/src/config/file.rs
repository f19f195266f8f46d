//! Reads `partywall.toml`: which knobs it sets, to what, on which line.
//! Knows: TOML and the table of knobs. Never knows: flags, environment, what the values are for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::knob::Knob;
use crate::words::in_words;

/// A file larger than this is no configuration of ours.
const GREATEST_FILE: u64 = 256 * 1024;

/// One line of the file that sets a knob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The value as a knob's kind reads it.
    pub text: String,
    /// Which line of the file, from 1.
    pub number: usize,
}

/// Reads the file at `path`.
pub fn read(path: &Path) -> Result<BTreeMap<&'static str, Line>, ConfigError> {
    let unreadable = |why: String| ConfigError::Unreadable {
        file: path.to_owned(),
        why,
    };
    let length = std::fs::metadata(path)
        .map_err(|error| unreadable(in_words(error.kind())))?
        .len();
    if length > GREATEST_FILE {
        return Err(unreadable(
            "it is too large for a configuration file".into(),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(in_words(error.kind())))?;
    parse(&text, path)
}

/// Reads the text of a file; `path` is only for what an error says.
pub fn parse(text: &str, path: &Path) -> Result<BTreeMap<&'static str, Line>, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::Grammar {
        file: path.to_owned(),
        line: error.span().map_or(1, |span| line_of(text, &span)),
        why: error
            .message()
            .lines()
            .next()
            .unwrap_or("not TOML")
            .to_owned(),
    })?;
    let mut lines = BTreeMap::new();
    for (key, value) in table.into_inner() {
        let line = line_of(text, &key.span());
        let name = key.into_inner();
        let knob = Knob::named(&name).ok_or_else(|| ConfigError::UnknownKey {
            file: path.to_owned(),
            line,
            key: name.to_string(),
            nearest: Knob::nearest(&name),
        })?;
        let text = scalar(value.into_inner()).ok_or_else(|| ConfigError::BadValue {
            place: format!("{}:{line}", path.display()),
            name: knob.name.to_owned(),
            allowed: knob.kind.allowed(),
        })?;
        lines.insert(knob.name, Line { text, number: line });
    }
    Ok(lines)
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    1 + text
        .bytes()
        .take(span.start)
        .filter(|byte| *byte == b'\n')
        .count()
}

fn scalar(value: DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ConfigError, parse};

    fn refusal(text: &str) -> String {
        parse(text, Path::new("partywall.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_line_is_read_with_its_number() {
        let lines = parse(
            "# words\n\nretention_days = 14\npeer = \"127.0.0.1:1\"\n",
            Path::new("f"),
        )
        .unwrap();
        assert_eq!(
            (
                lines["retention_days"].text.as_str(),
                lines["retention_days"].number
            ),
            ("14", 3)
        );
        assert_eq!(
            (lines["peer"].text.as_str(), lines["peer"].number),
            ("127.0.0.1:1", 4)
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_the_nearest_known_one() {
        assert_eq!(
            refusal("peer = \"127.0.0.1:1\"\nretenton_days = 3\n"),
            "partywall.toml:2: unknown key `retenton_days`; did you mean `retention_days`?"
        );
        assert_eq!(
            refusal("\nzzzzzzzzz = 3\n"),
            "partywall.toml:2: unknown key `zzzzzzzzz`; `partywall-relay config init` writes a file with every key"
        );
    }

    #[test]
    fn tables_lists_and_truths_are_refused_as_values() {
        for text in [
            "peer = [1]",
            "peer = {}",
            "[peer]",
            "peer = true",
            "peer = 1.5",
        ] {
            assert!(
                matches!(
                    parse(text, Path::new("f")),
                    Err(ConfigError::BadValue { .. })
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn broken_grammar_is_refused_with_its_line() {
        assert!(refusal("peer = \"127.0.0.1:1\"\nhost = \n").starts_with("partywall.toml:2: "));
        assert!(refusal("peer = \"a\"\npeer = \"b\"\n").starts_with("partywall.toml:2: "));
    }
}
