CREATE TABLE mailboxes (
    mailbox  INTEGER PRIMARY KEY,
    reader   BLOB NOT NULL UNIQUE,
    "drop"   BLOB NOT NULL UNIQUE,
    acks     INTEGER NOT NULL DEFAULT 0,
    seen_day INTEGER NOT NULL
) STRICT;
CREATE INDEX mailboxes_by_day ON mailboxes (seen_day);

CREATE TABLE envelopes (
    place   INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    bytes   BLOB NOT NULL
) STRICT;
CREATE INDEX envelopes_by_mailbox ON envelopes (mailbox, place, size);
CREATE INDEX envelopes_by_day ON envelopes (day);

CREATE TABLE bundles (
    place   INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX bundles_by_mailbox ON bundles (mailbox);

CREATE TABLE last_resorts (
    mailbox INTEGER PRIMARY KEY,
    sealed  BLOB NOT NULL
) STRICT;

-- Mailboxes that ended and whose rows are still being erased.
CREATE TABLE ended (mailbox INTEGER PRIMARY KEY) STRICT;

CREATE TABLE passes (
    digest   BLOB PRIMARY KEY,
    mailboxes_left INTEGER NOT NULL,
    made_day INTEGER NOT NULL,
    revoked  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE credits (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
