//! The relay's listeners: one of each wing, and the operator's.
//! Knows: sockets, HTTP, caps. Never knows: what a frame says; the planes do.

pub mod gate;
pub mod greeting;
pub mod page;
pub mod route;
pub mod street;

pub mod business;
pub mod peer;

pub mod metrics;
pub mod operator;
