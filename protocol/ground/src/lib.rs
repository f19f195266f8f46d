//! What both wings stand on: which wing, labels, ids, strict CBOR, frames, sizes and limits.
//! Knows: `protocol/SPEC.md` §1, §7.1, §8. Never knows: keys at work, clocks, dice, sockets, and
//! what the bodies of either wing mean.

#[macro_use]
mod making;

mod wing;

mod label;

mod id;
mod secret;
mod time;

pub mod cbor;
mod list;

mod close;
pub mod frame;

pub mod limits;
mod size;

pub use close::Close;
pub use frame::Frame;
pub use id::{
    BundleId, DropId, EnvelopeId, IdentityId, Nonce32, ReaderId, RelayKey, Spki, WrongLength,
};
pub use label::{LINK, Label, VOUCH, lp, lp_label, lp_vec};
pub use list::{AtMost, TooMany};
pub use secret::{Capability, Credit, LinkSecret, Pass};
pub use size::EnvelopeSize;
pub use time::{Day, Days, Milliseconds, Seconds};
pub use wing::{Business, Peer, Wing};
