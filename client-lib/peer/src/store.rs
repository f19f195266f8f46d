//! The sealed store: one SQLite file in which every record is sealed on its own.
//! Knows: the file, its lock, the passphrase's key, rows as bytes. Never knows: what a record means, sockets.
//!
//! What a thief of the file sees: how many rows of which kind there are, how long they are, which
//! message rows belong to the same contact's number, and the day on which digests and kept-aside
//! envelopes may go. No name, text, key, id, host or time of a message.

mod keys;
mod rows;
mod schema;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use partywall_store::sql::Connection;
use partywall_store::{Check, Place, Settings, StoreError, checkpoint_truncate};
use partywall_world::Dice;

pub(crate) use keys::Cost;
pub(crate) use rows::{Hands, MessageRow, Table};

use crate::error::{OpenError, StoreTrouble};
use keys::{Keys, Wrapped};

const SETTINGS: Settings = Settings {
    // "PWpc": Partywall, peer client.
    application_id: 0x5057_7063,
    migrations: &[schema::FIRST, schema::SECOND],
    check: Check::Pages,
};

/// An open store. Its rows are worked on through [`Hands`], inside a transaction.
pub(crate) struct Vault {
    connection: Connection,
    keys: Keys,
    dice: Dice,
    /// Open for as long as the store is ours.
    _lock: File,
}

impl Vault {
    /// Opens the store, or makes it. Slow on purpose, and blocking.
    ///
    /// # Errors
    /// [`OpenError`].
    pub(crate) fn open(
        path: &Path,
        passphrase: &str,
        cost: Cost,
        mut dice: Dice,
    ) -> Result<Vault, OpenError> {
        let lock = lock(path)?;
        let mut connection = partywall_store::open(&Place::file(path), &SETTINGS)
            .map_err(StoreTrouble::from)?
            .into_writer();
        let keys = match read_wrapped(&connection)? {
            Some(wrapped) => wrapped.unwrap(passphrase)?,
            None => {
                if passphrase.is_empty() {
                    return Err(OpenError::EmptyPassphrase);
                }
                let keys = Keys::draw(&mut dice);
                write_wrapped(&mut connection, &keys.wrap(passphrase, cost, &mut dice))?;
                keys
            }
        };
        Ok(Vault {
            connection,
            keys,
            dice,
            _lock: lock,
        })
    }

    /// Does `work` in one transaction; durable when this returns well.
    ///
    /// # Errors
    /// Those of `work` (then nothing was written) and of the commit.
    pub(crate) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Hands<'_>) -> Result<T, StoreTrouble>,
    ) -> Result<T, StoreTrouble> {
        let open = self.connection.unchecked_transaction().map_err(sql)?;
        let mut hands = Hands::new(&self.connection, &self.keys, &mut self.dice);
        let done = work(&mut hands)?;
        open.commit().map_err(sql)?;
        Ok(done)
    }

    /// Wraps the keys under another passphrase.
    ///
    /// # Errors
    /// [`StoreTrouble`]; the old passphrase is good then.
    pub(crate) fn change_passphrase(&mut self, new: &str, cost: Cost) -> Result<(), StoreTrouble> {
        let wrapped = self.keys.wrap(new, cost, &mut self.dice);
        write_wrapped(&mut self.connection, &wrapped)?;
        self.tidy()
    }

    /// Empties the write-ahead log, so that what was deleted is in no file any more.
    ///
    /// # Errors
    /// [`StoreTrouble`]; nothing is lost.
    pub(crate) fn tidy(&mut self) -> Result<(), StoreTrouble> {
        let _nobody_else_reads = checkpoint_truncate(&self.connection)?;
        Ok(())
    }
}

pub(crate) fn sql(error: partywall_store::sql::Error) -> StoreTrouble {
    StoreTrouble::File(StoreError::from(error))
}

/// Makes the store's folder if it is not there, and takes the lock beside the file.
fn lock(path: &Path) -> Result<File, OpenError> {
    let io = |error: std::io::Error| StoreTrouble::File(StoreError::from(error));
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(io)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(PathBuf::from(beside))
        .map_err(io)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(io(error).into()),
    }
}

fn read_wrapped(connection: &Connection) -> Result<Option<Wrapped>, StoreTrouble> {
    let mut statement = connection.prepare(schema::READ_VAULT).map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    let Some(row) = rows.next().map_err(sql)? else {
        return Ok(None);
    };
    let read = || -> Result<Wrapped, partywall_store::sql::Error> {
        Ok(Wrapped {
            cost: Cost {
                memory_kib: row.get(0)?,
                passes: row.get(1)?,
                lanes: row.get(2)?,
            },
            salt: row.get(3)?,
            nonce: row.get(4)?,
            sealed: row.get(5)?,
        })
    };
    read().map(Some).map_err(|_shape| StoreTrouble::Damaged)
}

fn write_wrapped(connection: &mut Connection, wrapped: &Wrapped) -> Result<(), StoreTrouble> {
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = wrapped.cost;
    let values = (
        memory_kib,
        passes,
        lanes,
        wrapped.salt,
        wrapped.nonce,
        &wrapped.sealed,
    );
    connection
        .execute(schema::WRITE_VAULT, values)
        .map_err(sql)?;
    Ok(())
}
