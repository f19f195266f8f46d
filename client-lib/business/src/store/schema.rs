//! The business wing's tables in the store, besides the vault's own. Append-only, step by step.
//! Knows: columns. Never knows: what is sealed in them.

/// The first step. `sealed` is nonce ‖ ciphertext ‖ tag; `key` is a keyed hash of what the row is
/// found by; `talk` is a conversation's row.
pub(super) const FIRST: &str = "
CREATE TABLE setting (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE relay (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE policy (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
) STRICT;
CREATE TABLE talk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
) STRICT;
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT, talk INTEGER NOT NULL, key BLOB, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX session_by_talk ON session (talk, id);
CREATE UNIQUE INDEX session_by_key ON session (key) WHERE key IS NOT NULL;
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, talk INTEGER NOT NULL, key BLOB, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX message_by_talk ON message (talk, id);
CREATE INDEX message_by_key ON message (key) WHERE key IS NOT NULL;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, talk INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_by_talk ON outbox (talk, id);
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE bundle (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
) STRICT;
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY AUTOINCREMENT, talk INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX receipt_by_talk ON receipt (talk, id);
CREATE TABLE template (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
) STRICT;
";
