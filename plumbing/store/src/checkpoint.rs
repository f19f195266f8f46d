//! Moves the write-ahead log into the database file: and empties it, so that deleted bytes are gone; or
//! only moves it, so that no commit has to move much at once.
//! Knows: one pragma. Never knows: what was deleted, or when it is time.

use std::time::Duration;

use rusqlite::Connection;

use crate::{StoreError, pragma};

/// How a checkpoint ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Checkpoint {
    /// The log is empty: what was deleted before is in neither file.
    Done,
    /// A reader still needs the log; ask again later.
    Waiting,
}

/// Checkpoints with TRUNCATE. Does not wait for readers. A database in memory has no log and is
/// always [`Checkpoint::Done`].
///
/// # Errors
/// Any [`StoreError`] of writing. The log still holds what it held; nothing committed is lost.
pub fn checkpoint_truncate(connection: &Connection) -> Result<Checkpoint, StoreError> {
    connection.busy_timeout(Duration::ZERO)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        row.get::<_, i64>(0)
    });
    connection.busy_timeout(pragma::patience())?;
    match busy.map_err(StoreError::from) {
        Ok(0) => Ok(Checkpoint::Done),
        Ok(_) | Err(StoreError::Busy) => Ok(Checkpoint::Waiting),
        Err(error) => Err(error),
    }
}

/// Moves of the log what no reader needs there, without waiting for anybody and without emptying it.
///
/// # Errors
/// Any [`StoreError`] of writing but [`StoreError::DiskFull`], which is no failure here: the log holds
/// what it held and is moved another time.
pub fn checkpoint_passive(connection: &Connection) -> Result<(), StoreError> {
    if partywall_mutant::is("F13") {
        return Ok(());
    }
    let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_busy| Ok(()));
    match moved.map_err(StoreError::from) {
        Err(StoreError::Busy | StoreError::DiskFull) => Ok(()),
        moved => moved,
    }
}
