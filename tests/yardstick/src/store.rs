//! The plain table: one thread that inserts and deletes in groups, one fsync a group, and a few
//! connections that read pages. Pragmas, tables and indices are the peer wing's.
//! Knows: SQL. Never knows: connections of clients.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use anyhow::Result;
use bytes::Bytes;
use partywall_store::sql::{self, Connection, params};
use partywall_store::{Check, Checkpoint, Place, Readers, Settings, checkpoint_truncate};
use tokio::sync::mpsc;

use crate::kept::{Answer, Mailbox};

const TABLES: &str = "
CREATE TABLE mailboxes (
    mailbox  INTEGER PRIMARY KEY,
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
";

const SETTINGS: Settings = Settings {
    application_id: 0x7077_5953,
    migrations: &[TABLES],
    check: Check::Header,
};

/// Jobs that may wait.
const QUEUE: usize = 4_096;
/// Rows inserted in one transaction, and their bytes.
const ROWS: usize = 256;
const BYTES: usize = 1 << 20;
/// Groups after which the log is emptied although more waits.
const GROUPS: u32 = 64;
/// Connections that read.
const READERS: usize = 4;

/// Something for the writer.
pub(crate) enum Job {
    /// A mailbox that was not there before.
    Make(Vec<u32>),
    /// An envelope; its writer's connection is answered once it is durable.
    Keep {
        mailbox: Arc<Mailbox>,
        place: i64,
        envelope: Bytes,
        number: u32,
        answer: Arc<Answer>,
    },
    /// Acknowledged, sorted.
    Delete(Vec<i64>),
}

/// Rows of a mailbox, in order.
pub(crate) type Page = Vec<(i64, Vec<u8>)>;

pub(crate) struct Desk {
    jobs: mpsc::Sender<Job>,
    readers: Arc<Readers>,
    next: AtomicI64,
}

impl Desk {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let database = partywall_store::open(&Place::file(path), &SETTINGS)?;
        let readers = Arc::new(database.readers(READERS)?);
        let connection = database.into_writer();
        connection.set_prepared_statement_cache_capacity(16);
        let last: i64 =
            connection.query_row("SELECT COALESCE(MAX(place), 0) FROM envelopes", [], |row| {
                row.get(0)
            })?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                if let Err(error) = write(connection, queue) {
                    eprintln!("partywall-yardstick: {error}");
                    // A store that fails is the end of a measurement, with nobody to hear its exit code.
                    std::process::abort();
                }
            })?;
        Ok(Self {
            jobs,
            readers,
            next: AtomicI64::new(last + 1),
        })
    }

    /// Where the next envelope lies.
    pub(crate) fn place(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) async fn hand_in(&self, job: Job) -> Result<()> {
        Ok(self.jobs.send(job).await?)
    }

    /// The first rows behind `after`.
    pub(crate) async fn page(
        &self,
        mailbox: u32,
        after: i64,
        rows: usize,
        bytes: usize,
    ) -> Result<Page> {
        let readers = Arc::clone(&self.readers);
        let read = move || readers.with(|connection| page(connection, mailbox, after, rows, bytes));
        Ok(tokio::task::spawn_blocking(read).await??)
    }
}

fn page(
    connection: &Connection,
    mailbox: u32,
    after: i64,
    most: usize,
    bytes: usize,
) -> sql::Result<Page> {
    let mut statement = connection.prepare_cached(
        "SELECT place, bytes FROM envelopes WHERE mailbox = ?1 AND place > ?2 ORDER BY place LIMIT ?3",
    )?;
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![mailbox, after, limit])?;
    let (mut page, mut taken) = (Vec::with_capacity(most), 0);
    while let Some(row) = rows.next()? {
        let envelope: Vec<u8> = row.get(1)?;
        taken += envelope.len();
        if taken > bytes && !page.is_empty() {
            break;
        }
        page.push((row.get(0)?, envelope));
    }
    Ok(page)
}

fn write(mut connection: Connection, mut queue: mpsc::Receiver<Job>) -> Result<()> {
    let (mut group, mut held) = (Vec::with_capacity(ROWS), None);
    let (mut residue, mut groups) = (true, 0);
    loop {
        let first = held.take().or_else(|| queue.try_recv().ok());
        let first = match first {
            Some(job) => job,
            None => {
                // Nothing waits: time to forget what was deleted.
                if residue {
                    residue = checkpoint_truncate(&connection)? == Checkpoint::Waiting;
                }
                groups = 0;
                match queue.blocking_recv() {
                    Some(job) => job,
                    None => return Ok(()),
                }
            }
        };
        let mut bytes = first.bytes();
        group.push(first);
        while group.len() < ROWS {
            match queue.try_recv() {
                Ok(job) if bytes + job.bytes() > BYTES => {
                    held = Some(job);
                    break;
                }
                Ok(job) => {
                    bytes += job.bytes();
                    group.push(job);
                }
                Err(_nothing) => break,
            }
        }
        residue |= commit(&mut connection, &group)?;
        answer(group.drain(..));
        groups += 1;
        if groups >= GROUPS && residue {
            residue = checkpoint_truncate(&connection)? == Checkpoint::Waiting;
            groups = 0;
        }
    }
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Self::Make(mailboxes) => mailboxes.len() * 64,
            Self::Keep { envelope, .. } => envelope.len(),
            Self::Delete(places) => places.len() * 64,
        }
    }
}

/// One transaction; whether it deleted anything.
fn commit(connection: &mut Connection, group: &[Job]) -> sql::Result<bool> {
    let mut deleted = false;
    let transaction = connection.transaction()?;
    {
        let mut insert =
            transaction.prepare_cached("INSERT INTO envelopes VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let mut delete = transaction.prepare_cached("DELETE FROM envelopes WHERE place = ?1")?;
        for job in group {
            match job {
                Job::Make(mailboxes) => {
                    let mut make = transaction
                        .prepare_cached("INSERT OR IGNORE INTO mailboxes VALUES (?1, 20000)")?;
                    for mailbox in mailboxes {
                        make.execute([mailbox])?;
                    }
                }
                Job::Keep {
                    mailbox,
                    place,
                    envelope,
                    ..
                } => {
                    let size = i64::try_from(envelope.len()).unwrap_or(i64::MAX);
                    let bytes: &[u8] = envelope;
                    insert.execute(params![place, mailbox.number(), 20_000, size, bytes])?;
                }
                Job::Delete(places) => {
                    deleted = true;
                    for place in places {
                        delete.execute([place])?;
                    }
                }
            }
        }
    }
    transaction.commit()?;
    Ok(deleted)
}

/// Says of every envelope that it is durable; wakes each connection once.
fn answer(group: impl Iterator<Item = Job>) {
    let mut waiting = Vec::new();
    for job in group {
        if let Job::Keep {
            mailbox,
            place,
            number,
            answer,
            ..
        } = job
        {
            mailbox.committed(place);
            answer.up_to(number);
            waiting.push(answer);
        }
    }
    for answer in waiting {
        answer.wake();
    }
}
