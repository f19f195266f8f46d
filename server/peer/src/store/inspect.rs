//! Reads the whole database through while it is in use, a few rows at a time: what is too large to be
//! looked at before it is served. A page that SQLite cannot make sense of is an error here as everywhere.
//! Knows: tables and indexes, how far it is. Never knows: what a row means, how often it is asked.

use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

/// How far the database was read through.
#[derive(Clone, Copy)]
pub(crate) struct Inspected {
    part: usize,
    after: (i64, i64),
}

/// Below every key: they are positive.
const BEGINNING: (i64, i64) = (-1, -1);

/// One after the other. Each reads rows behind two keys, in their order, keys first.
const PARTS: [&str; 8] = [
    r#"SELECT mailbox, 0, reader, "drop", acks, seen_day FROM mailboxes
       WHERE mailbox > ?1 AND ?2 < 1 ORDER BY mailbox LIMIT ?3"#,
    "SELECT seen_day, mailbox FROM mailboxes INDEXED BY mailboxes_by_day
     WHERE (seen_day, mailbox) > (?1, ?2) ORDER BY seen_day, mailbox LIMIT ?3",
    "SELECT place, 0, mailbox, day, size, bytes FROM envelopes
     WHERE place > ?1 AND ?2 < 1 ORDER BY place LIMIT ?3",
    "SELECT mailbox, place, size FROM envelopes INDEXED BY envelopes_by_mailbox
     WHERE (mailbox, place) > (?1, ?2) ORDER BY mailbox, place LIMIT ?3",
    "SELECT day, place FROM envelopes INDEXED BY envelopes_by_day
     WHERE (day, place) > (?1, ?2) ORDER BY day, place LIMIT ?3",
    "SELECT place, 0, mailbox, sealed FROM bundles
     WHERE place > ?1 AND ?2 < 1 ORDER BY place LIMIT ?3",
    "SELECT mailbox, 0, sealed FROM last_resorts
     WHERE mailbox > ?1 AND ?2 < 1 ORDER BY mailbox LIMIT ?3",
    "SELECT mailbox, 0 FROM ended WHERE mailbox > ?1 AND ?2 < 1 ORDER BY mailbox LIMIT ?3",
];

impl Default for Inspected {
    fn default() -> Self {
        Self {
            part: 0,
            after: BEGINNING,
        }
    }
}

impl Inspected {
    /// Reads at most so many rows more; `false` when there are none left.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for rows that are not in the order of their keys, and whatever SQLite
    /// says about their pages.
    pub(super) fn go_on(
        &mut self,
        connection: &Connection,
        rows: usize,
    ) -> Result<bool, StoreError> {
        let Some(part) = PARTS.get(self.part) else {
            return Ok(false);
        };
        let most = i64::try_from(rows).unwrap_or(i64::MAX);
        let mut statement = connection.prepare_cached(part)?;
        let mut found = statement.query(params![self.after.0, self.after.1, most])?;
        let mut read = 0;
        while let Some(row) = found.next()? {
            let key = (row.get(0)?, row.get(1)?);
            if key <= self.after {
                return Err(StoreError::Corrupt);
            }
            self.after = key;
            read += 1;
        }
        if read < rows.max(1) {
            (self.part, self.after) = (self.part + 1, BEGINNING);
        }
        Ok(true)
    }
}
