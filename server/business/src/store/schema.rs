//! The tables of the business wing, room by room, in the order in which the rooms were built.
//! Knows: the mark of the file, and what a thief of the disk sees. Never has: a network address, a
//! text of a message, or a column that ties two conversations together.

use partywall_store::{Check, Settings};

use super::clock_row;
use crate::{book, claims, ledger, registry, sharing, talk, templates};

/// "pwBS", the mark of a business wing's database.
const APPLICATION: i32 = 0x7077_4253;

/// One step for each room. Append-only: a release that was used is never changed here.
const MIGRATIONS: &[&str] = &[
    clock_row::TABLES,
    registry::TABLES,
    templates::TABLES,
    talk::TABLES,
    ledger::SCHEMA,
    book::TABLES,
    sharing::TABLES,
    claims::TABLES,
    talk::WEIGHED,
];

pub(crate) const SETTINGS: Settings = Settings {
    application_id: APPLICATION,
    migrations: MIGRATIONS,
    check: Check::Pages,
};
