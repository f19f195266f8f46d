//! Where a tree is kept: what growing and proving ask of it.
//! Knows: which rows there are. Never knows: SQL, transactions.

use super::{Frontier, LedgerFault};
use partywall_business::ledger::{Entry, Hash, Index, Level};

/// The rows of one ledger. What is kept by one call of [`grow`](super::grow) is kept wholly or not at all: the caller sees to that.
pub trait Nodes {
    /// The frontier; the empty one before the first entry.
    ///
    /// # Errors
    /// When it cannot be read.
    fn frontier(&self) -> Result<Frontier, LedgerFault>;

    /// The hashes of a tile, as many as there are now: 0 to 256.
    ///
    /// # Errors
    /// When they cannot be read.
    fn tile(&self, level: Level, number: u64) -> Result<Vec<Hash>, LedgerFault>;

    /// Keeps an entry.
    ///
    /// # Errors
    /// When it cannot be written, or there is one at that place.
    fn keep_entry(&mut self, index: Index, entry: &Entry) -> Result<(), LedgerFault>;

    /// Keeps a node of level 1 or above.
    ///
    /// # Errors
    /// As [`Nodes::keep_entry`].
    fn keep_node(&mut self, level: Level, place: u64, hash: &Hash) -> Result<(), LedgerFault>;

    /// Keeps the frontier in place of the last one.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep_frontier(&mut self, frontier: &Frontier) -> Result<(), LedgerFault>;
}
