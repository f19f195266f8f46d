//! Why a configuration is refused, one sentence each, with the place and what to do.
//! Knows: files, lines, knobs. Never knows: a value that was refused; it might be a slip with a secret in it.

use std::path::PathBuf;

/// Why a configuration is refused: one sentence that says what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {why}; name another with `--config FILE`, or let `partywall-relay config init` write one", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// The file is not TOML.
    #[error("{}:{line}: {why}", file.display())]
    Grammar {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The parser's reason.
        why: String,
    },
    /// A key that no knob has.
    #[error("{}:{line}: unknown key `{key}`; {}", file.display(), hint(nearest))]
    UnknownKey {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What stands there.
        key: String,
        /// The known key that looks most like it.
        nearest: Option<&'static str>,
    },
    /// A value that its knob does not take.
    #[error("{place}: `{name}` needs {allowed}")]
    BadValue {
        /// Where it was said.
        place: String,
        /// The knob.
        name: String,
        /// What would be allowed.
        allowed: String,
    },
    /// Values that do not fit together.
    #[error("{0}")]
    Disagreement(String),
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(
        || "`partywall-relay config init` writes a file with every key".into(),
        |name| format!("did you mean `{name}`?"),
    )
}
