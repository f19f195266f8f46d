//! The floor every store stands on. The only crate in the house that links SQLite.
//! Knows: files, locks, pragmas, migrations, transactions, threads. Never knows: what a row means.
//!
//! In the order of a start: [`FolderLock::take`] makes the folder ours, [`open`] opens or creates a
//! database in it and brings its schema up to date, [`Database::readers`] gives a small pool of
//! read-only connections, and [`Writer::spawn`] puts the writing connection on a thread of its own
//! that commits in groups. [`Inline`] runs the same writer step by step, without a thread, and
//! [`Writer::by_hand`] puts it where a writer with a thread would be.

mod disk;
mod error;
mod space;

mod folder;
mod place;

mod migrate;
mod open;
mod pragma;

mod checkpoint;
mod readers;

mod commit;
mod hand;
mod inline;
mod queue;
mod writer;

pub use rusqlite as sql;

pub use checkpoint::{Checkpoint, checkpoint_passive, checkpoint_truncate};
pub use commit::{Bounds, Committer, Failed, Refused, Tidy};
pub use disk::{Disk, FreeSpace, LOG_ROOM, SPARE};
pub use error::StoreError;
pub use folder::FolderLock;
pub use hand::Hand;
pub use inline::Inline;
pub use open::{Check, Database, READ_AT_ONCE, Settings, open};
pub use place::Place;
pub use readers::Readers;
pub use space::free_space;
pub use writer::{Submitter, Writer};

#[cfg(test)]
mod tests;
