//! The peer wing's wire: links, the relay's vouches, mailboxes, shelves, collect and deposit.
//! Knows: `protocol/SPEC.md` §2.3, §3, §5. Never knows: what is sealed in bundles and envelopes,
//! sockets, clocks, the business wing.

mod labels;
mod silent;

pub mod link;

pub mod vouch;

pub mod hello;

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
pub use hello::{Greeting, Hello, Stranger};
pub use kind::Kind;
pub use labels::{ATTACH, CREATE, DROP};
pub use link::{Authority, ContactLink, Link, LinkError, RelayLink, Uses};
pub use proofs::{Challenge, Proven, Unproven};
pub use shelf::SealedBundle;
pub use vouch::{BadVouch, Vouch, Vouched};
pub use words::{Acks, Number, OneTimeLeft, Reason, ShelfBefore, Slot, Tag};
