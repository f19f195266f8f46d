//! Who this relay is, and which certificates it answers for.
//! Knows: each wing's permanent key, TLS keys and the vouches that tie them together. Never knows: who connects.

pub mod business_key;
pub mod certificate;
pub mod key;
pub mod resolver;
pub mod source;
pub mod tls;
pub mod vouches;
pub mod vouching;
