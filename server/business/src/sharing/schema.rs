//! The tables of what customers agreed to. (SPEC §12)
//! Knows: what a thief of the disk sees: pseudonyms, receipts, values that a policy permits. Never
//! has: a network address, a message, a name.

/// Tables that were published, receipts, declared values, counts, and what outlives an erasure.
pub(crate) const TABLES: &str = "
CREATE TABLE policies (
    version   INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL UNIQUE,
    signed    BLOB NOT NULL,
    published INTEGER NOT NULL,
    entry     INTEGER NOT NULL
) STRICT;

-- What a conversation's newest receipt says. Ended: by leaving, erasing or a revocation, for good.
CREATE TABLE acceptances (
    conversation BLOB PRIMARY KEY,
    business     BLOB NOT NULL,
    pairwise     BLOB NOT NULL,
    version      INTEGER NOT NULL,
    counter      INTEGER NOT NULL,
    ended        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX acceptances_by_business ON acceptances (business);
CREATE INDEX acceptances_by_version ON acceptances (version);

CREATE TABLE consents (
    conversation BLOB NOT NULL,
    counter      INTEGER NOT NULL,
    stored       INTEGER NOT NULL,
    signed       BLOB NOT NULL,
    PRIMARY KEY (conversation, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_age ON consents (stored);

CREATE TABLE declared (
    conversation BLOB NOT NULL,
    field        INTEGER NOT NULL,
    stored       INTEGER NOT NULL,
    value        BLOB NOT NULL,
    PRIMARY KEY (conversation, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX declared_by_age ON declared (stored);

-- Messages that were said while somebody may know how many.
CREATE TABLE counts (
    conversation BLOB PRIMARY KEY,
    messages     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
    tombstone BLOB PRIMARY KEY,
    counter   INTEGER NOT NULL,
    rights    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_rights ON tombstones (rights);
";
