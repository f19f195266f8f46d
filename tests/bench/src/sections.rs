//! The sections of a run, in the order in which they run.
//! Knows: their names, and about how long each takes. Never knows: what is in them.

mod business;
mod client;
mod growth;
mod idle;
mod light;
mod online;
mod paced;
mod presence;
mod slow;
mod stored;
mod wings;

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

/// Every section there is. A new one: a module here or beside, `run` of a [`Setting`], and its line.
pub(crate) const SECTIONS: &[Section] = &[
    Section {
        name: "online",
        says: "saturation: 20 pairs, 32 in flight, 4 KiB, TLS",
        seconds: 70,
        run: |setting| Box::pin(online::run(setting)),
    },
    Section {
        name: "slow",
        says: "saturation on a slow disk, where readers are faster than their batch",
        seconds: 50,
        run: |setting| Box::pin(slow::run(setting)),
    },
    Section {
        name: "paced",
        says: "500 messages a second: how long until accepted, and until surfaced",
        seconds: 160,
        run: |setting| Box::pin(paced::run(setting)),
    },
    Section {
        name: "light",
        says: "a 256-byte text, beside what chat servers were measured to cost",
        seconds: 70,
        run: |setting| Box::pin(light::run(setting)),
    },
    Section {
        name: "stored",
        says: "for absent readers: 1,000 mailboxes, a lone message, then drained",
        seconds: 120,
        run: |setting| Box::pin(stored::run(setting)),
    },
    Section {
        name: "presence",
        says: "whether the time until accepted tells that somebody reads",
        seconds: 60,
        run: |setting| Box::pin(presence::run(setting)),
    },
    Section {
        name: "idle",
        says: "memory of resting connections, plain and TLS, and the disk of empty mailboxes",
        seconds: 760,
        run: |setting| Box::pin(idle::run(setting)),
    },
    Section {
        name: "growth",
        says: "a million messages stored: instructions, a restart; and a flooded mailbox beside another",
        seconds: 330,
        run: |setting| Box::pin(growth::run(setting)),
    },
    Section {
        name: "wings",
        says: "a stored business message beside a stored peer message",
        seconds: 20,
        run: |setting| Box::pin(wings::run(setting)),
    },
    Section {
        name: "client",
        says: "seal, open, turn, begin; and what waited, taken into a client's store",
        seconds: 60,
        run: |setting| Box::pin(client::run(setting)),
    },
    Section {
        name: "business",
        says: "a permit, a ledger's entry, records to a file",
        seconds: 30,
        run: |setting| Box::pin(business::run(setting)),
    },
];
