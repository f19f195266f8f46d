//! The file: its lock, its keys under the passphrase, its transactions.
//! Knows: one wing's plan, as mark and tables. Never knows: what lies in them.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use partywall_store::sql::Connection;
use partywall_store::{Check, Place, Settings, StoreError, checkpoint_truncate};
use partywall_world::Dice;

use crate::error::{StoreTrouble, VaultError};
use crate::hands::Hands;
use crate::keys::{Cost, Keys, Wrapped};

/// Said at every start, after the wing's own steps: it is no step of theirs.
const MAKE_VAULT: &str = "CREATE TABLE IF NOT EXISTS vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    memory_kib INTEGER NOT NULL, passes INTEGER NOT NULL, lanes INTEGER NOT NULL,
    salt BLOB NOT NULL, nonce BLOB NOT NULL, wrapped BLOB NOT NULL
) STRICT";
const READ_VAULT: &str =
    "SELECT memory_kib, passes, lanes, salt, nonce, wrapped FROM vault WHERE id = 1";
const WRITE_VAULT: &str = "INSERT OR REPLACE INTO vault
    (id, memory_kib, passes, lanes, salt, nonce, wrapped) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)";

/// What makes a file one wing's and no other's.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The mark in the file's header; never 0. A file with another mark is refused.
    pub application_id: i32,
    /// The wing's tables, one script a step, append-only: step *n* brings the file from *n* to
    /// *n* + 1. A table that [`Table`](crate::Table) names has at least the columns
    /// `id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL`. The table `vault` is this
    /// crate's own.
    pub migrations: &'static [&'static str],
}

/// An open store. Its rows are worked on through [`Hands`], inside a transaction.
pub struct Vault {
    connection: Connection,
    keys: Keys,
    dice: Dice,
    /// Open for as long as the store is ours.
    _lock: File,
}

impl Vault {
    /// Opens the store, or makes it, its folder included. Slow on purpose, and blocking.
    ///
    /// `dice` draw a new store's keys, and from then on the nonces.
    ///
    /// # Errors
    /// [`VaultError`]; a file that bears another mark than the plan's is an [`VaultError::Store`].
    pub fn open(
        plan: &Plan,
        path: &Path,
        passphrase: &str,
        cost: Cost,
        mut dice: Dice,
    ) -> Result<Vault, VaultError> {
        let lock = lock(path)?;
        let settings = Settings {
            application_id: plan.application_id,
            migrations: plan.migrations,
            check: Check::Pages,
        };
        let mut connection = partywall_store::open(&Place::file(path), &settings)
            .map_err(StoreTrouble::from)?
            .into_writer();
        connection
            .execute(MAKE_VAULT, ())
            .map_err(StoreTrouble::from)?;
        let keys = match read_wrapped(&connection)? {
            Some(wrapped) => wrapped.unwrap(passphrase)?,
            None => {
                if passphrase.is_empty() {
                    return Err(VaultError::EmptyPassphrase);
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
    pub fn transaction<T, E: From<StoreTrouble>>(
        &mut self,
        work: impl FnOnce(Hands<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let open = self
            .connection
            .unchecked_transaction()
            .map_err(StoreTrouble::from)?;
        let done = work(Hands::new(&self.connection, &self.keys, &mut self.dice))?;
        open.commit().map_err(StoreTrouble::from)?;
        Ok(done)
    }

    /// Wraps the keys under another passphrase.
    ///
    /// # Errors
    /// [`StoreTrouble`]; the old passphrase is good then.
    pub fn change_passphrase(&mut self, new: &str, cost: Cost) -> Result<(), StoreTrouble> {
        let wrapped = self.keys.wrap(new, cost, &mut self.dice);
        write_wrapped(&mut self.connection, &wrapped)?;
        self.tidy()
    }

    /// Empties the write-ahead log, so that what was deleted is in no file any more.
    ///
    /// # Errors
    /// [`StoreTrouble`]; nothing is lost.
    pub fn tidy(&mut self) -> Result<(), StoreTrouble> {
        let _nobody_else_reads = checkpoint_truncate(&self.connection)?;
        Ok(())
    }
}

/// Makes the store's folder if it is not there, and takes the lock beside the file.
fn lock(path: &Path) -> Result<File, VaultError> {
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
        Err(TryLockError::WouldBlock) => Err(VaultError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(io(error).into()),
    }
}

fn read_wrapped(connection: &Connection) -> Result<Option<Wrapped>, StoreTrouble> {
    let mut statement = connection.prepare(READ_VAULT)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
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
    connection.execute(WRITE_VAULT, values)?;
    Ok(())
}
