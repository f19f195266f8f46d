//! What can go wrong with a sealed store, one sentence each, with what to do about it.
//! Knows: causes. Never knows: ids, records, keys.

use std::path::PathBuf;

/// The store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// Nothing could be read with this passphrase.
    #[error("the passphrase does not open this store; check it and try again")]
    WrongPassphrase,
    /// A new store needs a passphrase that is not empty.
    #[error("an empty passphrase protects nothing; choose one")]
    EmptyPassphrase,
    /// Another process has it open.
    #[error("the store {} is in use by another running program; close that one first, or use a store of its own", path.display())]
    InUse {
        /// The store's file.
        path: PathBuf,
    },
    /// The file could not be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreTrouble),
}

/// The store's file failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreTrouble {
    /// The file or the disk; the cause says what to do.
    #[error(transparent)]
    File(#[from] partywall_store::StoreError),
    /// A record does not open under the store's key, or is not what it must be.
    #[error(
        "a record of the store is damaged; stop, keep a copy of the file, and restore the latest backup"
    )]
    Damaged,
}

/// What SQLite said, as everything about the file is said.
impl From<partywall_store::sql::Error> for StoreTrouble {
    fn from(error: partywall_store::sql::Error) -> Self {
        Self::File(partywall_store::StoreError::from(error))
    }
}
