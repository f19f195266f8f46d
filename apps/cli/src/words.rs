//! Other people's words, made harmless for a terminal, and dates for people and scripts.
//! Knows: which characters steer a terminal or turn a line around. Never knows: whose words they are.

use std::io::ErrorKind;
use std::time::{Duration, UNIX_EPOCH};

use partywall_client::Direction;
use partywall_client::State;
use partywall_world::Wall;

/// The last millisecond of the year 9999, beyond which dates have no agreed form.
const LAST_MILLISECOND: u64 = 253_402_300_799_999;

/// Whether a character may do something else than be seen: control characters, and those that turn
/// the direction of writing, hide, or break a line.
pub(crate) fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
            && !matches!(letter, '\u{200c}' | '\u{200d}')
}

/// A text in one line, with nothing in it that steers a terminal.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\t' => ' ',
            '\n' => '\u{23ce}',
            letter if steers(letter) => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

/// A text in its own lines, those after the first moved in, with nothing in it that steers a terminal.
pub(crate) fn indented(text: &str, by: usize) -> String {
    let lines: Vec<String> = text
        .trim_end_matches('\n')
        .split('\n')
        .map(one_line)
        .collect();
    lines.join(&format!("\n{}", " ".repeat(by)))
}

/// A JSON line in which nothing steers a terminal: what JSON leaves as it is becomes `\uXXXX`.
pub(crate) fn json_line(value: &serde_json::Value) -> String {
    let plain = value.to_string();
    let mut line = String::with_capacity(plain.len() + 1);
    for letter in plain.chars() {
        if steers(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            line.push(letter);
        }
    }
    line.push('\n');
    line
}

/// RFC 3339, UTC, with milliseconds. A date beyond the year 9999 is told as its last moment.
pub(crate) fn rfc3339(at: Wall) -> String {
    let since_epoch = Duration::from_millis(at.millis().min(LAST_MILLISECOND));
    humantime::format_rfc3339_millis(UNIX_EPOCH + since_epoch).to_string()
}

/// Date and minute for people, UTC.
pub(crate) fn minute(at: Wall) -> String {
    let whole = rfc3339(at);
    format!("{} {}Z", &whole[..10], &whole[11..16])
}

/// Why the system refused a file.
pub(crate) fn in_words(why: ErrorKind) -> String {
    match why {
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::PermissionDenied => "you may not read it".into(),
        ErrorKind::AlreadyExists => "it is there already".into(),
        ErrorKind::IsADirectory => "it is a directory".into(),
        ErrorKind::NotADirectory => "a part of its path is a file".into(),
        other => other.to_string(),
    }
}

/// How far a message has come, in one word.
pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Accepted => "accepted",
        State::Delivered => "delivered",
        State::Failed => "failed",
        State::Expired => "expired",
    }
}

/// Which way a message went, in one word.
pub(crate) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent(_) => "sent",
        Direction::Received { .. } => "received",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &str = "a\u{1b}[2Jb\u{7}\rc\u{9b}31m\u{202e}d\u{2028}e\u{7f}\u{e0041}";

    #[test]
    fn nothing_that_a_peer_writes_steers_the_terminal() {
        for shown in [one_line(NASTY), indented(NASTY, 4)] {
            assert!(!shown.chars().any(steers), "{shown:?}");
        }
        assert_eq!(one_line("zwei\nZeilen\tda"), "zwei⏎Zeilen da");
        assert_eq!(indented("a\nb\u{1b}\n", 2), "a\n  b\u{fffd}");
        assert_eq!(
            one_line("grüße 👨\u{200d}👩\u{200d}👧"),
            "grüße 👨\u{200d}👩\u{200d}👧"
        );
    }

    #[test]
    fn a_json_line_is_one_line_steers_nothing_and_means_the_same() {
        let value = serde_json::json!({"text": format!("{NASTY}\n\"\\")});
        let line = json_line(&value);
        assert_eq!(
            line.trim_end_matches('\n')
                .chars()
                .filter(|l| steers(*l))
                .count(),
            0
        );
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            value
        );
    }

    #[test]
    fn a_date_from_a_strangers_clock_is_always_told() {
        assert_eq!(
            rfc3339(Wall::from_millis(1_700_000_000_123)),
            "2023-11-14T22:13:20.123Z"
        );
        assert_eq!(
            minute(Wall::from_millis(1_700_000_000_123)),
            "2023-11-14 22:13Z"
        );
        assert_eq!(
            rfc3339(Wall::from_millis(u64::MAX)),
            "9999-12-31T23:59:59.999Z"
        );
    }
}
