//! What can go wrong with the ledger's rows.
//! Knows: causes. Never knows: entries.

use partywall_store::{StoreError, sql};

/// The ledger could not be read or written. Nothing of what was asked has happened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerFault {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows are missing, or not what was written.
    #[error(
        "the ledger's rows are damaged; stop, keep a copy of the file, and restore the latest backup"
    )]
    Damaged,
    /// An entry, or a size, that the ledger does not have.
    #[error("the ledger does not reach so far; ask for an entry or a size that it has")]
    Outside,
    /// 2^48 − 1 entries.
    #[error("the ledger is full; begin another under another name")]
    Full,
}

impl From<sql::Error> for LedgerFault {
    fn from(error: sql::Error) -> Self {
        Self::Store(error.into())
    }
}
