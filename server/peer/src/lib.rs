//! The relay's peer wing behind the listeners: mailboxes, not people.
//! Knows: random ids, hashes, sealed bytes of three sizes, days. Never knows: names, contacts,
//! groups, text, identity keys, network addresses, or the business wing.
//!
//! From the street inwards: [`Plane`] is what the binary holds; `door` owns sockets; `rules` decides,
//! without sockets, threads or SQL; `scribe` puts batches together on the writer's thread; `store`
//! is what is on disk.

mod gauges;
mod settings;

mod plane;

mod chores;
mod door;

mod core;
mod rules;

mod failpoint;
mod scribe;
mod store;

#[cfg(test)]
mod tests;

pub use failpoint::{Failpoints, Gap, NoFailpoints};
pub use gauges::Gauges;
pub use partywall_store::{Hand, Place, StoreError};
pub use plane::{PassLine, Plane, PlaneError};
pub use settings::{Admission, PlaneSettings};
