//! The peer wing's rows in the sealed store that clients keep.
//! Knows: which tables there are, and their columns. Never knows: what a record means, keys, sockets.
//!
//! What a thief of the file sees: how many rows of which kind there are, how long they are, which
//! message rows belong to the same contact's number, and the day on which digests and kept-aside
//! envelopes may go. No name, text, key, id, host or time of a message.

mod rows;
mod schema;

use std::path::Path;

use partywall_vault::{Plan, VaultError};
use partywall_world::Dice;

pub(crate) use partywall_vault::Cost;
pub(crate) use rows::{Hands, MessageRow, Table};

use crate::error::StoreTrouble;

const PLAN: Plan = Plan {
    // "PWpc": Partywall, peer client.
    application_id: 0x5057_7063,
    migrations: &[schema::FIRST, schema::SECOND],
};

/// For tests that open stores by the hundred.
#[cfg(test)]
pub(crate) const LITTLE: Cost = Cost {
    memory_kib: 32,
    passes: 1,
    lanes: 1,
};

/// An open store. Its rows are worked on through [`Hands`], inside a transaction.
pub(crate) struct Vault(partywall_vault::Vault);

impl Vault {
    /// Opens the store, or makes it. Slow on purpose, and blocking.
    ///
    /// # Errors
    /// [`VaultError`].
    pub(crate) fn open(
        path: &Path,
        passphrase: &str,
        cost: Cost,
        dice: Dice,
    ) -> Result<Vault, VaultError> {
        partywall_vault::Vault::open(&PLAN, path, passphrase, cost, dice).map(Vault)
    }

    /// Does `work` in one transaction; durable when this returns well.
    ///
    /// # Errors
    /// Those of `work` (then nothing was written) and of the commit.
    pub(crate) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Hands<'_>) -> Result<T, StoreTrouble>,
    ) -> Result<T, StoreTrouble> {
        self.0.transaction(|hands| work(&mut Hands::from(hands)))
    }

    /// Wraps the keys under another passphrase.
    ///
    /// # Errors
    /// [`StoreTrouble`]; the old passphrase is good then.
    pub(crate) fn change_passphrase(&mut self, new: &str, cost: Cost) -> Result<(), StoreTrouble> {
        self.0.change_passphrase(new, cost)
    }

    /// Empties the write-ahead log, so that what was deleted is in no file any more.
    ///
    /// # Errors
    /// [`StoreTrouble`]; nothing is lost.
    pub(crate) fn tidy(&mut self) -> Result<(), StoreTrouble> {
        self.0.tidy()
    }
}
