//! Whole frames over a WebSocket, with a bound on everything the other side can make us hold or do.
//! Knows: WebSocket's rules, sizes, paces, time-outs. Never knows: what a frame says, TLS, wings.
//!
//! A server checks an upgrade request with [`accept_checks`] and makes a [`FrameSocket::server`] of
//! the upgraded stream; a client calls [`connect`] on a stream that already carries TLS. From then
//! on both have the same [`FrameSocket`].

mod error;
mod limits;

mod upgrade;

mod meter;
mod pace;
mod socket;
mod wire;

mod client;

pub use client::connect;
pub use error::SocketError;
pub use limits::{CloseCode, Limits, config};
pub use socket::{FrameSocket, Incoming};
pub use tokio_tungstenite::tungstenite::Bytes;
pub use upgrade::{AcceptKey, HttpVersion, UpgradeRefused, accept_checks};

#[cfg(test)]
mod tests;
