//! What the store's rows hold, and the few ways in which they are found.
//! Knows: shapes of records, SQL of lookups. Never knows: sockets, what to do about any of it.

mod kept;
mod secret;

use std::sync::Arc;

use minicbor::{Decode, Encode};
use partywall_ground::cbor;

use crate::core::{Core, Work};
use crate::error::OpenError;
use crate::store::{Plain, StoreTrouble, Table};

pub(crate) use kept::{
    Before, Bundle, Guest, Kept, Opening, Outgoing, Relay, Sealing, ShopRecord, Talk, Thread,
};
pub(crate) use secret::Secret;

/// Which side of the counter a store belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Side {
    #[n(1)]
    Customer,
    #[n(2)]
    Shop,
}

/// The row in which a store says whose it is.
const SIDE: i64 = 1;

/// Makes a new store one side's; refuses one of the other.
pub(crate) async fn claim(core: &Arc<Core>, side: Side) -> Result<(), OpenError> {
    let claimed = core
        .work(move |work| match one::<Side>(work, Table::Setting, SIDE)? {
            Some(known) => Ok(known == side),
            None => insert(work, Table::Setting, &side).map(|_row| true),
        })
        .await;
    match claimed {
        Ok(true) => Ok(()),
        Ok(false) => Err(OpenError::OtherSide),
        Err(_stopped) => Err(StoreTrouble::Damaged.into()),
    }
}

/// A record of a row.
pub(crate) fn read<T: for<'b> Decode<'b, ()>>(plain: &Plain) -> Result<T, StoreTrouble> {
    minicbor::decode(plain).map_err(|_shape| StoreTrouble::Damaged)
}

/// All rows of a table, by id.
pub(crate) fn all<T: for<'b> Decode<'b, ()>>(
    work: &mut Work<'_>,
    table: Table,
) -> Result<Vec<(i64, T)>, StoreTrouble> {
    let rows = work.hands.all(table)?;
    rows.into_iter()
        .map(|(id, plain)| Ok((id, read(&plain)?)))
        .collect()
}

/// One row.
pub(crate) fn one<T: for<'b> Decode<'b, ()>>(
    work: &mut Work<'_>,
    table: Table,
    id: i64,
) -> Result<Option<T>, StoreTrouble> {
    let plain = work.hands.one(table, id)?;
    plain.as_ref().map(read).transpose()
}

/// One row that has to be there.
pub(crate) fn must<T: for<'b> Decode<'b, ()>>(
    work: &mut Work<'_>,
    table: Table,
    id: i64,
) -> Result<T, StoreTrouble> {
    one(work, table, id)?.ok_or(StoreTrouble::Damaged)
}

/// A new row.
pub(crate) fn insert(
    work: &mut Work<'_>,
    table: Table,
    record: &impl Encode<()>,
) -> Result<i64, StoreTrouble> {
    work.hands.insert(table, &zeroizing(record))
}

/// A row's new record.
pub(crate) fn update(
    work: &mut Work<'_>,
    table: Table,
    id: i64,
    record: &impl Encode<()>,
) -> Result<(), StoreTrouble> {
    work.hands.update(table, id, &zeroizing(record))
}

/// A new row in a table with a key: found again by what `by` says.
pub(crate) fn insert_by(
    work: &mut Work<'_>,
    table: &'static str,
    by: &[u8],
    plain: &[u8],
) -> Result<i64, StoreTrouble> {
    let id = work.hands.next_id(table)?;
    let key = work.hands.lookup(table, by);
    let sealed = work.hands.seal(table, id, plain);
    let text = format!("INSERT INTO {table} (id, key, sealed) VALUES (?1, ?2, ?3)");
    work.hands.run(&text, (id, key, sealed))?;
    Ok(id)
}

