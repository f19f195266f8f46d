//! Carries what is permitted to the sinks: claimed from the relay, proven, sent, closed. (SPEC §14)
//! Knows: the sinks' credentials and one batch of each sink at a time. Never knows: a database, a session, the peer wing.
//!
//! In the order of a walk: [`config`] says which sinks there are, `line` speaks with the relay, `carrier` claims and closes for one sink,
//! `parcel` is a batch that was proven, `form` makes bytes of it, `sink` tries to hand them over.

pub mod command;

pub mod config;
pub mod secret;

mod exporter;

mod line;

mod carrier;

mod parcel;

mod form;

mod sink;

mod backoff;
mod stop;
mod tell;
mod words;

#[cfg(test)]
mod scene;

pub use exporter::{Dial, Exporter};
pub use stop::{Stop, Stopping, wind_down};

#[cfg(test)]
mod tests;
