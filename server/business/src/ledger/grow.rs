//! Adds entries to the end of the tree. Knows: their order. Never knows: what they commit to.

use super::{LedgerFault, Nodes};
use partywall_business::ledger::{Entry, Hash, Index};

/// Adds entries in this order; the index of the first of them (of the next to come, if there are none).
///
/// # Errors
/// Nothing may be relied on then: the caller's transaction is to be rolled back.
pub fn grow(nodes: &mut impl Nodes, entries: &[Entry]) -> Result<Index, LedgerFault> {
    let mut frontier = nodes.frontier()?;
    let first = Index::new(frontier.size().value());
    for entry in entries {
        nodes.keep_entry(Index::new(frontier.size().value()), entry)?;
        frontier.push(Hash::leaf(entry), |level, place, hash| {
            nodes.keep_node(level, place, hash)
        })?;
    }
    if !entries.is_empty() {
        nodes.keep_frontier(&frontier)?;
    }
    Ok(first)
}
