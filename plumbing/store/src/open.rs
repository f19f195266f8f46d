//! Opens a database, or refuses it with a reason.
//! Knows: the order of the checks. Never knows: what the schema is for.

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::folder::create_private;
use crate::{Place, Readers, StoreError, migrate, pragma};

/// What a kind of database is: its mark and its schema, step by step.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The mark in the file's header; never 0. A file with another mark is refused.
    pub application_id: i32,
    /// The schema, one script a step, append-only. Step *n* brings `user_version` from *n* to
    /// *n* + 1, in a transaction the script must not end.
    pub migrations: &'static [&'static str],
    /// Whether a file that already holds something is read through before it is used.
    pub check: Check,
}

/// How closely an existing file is looked at when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Only its header.
    Header,
    /// Every page (`quick_check`): time grows with the size of the file.
    Pages,
    /// Every page of a file of at most [`READ_AT_ONCE`] bytes. Of a larger one its header:
    /// [`Database::is_read_through`] says that the rest is still to be looked at, while it is used.
    PagesOrLater,
}

/// The largest file that [`Check::PagesOrLater`] reads through before it is used.
pub const READ_AT_ONCE: u64 = 64 << 20;

/// An open database: the one connection that writes, and where readers may join.
#[derive(Debug)]
pub struct Database {
    writer: Connection,
    place: Place,
    read_through: bool,
}

/// Opens the database at `place`, creates it if it is not there, and brings its schema up to date.
///
/// Files are created for their owner only (0600). The connection runs with a write-ahead log,
/// `synchronous=FULL`, `secure_delete`, foreign keys, temporary tables in memory, an untrusted
/// schema, and ATTACH refused (and with it `VACUUM`).
///
/// # Errors
/// [`StoreError::Foreign`] for a file that is not of this kind, [`StoreError::Newer`] for one
/// written by a later release, [`StoreError::Corrupt`] for a damaged one (where every page is looked
/// at, before anything was changed), [`StoreError::ReadOnly`], [`StoreError::DiskFull`],
/// [`StoreError::Busy`] when another program holds it. Whatever the error, the schema stands at a
/// whole step.
pub fn open(place: &Place, settings: &Settings) -> Result<Database, StoreError> {
    if let Some(path) = place.path() {
        create_private(path)?;
    }
    let mut writer = place.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | create_in_memory(place))?;
    pragma::guard(&writer)?;
    migrate::recognise(&writer, settings)?;
    let read_through = match settings.check {
        Check::Header => false,
        Check::Pages => true,
        Check::PagesOrLater => pages_of(&writer)? <= READ_AT_ONCE,
    };
    if read_through && !partywall_mutant::is("X11") {
        check_pages(&writer)?;
    }
    let journal = if place.path().is_some() {
        "wal"
    } else {
        "memory"
    };
    pragma::make_durable(&writer, journal)?;
    // A transaction that reads before it writes would not wait for another program's lock, and fail.
    writer.set_transaction_behavior(TransactionBehavior::Immediate);
    migrate::migrate(&mut writer, settings)?;
    let place = place.clone();
    Ok(Database {
        writer,
        place,
        read_through,
    })
}

impl Database {
    /// The connection that writes.
    pub fn writer(&mut self) -> &mut Connection {
        &mut self.writer
    }

    /// Gives the writing connection away, usually into a [`crate::Committer`]. Make the
    /// [`Readers`] first.
    pub fn into_writer(self) -> Connection {
        self.writer
    }

    /// A pool of `count` read-only connections (one at least), opened now.
    ///
    /// # Errors
    /// As [`open`], when a connection cannot be made.
    pub fn readers(&self, count: usize) -> Result<Readers, StoreError> {
        Readers::open(&self.place, count)
    }

    /// Whether every page was looked at when it was opened.
    pub fn is_read_through(&self) -> bool {
        self.read_through
    }

    /// Where it lives.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

/// A file was created with its mode before SQLite sees it; memory has nobody else to create it.
fn create_in_memory(place: &Place) -> OpenFlags {
    match place.path() {
        Some(_) => OpenFlags::empty(),
        None => OpenFlags::SQLITE_OPEN_CREATE,
    }
}

/// How many bytes it holds, its log included.
fn pages_of(connection: &Connection) -> Result<u64, StoreError> {
    let pages: i64 = pragma::read(connection, "page_count")?;
    let page: i64 = pragma::read(connection, "page_size")?;
    Ok(pages.unsigned_abs().saturating_mul(page.unsigned_abs()))
}

fn check_pages(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::Corrupt)
    }
}
