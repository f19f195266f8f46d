//! The public ledger: what a business's relay wrote down, so that anybody can check that nothing was removed or changed.
//! Knows: SPEC §13: entries, Merkle proofs, checkpoints, and the paths of a C2SP tlog-tiles log. Never knows: storage, sockets, clocks,
//! and what a payload says beyond its kind.
//!
//! In the order of a check: an [`Opening`] makes its [`Entry`] again, an [`Inclusion`] leads from the entry's leaf to a root, a
//! [`Checkpoint`] is that root under the operator's signature: together a [`Proven`]. A [`Witness`] is what a client remembers, so that
//! an operator who shows another history is caught with both notes in hand.

mod number;

mod entry;
mod hash;
mod opening;
mod redaction;

mod path;

mod checkpoint;
mod note;
mod operator;

mod proven;
mod witness;

mod resource;

#[cfg(test)]
mod tests;

pub use checkpoint::{Checkpoint, UnverifiedCheckpoint};
pub use entry::{ENTRY, Entry, LONGEST_PAYLOAD, Payload, Salt, TooLong};
pub use hash::Hash;
pub use number::{Index, Size};
pub use opening::{Kind, Opening};
pub use operator::{BadOrigin, Operator, Origin};
pub use path::{Consistency, Inclusion, LONGEST_PATH, Path};
pub use proven::{LedgerError, Proven, UnverifiedProof};
pub use redaction::Redaction;
pub use resource::{Level, Resource, TILE, Width};
pub use witness::{Divergence, Fork, Witness};
