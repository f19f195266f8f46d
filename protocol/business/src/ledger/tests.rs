//! The promises of the ledger's verification, against a tree made by RFC 6962's own definitions.
//! Knows: SPEC §13. Never knows: storage.

mod chain;
mod memory;
mod notes;
mod reference;
mod wire;
