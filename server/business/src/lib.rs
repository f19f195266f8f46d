//! The relay's business wing: who may speak, what may be shared, and the book that is kept of it.
//! Knows: businesses, pseudonymous conversations, permits. Never knows: contents, the peer wing, the sinks' credentials.

pub mod ledger;
