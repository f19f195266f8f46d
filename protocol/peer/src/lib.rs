//! The peer wing's wire: links, mailboxes, shelves, collect and deposit.
//! Knows: `protocol/SPEC.md` §3, §5. Never knows: what is sealed in bundles and envelopes,
//! sockets, clocks, the business wing.

mod labels;
mod silent;

pub mod link;

mod drop_id;
mod envelope;
mod shelf;
mod words;

mod kind;

pub mod collect;
pub mod proofs;

pub mod deposit;

pub use drop_id::drop_id;
pub use envelope::{Envelope, WrongSize};
pub use kind::Kind;
pub use labels::{ATTACH, CREATE, DROP};
pub use link::{ContactLink, Link, RelayLink, Uses};
pub use proofs::{Proven, Unproven};
pub use shelf::SealedBundle;
pub use words::{Acks, Number, OneTimeLeft, Reason, ShelfBefore, Slot, Tag};
