//! The ledger in SQLite. Everything that changes takes a transaction, which is the caller's to commit or to roll back.
//! Knows: four tables. Never knows: the other rows of that transaction.

use super::{
    Frontier, LedgerFault, Nodes, grow, prove_consistency, prove_inclusion, prove_inclusions,
};
use partywall_business::ledger::{
    Checkpoint, Consistency, Entry, Hash, Inclusion, Index, Level, Origin, Size, TILE, Width,
};
use partywall_proof::SigningKey;
use partywall_store::sql::{Connection, OptionalExtension, Transaction, params};

/// The tables, for a migration. Entries and nodes are only ever added; the other two have one row each.
pub const SCHEMA: &str = "
CREATE TABLE ledger_entry (
    place INTEGER PRIMARY KEY CHECK (place >= 0),
    entry BLOB NOT NULL CHECK (length(entry) = 33)
) STRICT;
CREATE TABLE ledger_node (
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    place INTEGER NOT NULL CHECK (place >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_frontier (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size > 0),
    peaks BLOB NOT NULL
) STRICT;
CREATE TABLE ledger_checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    note BLOB NOT NULL
) STRICT;
";

/// How far the ledger reaches, read at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: Size,
    /// The root over them.
    pub root: Hash,
}

/// Adds entries in this order; the index of the first of them. They are in the ledger when the transaction is committed, and were never
/// in it when it is rolled back.
///
/// # Errors
/// Then the transaction is to be rolled back.
pub fn append(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<Index, LedgerFault> {
    grow(&mut Rows(transaction), entries)
}

/// Signs for the ledger as the transaction has it, and keeps the note as the newest.
///
/// # Errors
/// Then the transaction is to be rolled back.
pub fn publish(
    transaction: &Transaction<'_>,
    origin: &Origin,
    key: &SigningKey,
) -> Result<Checkpoint, LedgerFault> {
    let Head { size, root } = head(transaction)?;
    let checkpoint = Checkpoint::sign(origin, size, root, key);
    transaction
        .prepare_cached("INSERT OR REPLACE INTO ledger_checkpoint (one, note) VALUES (1, ?1)")?
        .execute([checkpoint.note()])?;
    Ok(checkpoint)
}

/// The note that was published last.
///
/// # Errors
/// When it cannot be read.
pub fn newest(connection: &Connection) -> Result<Option<Vec<u8>>, LedgerFault> {
    let mut select = connection.prepare_cached("SELECT note FROM ledger_checkpoint")?;
    Ok(select.query_row([], |row| row.get(0)).optional()?)
}

/// How far the ledger reaches.
///
/// # Errors
/// When it cannot be read.
pub fn head(connection: &Connection) -> Result<Head, LedgerFault> {
    let frontier = Rows(connection).frontier()?;
    Ok(Head {
        size: frontier.size(),
        root: frontier.root(),
    })
}

/// How many entries there are.
///
/// # Errors
/// When it cannot be read.
pub fn size(connection: &Connection) -> Result<Size, LedgerFault> {
    Ok(head(connection)?.size)
}

/// The root over all entries.
///
/// # Errors
/// When it cannot be read.
pub fn root(connection: &Connection) -> Result<Hash, LedgerFault> {
    Ok(head(connection)?.root)
}

/// So many hashes of a tile; `None` unless there are so many.
///
/// # Errors
/// When they cannot be read.
pub fn tile(
    connection: &Connection,
    level: Level,
    number: u64,
    width: Width,
) -> Result<Option<Vec<Hash>>, LedgerFault> {
    let rows = Rows(connection);
    if !reaches(rows.frontier()?.size(), level, number, width) {
        return Ok(None);
    }
    Ok(Some(rows.hashes(level, number, width)?))
}

/// So many entries of a bundle; `None` unless there are so many.
///
/// # Errors
/// When they cannot be read.
pub fn entries(
    connection: &Connection,
    number: u64,
    width: Width,
) -> Result<Option<Vec<Entry>>, LedgerFault> {
    let rows = Rows(connection);
    if !reaches(rows.frontier()?.size(), Level::LOWEST, number, width) {
        return Ok(None);
    }
    Ok(Some(rows.entries(number, width)?))
}

/// Proves that an entry is in the ledger as it was at a size.
///
/// # Errors
/// [`LedgerFault::Outside`] for what the ledger does not have.
pub fn inclusion(
    connection: &Connection,
    index: Index,
    size: Size,
) -> Result<Inclusion, LedgerFault> {
    prove_inclusion(&Rows(connection), index, size)
}

/// Proves the same of several entries; a tile is read once for all of them.
///
/// # Errors
/// As [`inclusion`].
pub fn inclusions(
    connection: &Connection,
    indices: &[Index],
    size: Size,
) -> Result<Vec<Inclusion>, LedgerFault> {
    prove_inclusions(&Rows(connection), indices, size)
}

/// Proves that the ledger grew from one size to the other.
///
/// # Errors
/// [`LedgerFault::Outside`] for what the ledger does not have.
pub fn consistency(
    connection: &Connection,
    old: Size,
    new: Size,
) -> Result<Consistency, LedgerFault> {
    prove_consistency(&Rows(connection), old, new)
}

/// Whether a ledger of this size has all of a tile of this width.
fn reaches(size: Size, level: Level, number: u64, width: Width) -> bool {
    let there = size.value() >> (8 * u32::from(level.value()));
    let asked = number
        .checked_mul(TILE)
        .and_then(|first| first.checked_add(width.value().into()));
    asked.is_some_and(|asked| asked <= there)
}

/// A ledger's rows, through a connection.
pub(super) struct Rows<'c>(pub(super) &'c Connection);

