//! The questions and answers of the admin socket: one JSON object per line, each way.
//! Knows: their shapes. Never knows: who asks; whoever may open the socket is the operator.

use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// A link with a fresh pass.
    MakePass {
        /// How many mailboxes it is good for.
        mailboxes: u32,
    },
    /// The passes that still have something left.
    ListPasses,
    /// A pass is worthless from now on.
    RevokePass {
        /// As `ListPasses` shows it.
        id: String,
    },
    /// Vouch for a proxy's key.
    Vouch {
        /// SHA-256 of its SubjectPublicKeyInfo, hex.
        spki: String,
        /// For so many days.
        days: u32,
    },
    /// The proxies' keys that are vouched for.
    ListVouches,
    /// No longer vouch for a key.
    RevokeVouch {
        /// As `ListVouches` shows it.
        id: String,
    },
    /// How the relay is.
    Status,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// A pass was made. Its link is shown this once; the relay keeps a hash.
    Pass {
        /// The relay link that carries it.
        link: String,
        /// What commands call it.
        id: String,
        /// How many mailboxes it is good for.
        mailboxes: u32,
    },
    /// The passes.
    Passes {
        /// Each that has something left.
        passes: Vec<PassLine>,
    },
    /// A key is vouched for.
    Vouched {
        /// The key.
        vouch: VouchLine,
    },
    /// The vouches.
    Vouches {
        /// Each that holds.
        vouches: Vec<VouchLine>,
    },
    /// A pass or a vouch is gone.
    Revoked {
        /// Which.
        id: String,
    },
    /// How the relay is.
    Status(StatusLine),
    /// It could not be done.
    Refused {
        /// One sentence that says what to do.
        sentence: String,
    },
}

/// A pass, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassLine {
    /// The first eight digits of its hash.
    pub id: String,
    /// How many mailboxes are left.
    pub left: u32,
    /// The day it was made, as `YYYY-MM-DD`.
    pub made: String,
}

/// A vouch, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchLine {
    /// The first eight digits of the key's hash.
    pub id: String,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    pub until: String,
}

/// How a relay is, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusLine {
    /// Whether a relay is running on the folder.
    pub running: bool,
    /// This program's version.
    pub version: String,
    /// What links say.
    pub host: String,
    /// `open` or `pass`.
    pub admission: String,
    /// Whether the disk is low.
    pub low_disk: bool,
    /// Free bytes.
    pub disk_free: u64,
    /// Connections at the moment.
    pub connections: u64,
    /// For how many seconds it has been running.
    pub uptime_seconds: u64,
}
