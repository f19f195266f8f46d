//! What the peer wing keeps on disk, batch-shaped, so that SQLite and PostgreSQL both fit.
//! Knows: mailboxes, envelopes, shelves, passes, credits; days. Never knows: connections, times of
//! day, who made a mailbox, what is inside an envelope.

mod batch;
mod reading;

mod keeping;
mod schema;
mod sqlite;

mod expire;
mod shelves;

mod inspect;
mod pages;

pub(crate) use batch::{Acks, Admit, Cargo, Digest, Gone, MailboxKey, Place, Rows, ShortId, Write};
pub(crate) use batch::{Expired, Lifetimes, Outcome};
pub(crate) use inspect::Inspected;
pub(crate) use pages::SqliteReading;
pub(crate) use partywall_store::Disk;
#[cfg(test)]
pub(crate) use partywall_store::FreeSpace;
pub(crate) use reading::{Held, Identified, Opened, Page, PassLine, Reading, Room, Shown};
pub(crate) use schema::SETTINGS;
pub(crate) use sqlite::Sqlite;

use partywall_store::StoreError;
use partywall_world::Day;

/// The writing half of a store. One at a time, on a thread of its own.
pub(crate) trait Store: Send + 'static {
    /// Writes the whole batch in one transaction, each write taken from `batch` only when the ones
    /// before it have been made. `Ok` means durable; the outcomes stand in the order of the writes, and
    /// of one mailbox what was written first is read first.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`]: the batch was undone, as if it had never been. With any other,
    /// nothing of it may be relied on, and nothing is tried again.
    fn commit(
        &mut self,
        batch: &mut dyn Iterator<Item = Write>,
        today: Day,
    ) -> Result<Vec<Outcome>, StoreError>;

    /// Deletes at most about `rows` rows whose time is over, in a transaction of its own. (P-14)
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn expire(&mut self, today: Day, lives: Lifetimes, rows: usize) -> Result<Expired, StoreError>;

    /// Makes sure that nothing deleted is left in any file; `false`: ask again soon. (P-13)
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn wipe(&mut self) -> Result<bool, StoreError>;

    /// Whether the disk has room for `bytes` more and for deleting them again; makes room if that
    /// is all that is needed. (P-17)
    ///
    /// # Errors
    /// Any [`StoreError`] of reading.
    fn has_room(&mut self, bytes: usize) -> Result<bool, StoreError>;

    /// Whether so many bytes may be deleted in one transaction: the log's own pages keep their room.
    ///
    /// # Errors
    /// As [`Store::has_room`].
    fn may_delete(&mut self, bytes: usize) -> Result<bool, StoreError>;

    /// Gives back the disk that the log takes up, if nobody reads it.
    ///
    /// # Errors
    /// As [`Store::commit`], but for a full disk.
    fn empty_log(&mut self) -> Result<(), StoreError>;

    /// Moves what was committed to where it stays, so that no later commit has to; nothing waits for it.
    ///
    /// # Errors
    /// As [`Store::commit`], but for a full disk.
    fn settle(&mut self) -> Result<(), StoreError>;
}
