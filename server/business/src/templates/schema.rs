//! The table of templates.
//! Knows: published texts. Never has: a parameter that anybody was sent.

/// Every template that was ever handed in; `until` is when a pause ends.
pub(crate) const TABLES: &str = r"
CREATE TABLE templates (
    template BLOB PRIMARY KEY,
    business INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    category INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    reason   INTEGER,
    until    INTEGER NOT NULL DEFAULT 0,
    lint     BLOB NOT NULL,
    asked    INTEGER NOT NULL,
    bytes    BLOB NOT NULL
) STRICT;
CREATE INDEX templates_by_business ON templates (business);
CREATE INDEX templates_that_wait ON templates (asked) WHERE state = 1;
";
