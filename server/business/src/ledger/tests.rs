//! The promises of the kept ledger. Knows: SPEC §13, SQLite. Never knows: payloads that mean something.
