//! The tables of businesses.
//! Knows: what the operator verified, and what waits for it. Never has: an account's secret, or a
//! customer.

/// Businesses by number; facts are those that were verified. An enrolment is what waits for the
/// operator, the first time or as a change.
pub(crate) const TABLES: &str = r"
CREATE TABLE businesses (
    business INTEGER PRIMARY KEY,
    id       BLOB NOT NULL UNIQUE,
    account  BLOB NOT NULL,
    verified INTEGER NOT NULL DEFAULT 0,
    revoked  INTEGER NOT NULL DEFAULT 0,
    reason   INTEGER,
    until    INTEGER NOT NULL DEFAULT 0,
    domain   TEXT,
    facts    BLOB,
    conversations INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX businesses_by_domain ON businesses (domain) WHERE domain IS NOT NULL;

CREATE TABLE enrolments (
    business INTEGER PRIMARY KEY,
    asked    INTEGER NOT NULL,
    facts    BLOB NOT NULL
) STRICT;

-- What the operator saw before it verified: its own word, or the body of a well-known page.
CREATE TABLE evidence (
    place    INTEGER PRIMARY KEY,
    business INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    what     TEXT NOT NULL
) STRICT;
CREATE INDEX evidence_by_business ON evidence (business);

CREATE TABLE certificates (
    serial    INTEGER PRIMARY KEY,
    business  INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    not_after INTEGER NOT NULL,
    signed    BLOB NOT NULL,
    entry     INTEGER NOT NULL
) STRICT;
CREATE INDEX certificates_by_business ON certificates (business, not_after);

CREATE TABLE revocations (
    sequence INTEGER PRIMARY KEY,
    business INTEGER NOT NULL UNIQUE,
    signed   BLOB NOT NULL,
    entry    INTEGER NOT NULL
) STRICT;

CREATE TABLE bundles (
    place    INTEGER PRIMARY KEY,
    business INTEGER NOT NULL,
    sealed   BLOB NOT NULL
) STRICT;
CREATE INDEX bundles_by_business ON bundles (business);

CREATE TABLE last_resorts (business INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
";
