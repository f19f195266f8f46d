//! What the ledger's entries say: payloads and salts, kept outside the tree and destroyed apart from
//! it. (SPEC §13.2)
//! Knows: one row for each entry that the operator can still open. Never knows: what a payload means.

use partywall_business::ledger::{Entry, Index, Opening, Payload, Salt};
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, params};

use crate::desk::Desk;
use crate::ledger::{self, LedgerFault};
use crate::refusal::Judged;

/// Openings, and the entries whose opening is gone until a redaction names them.
pub(crate) const TABLES: &str = "
CREATE TABLE openings (
    entry   INTEGER PRIMARY KEY,
    salt    BLOB NOT NULL,
    payload BLOB NOT NULL
) STRICT;

-- With the hour in which they were destroyed, counted from 1970.
CREATE TABLE redactions (entry INTEGER PRIMARY KEY, hour INTEGER NOT NULL) STRICT;
";

/// Whether the relay can open an entry later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Salt and payload are kept.
    Opening,
    /// Neither is: the entry says that something was, and nobody can see what.
    Nothing,
}

/// Writes payloads into the ledger, in this order; the place of each.
pub(crate) fn enter(desk: &mut Desk<'_>, payloads: Vec<(Payload, Keep)>) -> Judged<Vec<Index>> {
    let salted: Vec<(Salt, Payload, Keep)> = payloads
        .into_iter()
        .map(|(payload, keep)| (Salt::draw(desk.dice), payload, keep))
        .collect();
    let entries: Vec<Entry> = salted
        .iter()
        .map(|(salt, payload, _)| Entry::commit(salt, payload))
        .collect();
    let first = ledger::append(desk.tx, &entries).map_err(fault)?;
    let mut insert = desk
        .tx
        .prepare_cached("INSERT INTO openings (entry, salt, payload) VALUES (?1, ?2, ?3)")?;
    let mut forget = desk
        .tx
        .prepare_cached("INSERT INTO redactions (entry, hour) VALUES (?1, ?2)")?;
    let hour = hour(desk);
    let mut places = Vec::with_capacity(salted.len());
    for ((salt, payload, keep), place) in salted.into_iter().zip(first.value()..) {
        match keep {
            Keep::Opening => insert.execute(params![
                place.cast_signed(),
                salt.as_bytes(),
                payload.as_bytes()
            ])?,
            Keep::Nothing => forget.execute([place.cast_signed(), hour])?,
        };
        places.push(Index::new(place));
    }
    Ok(places)
}

/// One payload; its place.
pub(crate) fn enter_one(desk: &mut Desk<'_>, payload: Payload) -> Judged<Index> {
    let places = enter(desk, vec![(payload, Keep::Opening)])?;
    let place = places.first().copied().ok_or(StoreError::Corrupt)?;
    Ok(place)
}

/// What opens an entry, unless it was destroyed.
pub(crate) fn opening(
    connection: &Connection,
    entry: Index,
) -> Result<Option<Opening>, StoreError> {
    let row = connection
        .prepare_cached("SELECT salt, payload FROM openings WHERE entry = ?1")?
        .query_row([entry.value().cast_signed()], |row| {
            Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    let Some((salt, payload)) = row else {
        return Ok(None);
    };
    Ok(Some(Opening {
        index: entry,
        salt: Salt::new(salt),
        payload: Payload::new(payload).map_err(|_| StoreError::Corrupt)?,
    }))
}

/// Destroys payload and salt of an entry. A redaction will name it. (SPEC B-24)
pub(crate) fn destroy(desk: &mut Desk<'_>, entry: Index) -> Judged<()> {
    if partywall_mutant::is("P27") {
        return Ok(());
    }
    let place = entry.value().cast_signed();
    let destroyed = desk
        .tx
        .prepare_cached("DELETE FROM openings WHERE entry = ?1")?
        .execute([place])?;
    if destroyed > 0 {
        desk.tx
            .prepare_cached("INSERT OR IGNORE INTO redactions (entry, hour) VALUES (?1, ?2)")?
            .execute([place, hour(desk)])?;
        desk.effects.erased = true;
    }
    Ok(())
}

/// The hour that it is now, counted from 1970.
fn hour(desk: &Desk<'_>) -> i64 {
    (desk.now.seconds() / 3_600).cast_signed()
}

/// A fault of the ledger's is one of the store's: nothing of the group may be relied on.
pub(crate) fn fault(fault: LedgerFault) -> StoreError {
    match fault {
        LedgerFault::Store(error) => error,
        _ => StoreError::Corrupt,
    }
}
