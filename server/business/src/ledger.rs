//! The ledger as the relay keeps it: entries are added inside the caller's transaction, everything else is read. (SPEC §13)
//! Knows: the tree's rows, its newest checkpoint, what a log answers to GET. Never knows: salts, payloads, who is in them.
//!
//! Kept are the entries, the nodes at heights 8, 16, … and the frontier: the roots of the complete trees that the ledger is made of, at
//! most 48. Adding a leaf reads the frontier and nothing else. Tiles are ranges of rows; those of height 0 are hashed from the entries.

mod fault;

mod frontier;
mod grow;
mod nodes;
mod prove;

mod rows;

mod answer;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Keep, answer};
pub use fault::LedgerFault;
pub use frontier::Frontier;
pub use grow::grow;
pub use nodes::Nodes;
pub use prove::{prove_consistency, prove_inclusion, prove_inclusions, root_at};
pub use rows::{
    Head, SCHEMA, append, consistency, entries, head, inclusion, inclusions, newest, publish, root,
    size, tile,
};
