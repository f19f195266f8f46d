//! The peer wing's tables in the store, besides the vault's own. Append-only, step by step.
//! Knows: columns. Never knows: what is sealed in them.

/// The first step. `sealed` is nonce ‖ ciphertext ‖ tag; 16-byte keys are HMACs; days are numbers.
pub(super) const FIRST: &str = "
CREATE TABLE setting (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE relay (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE mailbox (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE target (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE contact (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE channel (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
CREATE TABLE bundle (
    id INTEGER PRIMARY KEY AUTOINCREMENT, bid BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL
) STRICT;
CREATE TABLE handshake (key BLOB PRIMARY KEY, day INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL,
    name BLOB NOT NULL, sequence BLOB, sealed BLOB NOT NULL, progress BLOB
) STRICT;
CREATE INDEX message_by_contact ON message (contact, id);
CREATE INDEX message_by_name ON message (name);
CREATE INDEX message_by_sequence ON message (sequence) WHERE sequence IS NOT NULL;
CREATE TABLE awaiting (message INTEGER PRIMARY KEY, contact INTEGER NOT NULL, day INTEGER NOT NULL) STRICT;
CREATE INDEX awaiting_by_day ON awaiting (day);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, target INTEGER NOT NULL, contact INTEGER NOT NULL,
    message INTEGER, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_by_target ON outbox (target, id);
CREATE INDEX outbox_by_contact ON outbox (contact);
CREATE TABLE said (key BLOB PRIMARY KEY, message INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX said_by_message ON said (message);
CREATE TABLE digest (key BLOB PRIMARY KEY, day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX digest_by_day ON digest (day);
CREATE TABLE held (
    id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX held_by_contact ON held (contact);
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX event_by_contact ON event (contact);
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
";

/// The second step: contents of sessions in which the peer has not proven itself yet. (SPEC C-7)
pub(super) const SECOND: &str = "
CREATE TABLE unproven (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX unproven_by_channel ON unproven (channel);
";
