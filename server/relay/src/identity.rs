//! Who this relay is, and which certificates it answers for.
//! Knows: the permanent key, TLS keys and the vouches that tie them together. Never knows: who connects.

pub mod certificate;
pub mod key;
pub mod resolver;
pub mod source;
pub mod tls;
pub mod vouches;
