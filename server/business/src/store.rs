//! What is on disk: one SQLite file, one writer, a few readers.
//! Knows: that each room of the wing brings its own tables. Never knows: the peer wing's file.

pub(crate) mod clock_row;
mod schema;

pub(crate) use partywall_store::Disk;
pub(crate) use schema::SETTINGS;