/// The row that is found by what `by` says.
pub(crate) fn by_key(
    work: &mut Work<'_>,
    table: &'static str,
    by: &[u8],
) -> Result<Option<(i64, Plain)>, StoreTrouble> {
    let key = work.hands.lookup(table, by);
    let text = format!("SELECT id, sealed FROM {table} WHERE key = ?1 ORDER BY id DESC LIMIT 1");
    let row: Option<(i64, Vec<u8>)> = work
        .hands
        .row(&text, (key,), |row| Ok((row.get(0)?, row.get(1)?)))?;
    row.map(|(id, sealed)| Ok((id, work.hands.unseal(table, id, &sealed)?)))
        .transpose()
}

/// A new row that belongs to a conversation; `by` is what it is found by, if anything.
pub(crate) fn insert_of(
    work: &mut Work<'_>,
    table: &'static str,
    talk: i64,
    by: Option<&[u8]>,
    plain: &[u8],
) -> Result<i64, StoreTrouble> {
    let id = work.hands.next_id(table)?;
    let sealed = work.hands.seal(table, id, plain);
    match table {
        "session" | "message" => {
            let key = by.map(|by| work.hands.lookup(table, by));
            let text =
                format!("INSERT INTO {table} (id, talk, key, sealed) VALUES (?1, ?2, ?3, ?4)");
            work.hands.run(&text, (id, talk, key, sealed))?;
        }
        _ => {
            let text = format!("INSERT INTO {table} (id, talk, sealed) VALUES (?1, ?2, ?3)");
            work.hands.run(&text, (id, talk, sealed))?;
        }
    }
    Ok(id)
}

/// The rows of a table that belong to a conversation, the oldest first.
pub(crate) fn of_talk(
    work: &mut Work<'_>,
    table: &'static str,
    talk: i64,
) -> Result<Vec<(i64, Plain)>, StoreTrouble> {
    let text = format!("SELECT id, sealed FROM {table} WHERE talk = ?1 ORDER BY id");
    let rows = work
        .hands
        .rows(&text, (talk,), |row| Ok((row.get(0)?, row.get(1)?)))?;
    work.hands.unseal_all(table, rows)
}

/// Deletes the rows of a table that belong to a conversation.
pub(crate) fn delete_of(
    work: &mut Work<'_>,
    table: &'static str,
    talk: i64,
) -> Result<(), StoreTrouble> {
    work.hands
        .run(&format!("DELETE FROM {table} WHERE talk = ?1"), (talk,))
}

/// The oldest row of a conversation's outbox.
pub(crate) fn next_out(
    work: &mut Work<'_>,
    talk: i64,
) -> Result<Option<(i64, Outgoing)>, StoreTrouble> {
    let text = "SELECT id, sealed FROM outbox WHERE talk = ?1 ORDER BY id LIMIT 1";
    let row: Option<(i64, Vec<u8>)> = work
        .hands
        .row(text, (talk,), |row| Ok((row.get(0)?, row.get(1)?)))?;
    row.map(|(id, sealed)| Ok((id, read(&work.hands.unseal("outbox", id, &sealed)?)?)))
        .transpose()
}

/// How many messages wait in a conversation's outbox.
pub(crate) fn queued(work: &mut Work<'_>, talk: i64) -> Result<usize, StoreTrouble> {
    let text = "SELECT count(*) FROM outbox WHERE talk = ?1";
    let count: Option<u32> = work.hands.row(text, (talk,), |row| row.get(0))?;
    Ok(count.unwrap_or(0) as usize)
}

/// Messages of a conversation before one of them, the newest last.
pub(crate) fn messages(
    work: &mut Work<'_>,
    talk: i64,
    before: i64,
    most: u32,
) -> Result<Vec<(i64, Kept)>, StoreTrouble> {
    let text =
        "SELECT id, sealed FROM message WHERE talk = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
    let rows = work.hands.rows(text, (talk, before, most), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let mut page = Vec::with_capacity(rows.len());
    for (id, plain) in work.hands.unseal_all("message", rows)? {
        page.push((id, read(&plain)?));
    }
    page.reverse();
    Ok(page)
}

fn zeroizing(record: &impl Encode<()>) -> zeroize::Zeroizing<Vec<u8>> {
    zeroize::Zeroizing::new(cbor::encode(record))
}