impl Rows<'_> {
    fn entries(&self, number: u64, width: Width) -> Result<Vec<Entry>, LedgerFault> {
        let found = self.entries_there_are(number, width)?;
        complete(found, width)
    }

    fn hashes(&self, level: Level, number: u64, width: Width) -> Result<Vec<Hash>, LedgerFault> {
        let found = self.hashes_there_are(level, number, width)?;
        complete(found, width)
    }

    fn entries_there_are(&self, number: u64, width: Width) -> Result<Vec<Entry>, LedgerFault> {
        let mut select = self.0.prepare_cached(
            "SELECT entry FROM ledger_entry WHERE place >= ?1 AND place < ?2 ORDER BY place",
        )?;
        let (first, end) = places(number, width)?;
        let mut rows = select.query(params![first, end])?;
        let mut found = Vec::with_capacity(width.value().into());
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob();
            let entry = bytes.ok().and_then(Entry::from_bytes);
            found.push(entry.ok_or(LedgerFault::Damaged)?);
        }
        Ok(found)
    }

    fn hashes_there_are(
        &self,
        level: Level,
        number: u64,
        width: Width,
    ) -> Result<Vec<Hash>, LedgerFault> {
        if level == Level::LOWEST {
            let entries = self.entries_there_are(number, width)?;
            return Ok(entries.iter().map(Hash::leaf).collect());
        }
        let mut select = self.0.prepare_cached(
            "SELECT hash FROM ledger_node WHERE level = ?1 AND place >= ?2 AND place < ?3 ORDER BY place",
        )?;
        let (first, end) = places(number, width)?;
        let mut rows = select.query(params![level.value(), first, end])?;
        let mut found = Vec::with_capacity(width.value().into());
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob();
            let hash = bytes.ok().and_then(|bytes| bytes.try_into().ok());
            found.push(Hash::new(hash.ok_or(LedgerFault::Damaged)?));
        }
        Ok(found)
    }
}

impl Nodes for Rows<'_> {
    fn frontier(&self) -> Result<Frontier, LedgerFault> {
        let mut select = self
            .0
            .prepare_cached("SELECT size, peaks FROM ledger_frontier")?;
        let mut rows = select.query([])?;
        let Some(row) = rows.next()? else {
            return Ok(Frontier::empty());
        };
        let size = u64::try_from(row.get::<_, i64>(0)?).map_err(|_| LedgerFault::Damaged)?;
        let peaks = row.get_ref(1)?.as_blob();
        Frontier::from_parts(Size::new(size), peaks.map_err(|_| LedgerFault::Damaged)?)
    }

    fn tile(&self, level: Level, number: u64) -> Result<Vec<Hash>, LedgerFault> {
        self.hashes_there_are(level, number, Width::FULL)
    }

    fn keep_entry(&mut self, index: Index, entry: &Entry) -> Result<(), LedgerFault> {
        self.0
            .prepare_cached("INSERT INTO ledger_entry (place, entry) VALUES (?1, ?2)")?
            .execute(params![place(index.value())?, entry.as_bytes()])?;
        Ok(())
    }

    fn keep_node(&mut self, level: Level, at: u64, hash: &Hash) -> Result<(), LedgerFault> {
        self.0
            .prepare_cached("INSERT INTO ledger_node (level, place, hash) VALUES (?1, ?2, ?3)")?
            .execute(params![level.value(), place(at)?, hash.as_bytes()])?;
        Ok(())
    }

    fn keep_frontier(&mut self, frontier: &Frontier) -> Result<(), LedgerFault> {
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO ledger_frontier (one, size, peaks) VALUES (1, ?1, ?2)",
            )?
            .execute(params![place(frontier.size().value())?, frontier.peaks()])?;
        Ok(())
    }
}

fn complete<T>(found: Vec<T>, width: Width) -> Result<Vec<T>, LedgerFault> {
    if found.len() == usize::from(width.value()) {
        Ok(found)
    } else {
        Err(LedgerFault::Damaged)
    }
}

fn place(value: u64) -> Result<i64, LedgerFault> {
    i64::try_from(value).map_err(|_| LedgerFault::Outside)
}

fn places(number: u64, width: Width) -> Result<(i64, i64), LedgerFault> {
    let first = number.checked_mul(TILE);
    let end = first.and_then(|first| first.checked_add(width.value().into()));
    let (first, end) = first.zip(end).ok_or(LedgerFault::Outside)?;
    Ok((place(first)?, place(end)?))
}
