//! Which of the two wings: a name for log lines, and which files in the folder are whose.
//! Knows: names. Never knows: what either wing does.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// One of the two wings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wing {
    /// People's.
    #[default]
    Peer,
    /// That of people and businesses.
    Business,
}

impl Wing {
    /// Its word in log lines, flags and sentences.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Business => "business",
        }
    }

    /// Where it keeps what it vouches for.
    #[must_use]
    pub fn vouches(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Self::Peer => "vouches.json",
            Self::Business => "business-vouches.json",
        })
    }
}
