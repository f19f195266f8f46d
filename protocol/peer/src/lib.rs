//! The peer wing's wire: links, mailboxes, shelves, collect and deposit.
//! Knows: `protocol/SPEC.md` §3, §5. Never knows: what is sealed in bundles and envelopes,
//! sockets, clocks, the business wing.

mod labels;

pub mod link;

mod drop_id;
mod words;

mod kind;

pub mod collect;
pub mod proofs;

pub mod deposit;

pub use drop_id::drop_id;
pub use kind::Kind;
pub use labels::{ATTACH, CREATE, DROP};
pub use link::{ContactLink, Link, RelayLink, Uses};
pub use proofs::{Proven, Unproven};
pub use words::{Acks, Number, OneTimeLeft, Reason, ShelfBefore, Slot, Tag};

pub use partywall_proof::WrongSize;

/// An envelope of this wing. (SPEC G-9)
pub type Envelope = partywall_proof::Envelope<partywall_ground::Peer>;
/// A sealed bundle of this wing. (SPEC §4.1)
pub type SealedBundle = partywall_proof::SealedBundle<partywall_ground::Peer>;
