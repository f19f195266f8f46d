//! The reading half over SQLite: a small pool of connections that cannot write.
//! Knows: statements. Never knows: who asks.

use std::sync::Arc;

use partywall_ground::{DropId, ReaderId};
use partywall_store::sql::{self, Connection, OptionalExtension, params};
use partywall_store::{Readers, StoreError};
use partywall_world::Day;

use super::schema::BY_DROP;
use super::{
    Held, Identified, Inspected, MailboxKey, Opened, Page, PassLine, Place, Reading, Room, Shown,
};

/// Reads a peer wing's database.
#[derive(Clone)]
pub(crate) struct SqliteReading(Arc<Readers>);

impl SqliteReading {
    pub(crate) fn over(readers: Readers) -> Self {
        Self(Arc::new(readers))
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> sql::Result<T>,
    ) -> Result<T, StoreError> {
        self.0.with(question).map_err(StoreError::from)
    }
}

impl Reading for SqliteReading {
    fn find(&self, drop: &DropId) -> Result<Option<MailboxKey>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(BY_DROP)?
                .query_row([drop.as_bytes()], |row| row.get(0).map(MailboxKey::stored))
                .optional()
        })
    }

    fn identify(&self, reader: &ReaderId) -> Result<Option<Identified>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT mailbox, seen_day,
                     (SELECT COUNT(*) FROM bundles WHERE bundles.mailbox = mailboxes.mailbox)
                     FROM mailboxes INDEXED BY mailboxes_by_reader
                     WHERE substr(reader, 1, 6) = substr(?1, 1, 6) AND reader = ?1",
                )?
                .query_row([reader.as_bytes()], |row| {
                    Ok(Identified {
                        mailbox: MailboxKey::stored(row.get(0)?),
                        seen: Day::from_number(row.get(1)?),
                        bundles: row.get(2)?,
                    })
                })
                .optional()
        })
    }

    fn open(&self, mailbox: MailboxKey) -> Result<Option<Opened>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT acks,
                     (SELECT COUNT(*) FROM envelopes WHERE mailbox = ?1),
                     (SELECT COALESCE(SUM(size), 0) FROM envelopes WHERE mailbox = ?1)
                     FROM mailboxes WHERE mailbox = ?1",
                )?
                .query_row([mailbox.number()], |row| {
                    let held = Held {
                        envelopes: count(row, 1)?,
                        bytes: count(row, 2)?,
                    };
                    Ok(Opened {
                        acks: count(row, 0)?,
                        held,
                    })
                })
                .optional()
        })
    }

    fn page(&self, mailbox: MailboxKey, shown: &Shown, room: Room) -> Result<Page, StoreError> {
        self.ask(|connection| page(connection, mailbox, shown, room))
    }

    fn inspect(&self, inspected: &mut Inspected, rows: usize) -> Result<bool, StoreError> {
        self.0.with(|connection| inspected.go_on(connection, rows))
    }

    fn passes(&self) -> Result<Vec<PassLine>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT substr(digest, 1, 4), mailboxes_left, made_day, revoked
                     FROM passes ORDER BY made_day DESC, digest",
                )?
                .query_map([], |row| {
                    Ok(PassLine {
                        short: row.get(0)?,
                        left: row.get(1)?,
                        made: Day::from_number(row.get(2)?),
                        revoked: row.get(3)?,
                    })
                })?
                .collect()
        })
    }

    fn mailboxes(&self) -> Result<u64, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached("SELECT COUNT(*) FROM mailboxes")?
                .query_row([], |row| count(row, 0))
        })
    }
}

/// Walks the small index over what was shown, and touches only envelopes that are handed out.
fn page(
    connection: &Connection,
    mailbox: MailboxKey,
    shown: &Shown,
    room: Room,
) -> sql::Result<Page> {
    let mut page = Page::default();
    let mut bytes = 0usize;
    let mut index = connection.prepare_cached(
        "SELECT place, size FROM envelopes WHERE mailbox = ?1 AND place > ?2 ORDER BY place",
    )?;
    let mut table = connection.prepare_cached("SELECT bytes FROM envelopes WHERE place = ?1")?;
    let after = shown.through.map_or(0, Place::number);
    let mut rows = index.query(params![mailbox.number(), after])?;
    while let Some(row) = rows.next()? {
        let place = Place::stored(row.get(0)?);
        if shown.places.contains(&place) {
            continue;
        }
        let size = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
        bytes = bytes.saturating_add(size);
        if page.rows.len() >= room.envelopes || bytes > room.bytes {
            page.more = true;
            break;
        }
        let envelope = table
            .query_row([place.number()], |row| row.get(0))
            .optional()?;
        page.rows.extend(envelope.map(|envelope| (place, envelope)));
    }
    Ok(page)
}

fn count(row: &sql::Row<'_>, column: usize) -> sql::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
