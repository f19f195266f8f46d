//! What a batch is in the database, and what may become of it. (SPEC §14, X-2, X-3)
//! Knows: rows. Never knows: sinks' credentials, what a record says.

use partywall_business::id::{BatchId, ConversationId, RecordKey};
use partywall_business::ledger::Index;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, Row, params};

/// An open batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) batch: BatchId,
    pub(crate) sink: String,
    pub(crate) sequence: u64,
    /// It names what a request bars: never offered (again).
    pub(crate) aborted: bool,
}

const OPEN: &str = "SELECT batch, sink, sequence, aborted FROM batches WHERE outcome = 0";

fn open(row: &Row<'_>) -> Result<Open, partywall_store::sql::Error> {
    Ok(Open {
        batch: BatchId::new(row.get(0)?),
        sink: row.get(1)?,
        sequence: row.get::<_, i64>(2)?.unsigned_abs(),
        aborted: row.get(3)?,
    })
}

/// The sink's open batch.
pub(crate) fn of_sink(connection: &Connection, sink: &str) -> Result<Option<Open>, StoreError> {
    let found = connection
        .prepare_cached(&format!("{OPEN} AND sink = ?1"))?
        .query_row([sink], open)
        .optional()?;
    Ok(found)
}

/// The batch, if it is open.
pub(crate) fn of_id(connection: &Connection, batch: &BatchId) -> Result<Option<Open>, StoreError> {
    let found = connection
        .prepare_cached(&format!("{OPEN} AND batch = ?1"))?
        .query_row([batch.as_bytes()], open)
        .optional()?;
    Ok(found)
}

/// Every open batch that was aborted.
pub(crate) fn aborted(connection: &Connection) -> Result<Vec<Open>, StoreError> {
    let mut select = connection.prepare_cached(&format!("{OPEN} AND aborted = 1"))?;
    let rows = select.query_map([], open)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A disclosure in a batch, as closing sees it.
pub(crate) struct Carried {
    pub(crate) entry: Index,
    pub(crate) record: RecordKey,
    pub(crate) barred: bool,
    pub(crate) erased: bool,
}

/// What a batch carries, in the order of its entries.
pub(crate) fn carried(
    connection: &Connection,
    batch: &BatchId,
) -> Result<Vec<Carried>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT entry, record, barred, erased FROM disclosures
         WHERE batch = ?1 AND outcome = 0 ORDER BY entry",
    )?;
    let rows = select.query_map(params![batch.as_bytes()], |row| {
        Ok(Carried {
            entry: Index::new(row.get::<_, i64>(0)?.unsigned_abs()),
            record: RecordKey::new(row.get(1)?),
            barred: row.get(2)?,
            erased: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whom an open batch tells of.
pub(crate) fn named(
    connection: &Connection,
    batch: &BatchId,
) -> Result<Vec<ConversationId>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT DISTINCT conversation FROM disclosures WHERE batch = ?1 AND outcome = 0",
    )?;
    let rows = select.query_map([batch.as_bytes()], |row| {
        row.get(0).map(ConversationId::new)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is offered, the same bytes each time; `None` once the batch is aborted or closed.
pub(crate) fn frame(
    connection: &Connection,
    batch: &BatchId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let frame: Option<Option<Vec<u8>>> = connection
        .prepare_cached(
            "SELECT frame FROM batches WHERE batch = ?1 AND outcome = 0 AND aborted = 0",
        )?
        .query_row([batch.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(frame.flatten())
}
