//! The tables of what is to be told, is being told, and was told. (SPEC §14)
//! Knows: rounded values that a policy permits, entries, batches. Never has: a sink's credentials.

/// Records, disclosures, batches, sinks, retractions.
pub(crate) const TABLES: &str = "
-- One for each value that somebody may be told. State: 0 waits, 1 in an open batch or on its way
-- through the business's door, 2 told.
CREATE TABLE records (
    record       BLOB PRIMARY KEY,
    conversation BLOB NOT NULL,
    business     BLOB NOT NULL,
    field        INTEGER NOT NULL,
    recipient    INTEGER NOT NULL,
    purpose      INTEGER NOT NULL,
    value        BLOB NOT NULL,
    made         INTEGER NOT NULL,
    place        INTEGER NOT NULL,
    state        INTEGER NOT NULL DEFAULT 0,
    UNIQUE (conversation, field, recipient, purpose, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_waiting ON records (recipient, place) WHERE state = 0;
CREATE INDEX records_by_age ON records (made);
CREATE INDEX records_by_business ON records (business);

-- One for each entry of kind 1 that can still be opened. Outcome: 0 open, 1 sent, 2 void,
-- 3 uncertain. A batch and a sink, or the event that takes it to the business, and its place.
CREATE TABLE disclosures (
    entry        INTEGER PRIMARY KEY,
    record       BLOB NOT NULL,
    conversation BLOB NOT NULL,
    business     BLOB NOT NULL,
    batch        BLOB,
    sink         TEXT,
    event        BLOB,
    place        INTEGER,
    made         INTEGER NOT NULL,
    keep_days    INTEGER NOT NULL,
    barred       INTEGER NOT NULL DEFAULT 0,
    erased       INTEGER NOT NULL DEFAULT 0,
    outcome      INTEGER NOT NULL DEFAULT 0,
    closed       INTEGER
) STRICT;
CREATE INDEX disclosures_by_conversation ON disclosures (conversation, entry);
CREATE INDEX disclosures_by_batch ON disclosures (batch, entry);
CREATE INDEX disclosures_by_event ON disclosures (event) WHERE event IS NOT NULL;
CREATE INDEX disclosures_by_age ON disclosures (made);
CREATE INDEX disclosures_by_business ON disclosures (business) WHERE outcome = 0;
CREATE INDEX disclosures_by_record ON disclosures (record);

-- Outcome: as above. The frame is what the exporter is offered, the same bytes each time; none once
-- the batch is aborted or closed.
CREATE TABLE batches (
    batch    BLOB PRIMARY KEY,
    sink     TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    opened   INTEGER NOT NULL,
    aborted  INTEGER NOT NULL DEFAULT 0,
    outcome  INTEGER NOT NULL DEFAULT 0,
    frame    BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX batches_by_age ON batches (opened);
CREATE UNIQUE INDEX batches_open ON batches (sink) WHERE outcome = 0;

CREATE TABLE sinks (
    sink      TEXT PRIMARY KEY,
    recipient INTEGER NOT NULL,
    sequence  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Record keys that a sink is asked to forget. In a batch while that is open, gone once it was sent.
CREATE TABLE retractions (
    record BLOB NOT NULL,
    sink   TEXT NOT NULL,
    batch  BLOB,
    queued INTEGER NOT NULL,
    PRIMARY KEY (record, sink)
) STRICT, WITHOUT ROWID;
CREATE INDEX retractions_by_sink ON retractions (sink, batch);
";
