//! The door of the business wing: a small task for each connection, which owns its socket. (SPEC §11.2)
//! Knows: frames, an order of requests, what was delivered. Never knows: what a request is about; the
//! rooms do. Keeps no network address beyond the request that it came with.

mod delivery;
mod pending;
mod serve;
mod who;

mod ask;
mod businesses;
mod customers;
mod entitled;
mod everybody;

pub(crate) use serve::serve;
