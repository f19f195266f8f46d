//! The relay's listeners: peers' and the operator's.
//! Knows: sockets, HTTP, caps. Never knows: what a frame says; the plane does.

pub mod gate;
pub mod greeting;
pub mod metrics;
pub mod operator;
pub mod page;
pub mod peer;
pub mod route;
