//! Carries what is permitted to the sinks: claimed from the relay, proven, sent, closed. (SPEC §14)
//! Knows: the sinks' credentials and one batch of each sink at a time. Never knows: a database, a session, the peer wing.
//!
//! In the order of a walk: [`config`] says which sinks there are, `line` speaks with the relay, `prove` turns a batch into a `parcel`,
//! `form` into bytes, `sink` tries to hand them over, `carrier` tries again until it is done or called off.

pub mod config;
pub mod secret;

mod words;

mod backoff;

mod form;
mod parcel;
mod sink;

#[cfg(test)]
mod scene;
