//! The sections of a run, in the order in which they run.
//! Knows: their names, and about how long each takes. Never knows: what is in them.

mod online;
mod paced;

use std::pin::Pin;

use anyhow::Result;

use crate::row::Row;
use crate::setting::Setting;

/// One section.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    /// About how long a whole run of five rounds takes.
    pub(crate) seconds: u64,
    pub(crate) run: Run,
}

/// Measures, and gives rows.
pub(crate) type Run = for<'a> fn(&'a Setting) -> Running<'a>;

/// A section at work.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>>> + 'a>>;

/// Every section there is.
pub(crate) const SECTIONS: &[Section] = &[
    Section {
        name: "online",
        says: "saturation: 20 pairs, 32 in flight, 4 KiB, TLS",
        seconds: 70,
        run: |setting| Box::pin(online::run(setting)),
    },
    Section {
        name: "paced",
        says: "500 messages a second: how long until accepted, and until surfaced",
        seconds: 160,
        run: |setting| Box::pin(paced::run(setting)),
    },
];
