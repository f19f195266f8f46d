//! What a customer may see of what is held: receipts, and every disclosure with its proof, page by
//! page. (SPEC §11.7)
//! Knows: one conversation, read at one moment. Never knows: whether the pairwise or the rights key
//! asks: it is the same for both.

use partywall_business::field::{Field, Source};
use partywall_business::id::ConversationId;
use partywall_business::ledger::{Inclusion, Index, Opening, Size, UnverifiedCheckpoint};
use partywall_business::signed::Signed;
use partywall_business::value::Value;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

use crate::{book, ledger, sharing};

/// Receipts on one page. (SPEC §11.7)
pub(crate) const CONSENTS: usize = 16;
/// Disclosures on one page. (SPEC §11.7)
pub(crate) const DISCLOSURES: usize = 8;

/// What is held of a customer, in numbers, as far as it is about sharing.
pub(crate) struct Held {
    pub(crate) declared: Vec<Value>,
    pub(crate) consents: u64,
    pub(crate) disclosures: u64,
}

/// One disclosure: what was told, and what became of it once that is known.
pub(crate) struct Shown {
    pub(crate) told: (Opening, Inclusion),
    pub(crate) outcome: Option<(Opening, Inclusion)>,
}

/// Some of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) more: bool,
}

/// What is held, in numbers.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn held(
    connection: &Connection,
    conversation: &ConversationId,
) -> Result<Held, StoreError> {
    let count = |table: &str| -> Result<u64, StoreError> {
        let count: i64 = connection
            .prepare_cached(&format!(
                "SELECT COUNT(*) FROM {table} WHERE conversation = ?1"
            ))?
            .query_row([conversation.as_bytes()], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    let declared = sharing::declared(connection, conversation)?;
    debug_assert!(declared.iter().map(Value::field).all(is_declared));
    Ok(Held {
        declared,
        consents: count("consents")?,
        disclosures: count("disclosures")?,
    })
}

fn is_declared(field: Field) -> bool {
    field.source() == Source::Declared
}

/// Receipts after a counter, in order.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn consents(
    connection: &Connection,
    conversation: &ConversationId,
    after: u64,
) -> Result<Page<Signed>, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut select = connection.prepare_cached(
        "SELECT signed FROM consents WHERE conversation = ?1 AND counter > ?2
         ORDER BY counter LIMIT ?3",
    )?;
    let most = i64::try_from(CONSENTS + 1).unwrap_or(i64::MAX);
    let rows = select.query_map(params![conversation.as_bytes(), after, most], |row| {
        row.get::<_, Vec<u8>>(0)
    })?;
    let mut items = Vec::new();
    for row in rows {
        items.push(Signed::decode(&row?).map_err(|_| StoreError::Corrupt)?);
    }
    Ok(cut(items, CONSENTS))
}

/// Disclosures whose entry stands at this place or later, and the checkpoint that the proofs lead to;
/// `None` before the first checkpoint.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn disclosures(
    connection: &Connection,
    conversation: &ConversationId,
    from: u64,
) -> Result<Option<(Page<Shown>, UnverifiedCheckpoint)>, StoreError> {
    let at_once = connection.unchecked_transaction()?;
    let Some(note) = ledger::newest(&at_once).map_err(book::fault)? else {
        return Ok(None);
    };
    let size = ledger::size(&at_once).map_err(book::fault)?;
    let note = UnverifiedCheckpoint::from_bytes(&note).ok_or(StoreError::Corrupt)?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let most = i64::try_from(DISCLOSURES + 1).unwrap_or(i64::MAX);
    let mut select = at_once.prepare_cached(
        "SELECT entry, closed FROM disclosures WHERE conversation = ?1 AND entry >= ?2
           AND erased = 0 ORDER BY entry LIMIT ?3",
    )?;
    let rows = select.query_map(params![conversation.as_bytes(), from, most], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
    })?;
    let places = rows.collect::<Result<Vec<_>, _>>()?;
    let page = cut(places, DISCLOSURES);
    let mut items = Vec::with_capacity(page.items.len());
    for (entry, closed) in page.items {
        let told = proof(&at_once, entry, size)?.ok_or(StoreError::Corrupt)?;
        let outcome = match closed {
            Some(closed) => proof(&at_once, closed, size)?,
            None => None,
        };
        items.push(Shown { told, outcome });
    }
    let more = page.more;
    Ok(Some((Page { items, more }, note)))
}

fn proof(
    connection: &Connection,
    place: i64,
    size: Size,
) -> Result<Option<(Opening, Inclusion)>, StoreError> {
    let index = Index::new(place.unsigned_abs());
    let Some(opening) = book::opening(connection, index)? else {
        return Ok(None);
    };
    let inclusion = ledger::inclusion(connection, index, size).map_err(book::fault)?;
    Ok(Some((opening, inclusion)))
}

fn cut<T>(mut items: Vec<T>, most: usize) -> Page<T> {
    let more = items.len() > most;
    items.truncate(most);
    Page { items, more }
}
