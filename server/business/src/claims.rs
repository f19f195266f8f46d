//! What leaves, and what must not: claims, closes and aborts of batches, and who waits for them. The
//! exporter's socket. (SPEC §14)
//! Knows: records that a permit let be made, sinks by name. Never knows: a sink's credentials, nor how
//! anything is sent.

mod batch;
mod frame;
mod waiting;

mod bar;
mod claim;
mod close;
mod tell;

mod flights;
mod plane;
mod socket;
mod tower;

mod schema;

pub(crate) use bar::{Bar, Barred, bar, bar_what_changed, flights};
pub(crate) use flights::{landed, over, watch};
pub(crate) use schema::TABLES;
pub(crate) use tell::{ToldTo, acknowledged, expired, tell_business};
pub(crate) use tower::Tower;
pub use tower::{EndExporter, OnlyClose};

#[cfg(test)]
mod tests;
