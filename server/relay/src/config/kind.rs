//! What a knob may hold: reads one value from its text, or says what would be allowed.
//! Knows: shapes of values. Never knows: which knob it is, or where the text came from.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::host::Host;

/// The shape of a knob's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder's path.
    Folder,
    /// A file's path.
    File,
    /// `NAME` or `NAME:PORT`.
    Host,
    /// `IP:PORT`.
    Address,
    /// `IP:PORT` on this machine only.
    LoopbackAddress,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any of these words, with commas between them; none at all is a value too.
    Words(&'static [&'static str]),
    /// A whole number between the two, both included.
    Count {
        /// The least value.
        least: u64,
        /// The greatest value.
        most: u64,
    },
    /// A size in bytes between the two; `KiB`, `MiB`, `GiB`, `TiB` may follow the number.
    Bytes {
        /// The least value.
        least: u64,
        /// The greatest value.
        most: u64,
    },
}

/// A value that has the shape of its knob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A path.
    Path(PathBuf),
    /// A host.
    Host(Host),
    /// An address.
    Address(SocketAddr),
    /// One of the words of a choice.
    Word(&'static str),
    /// Some of the words of a list, each once, in the list's order.
    Words(Vec<&'static str>),
    /// A number.
    Number(u64),
}

impl Kind {
    /// Reads a value. The error is what would be allowed, as the end of a sentence: "needs …".
    pub fn read(self, text: &str) -> Result<Value, String> {
        let read = match self {
            Self::Folder | Self::File => {
                (!text.is_empty() && !text.contains('\0')).then(|| Value::Path(PathBuf::from(text)))
            }
            Self::Host => text.parse().ok().map(Value::Host),
            Self::Address => address(text).map(Value::Address),
            Self::LoopbackAddress => address(text)
                .filter(|address| address.ip().is_loopback() || partywall_mutant::is("F16"))
                .map(Value::Address),
            Self::Choice(words) => words
                .iter()
                .find(|word| **word == text)
                .map(|word| Value::Word(word)),
            Self::Words(words) => listed(text, words).map(Value::Words),
            Self::Count { least, most } => whole(text)
                .filter(|number| (least..=most).contains(number))
                .map(Value::Number),
            Self::Bytes { least, most } => size(text)
                .filter(|number| (least..=most).contains(number))
                .map(Value::Number),
        };
        read.ok_or_else(|| self.allowed())
    }

    /// What is allowed, for people.
    #[must_use]
    pub fn allowed(self) -> String {
        match self {
            Self::Folder => "the path of a folder".into(),
            Self::File => "the path of a file".into(),
            Self::Host => "NAME or NAME:PORT, such as relay.example.org or 192.0.2.7:7443 (an IPv6 address stands in brackets)".into(),
            Self::Address => "IP:PORT, such as 127.0.0.1:7443 or [::]:7443".into(),
            Self::LoopbackAddress => "a loopback IP:PORT, such as 127.0.0.1:7445 (this listener never leaves the machine)".into(),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::Words(words) => format!("any of {}, with commas between them", words.join(", ")),
            Self::Count { least, most } => format!("a whole number from {least} to {most}"),
            Self::Bytes { least, most } => format!("a size from {} to {}, such as 128 MiB", spelled(least), spelled(most)),
        }
    }

    /// Whether the file writes it as a bare number.
    #[must_use]
    pub fn is_bare_number(self) -> bool {
        matches!(self, Self::Count { .. })
    }
}

/// `localhost` is the one name that is taken for an address: no resolver has a say in it.
fn address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}").parse().ok(),
        None => text.parse().ok(),
    }
}

fn listed(text: &str, words: &[&'static str]) -> Option<Vec<&'static str>> {
    let said: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    let known = said.iter().all(|word| words.contains(word));
    known.then(|| {
        let among = |word: &&&'static str| said.contains(*word);
        words.iter().filter(among).copied().collect()
    })
}

fn whole(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|letter| *letter != '_').collect();
    digits.parse().ok()
}

const UNITS: [(&str, u32); 5] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("B", 0)];

fn size(text: &str) -> Option<u64> {
    let (number, shift) = UNITS
        .iter()
        .find_map(|(unit, shift)| text.strip_suffix(unit).map(|number| (number, *shift)))
        .unwrap_or((text, 0));
    whole(number.trim())?.checked_mul(1_u64 << shift)
}

/// A size as people write it; exact, so that reading it again gives the same number.
#[must_use]
pub fn spelled(bytes: u64) -> String {
    let fitting = UNITS
        .iter()
        .rev()
        .skip(1)
        .find(|(_, shift)| bytes != 0 && bytes.is_multiple_of(1 << shift));
    match fitting {
        Some((unit, shift)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Value, spelled};

    #[test]
    fn sizes_are_read_with_and_without_units_and_spelled_back_exactly() {
        let kind = Kind::Bytes {
            least: 0,
            most: u64::MAX,
        };
        for (text, bytes) in [
            ("0", 0),
            ("1500", 1500),
            ("128 MiB", 128 << 20),
            ("1GiB", 1 << 30),
            ("3 KiB", 3072),
            ("7 B", 7),
        ] {
            assert_eq!(kind.read(text), Ok(Value::Number(bytes)), "{text}");
            assert_eq!(
                kind.read(&spelled(bytes)),
                Ok(Value::Number(bytes)),
                "{text}"
            );
        }
        for text in [
            "",
            "MiB",
            "-1",
            "1.5 GiB",
            "99999999999999999999",
            "17179869184 GiB",
            "12 MB",
        ] {
            assert!(kind.read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_operator_listener_takes_loopback_addresses_and_no_others() {
        assert!(Kind::LoopbackAddress.read("127.0.0.1:0").is_ok());
        assert!(Kind::LoopbackAddress.read("[::1]:7445").is_ok());
        assert!(Kind::LoopbackAddress.read("0.0.0.0:7445").is_err());
        assert!(Kind::LoopbackAddress.read("192.0.2.1:7445").is_err());
        assert!(Kind::LoopbackAddress.read("localhost:7445").is_ok());
        assert!(
            Kind::LoopbackAddress
                .read("localhost.example:7445")
                .is_err()
        );
        assert!(Kind::Address.read("relay.example:7443").is_err());
    }

    #[test]
    fn a_list_of_words_is_read_in_its_own_order_and_takes_no_other_word() {
        let kind = Kind::Words(&["retail", "food", "travel"]);
        assert_eq!(
            kind.read("travel, retail,travel"),
            Ok(Value::Words(vec!["retail", "travel"]))
        );
        assert_eq!(kind.read(""), Ok(Value::Words(Vec::new())));
        assert_eq!(
            kind.read("retial"),
            Err("any of retail, food, travel, with commas between them".into())
        );
    }

    #[test]
    fn a_refusal_says_what_is_allowed() {
        let refusal = Kind::Count {
            least: 1,
            most: 365,
        }
        .read("0");
        assert_eq!(refusal, Err("a whole number from 1 to 365".into()));
        assert_eq!(
            Kind::Choice(&["open", "pass"]).read("shut"),
            Err("one of open, pass".into())
        );
    }
}
