//! Why a configuration is refused: one sentence each, with the line and what to do.
//! Knows: files, lines, keys. Never knows: a value that was refused; it might be a slip with a secret in it.

use std::fmt::Display;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::words::in_words;

/// Why a configuration is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {}; `partywall-exporter config example` prints one to begin with", file.display(), in_words(*why))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        why: ErrorKind,
    },
    /// Anything that stands on a line.
    #[error("{}:{line}: {why}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to write.
        why: String,
    },
    /// A sink's secret cannot be used.
    #[error("sink `{name}`: {why}")]
    Secret {
        /// The sink.
        name: String,
        /// What to do.
        why: String,
    },
    /// There is nobody whose certificates are believed.
    #[error("sink `{name}`: {why}")]
    Roots {
        /// The sink.
        name: String,
        /// What to do.
        why: String,
    },
}

impl ConfigError {
    pub(super) fn secret(name: &str, why: &impl Display) -> Self {
        Self::Secret {
            name: name.to_owned(),
            why: why.to_string(),
        }
    }

    pub(super) fn roots(name: &str, why: &impl Display) -> Self {
        Self::Roots {
            name: name.to_owned(),
            why: why.to_string(),
        }
    }
}
