//! The promises of the ledger's verification. Knows: SPEC §13. Never knows: storage.
