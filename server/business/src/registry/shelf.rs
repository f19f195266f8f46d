//! Shelves: bundles that the relay cannot read, one-time ones handed out once. (SPEC §11.4, P-9, P-10)
//! Knows: how many lie there, and the pace. Never knows: who takes one.

use partywall_business::request::Shelve;
use partywall_business::window::Pace;
use partywall_business::{SealedBundle, ShelfBefore};
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, params};

use crate::desk::Desk;
use crate::limits::{SHELF, SHELF_BURST, SHELF_PACE_SECONDS};
use crate::pace::Paces;
use crate::refusal::{Judged, Rule};

/// Adds bundles and replaces the last resort, all or nothing; how many one-time ones lie there. (P-9)
pub(crate) fn put(desk: &mut Desk<'_>, business: i64, shelve: &Shelve) -> Judged<u64> {
    let clears = shelve.before == ShelfBefore::Cleared;
    let lying = if clears { 0 } else { count(desk, business)? };
    let lying = lying.saturating_add(shelve.one_time.len());
    if lying > SHELF {
        return Err(Rule::ShelfFull.into());
    }
    if clears {
        for table in ["bundles", "last_resorts"] {
            let delete = format!("DELETE FROM {table} WHERE business = ?1");
            desk.tx.prepare_cached(&delete)?.execute([business])?;
        }
        desk.effects.erased = true;
    }
    let mut add = desk
        .tx
        .prepare_cached("INSERT INTO bundles (business, sealed) VALUES (?1, ?2)")?;
    for sealed in shelve.one_time.iter() {
        add.execute(params![business, sealed.as_ref()])?;
    }
    if let Some(sealed) = &shelve.last_resort {
        desk.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO last_resorts (business, sealed) VALUES (?1, ?2)",
            )?
            .execute(params![business, sealed.as_ref()])?;
        desk.effects.erased = true;
    }
    Ok(u64::try_from(lying).unwrap_or(u64::MAX))
}

/// Takes the oldest one-time bundle if the pace allows one, or shows the last resort. (P-10)
pub(crate) fn take(desk: &mut Desk<'_>, business: i64) -> Judged<Option<SealedBundle>> {
    let paced = desk.memory.shelves.judge(business, desk.now);
    if let Ok(spent) = paced
        && let Some(sealed) = pop(desk, business)?
    {
        desk.memory.shelves.spend(business, spent);
        return Ok(Some(sealed));
    }
    Ok(last_resort(desk.tx, business)?)
}

/// What lies on a shelf, as a reader sees it: whether there is a one-time bundle, and the last resort.
pub(crate) fn show(
    rows: &Connection,
    business: i64,
) -> Result<(bool, Option<SealedBundle>), StoreError> {
    let has_one = rows
        .prepare_cached("SELECT 1 FROM bundles WHERE business = ?1 LIMIT 1")?
        .exists([business])?;
    Ok((has_one, last_resort(rows, business)?))
}

/// Paces of shelves: each alone. (P-10)
pub(crate) fn paces() -> Paces<i64> {
    Paces::new(Pace::new(SHELF_BURST.into(), SHELF_PACE_SECONDS * 1_000))
}

fn last_resort(rows: &Connection, business: i64) -> Result<Option<SealedBundle>, StoreError> {
    let sealed = rows
        .prepare_cached("SELECT sealed FROM last_resorts WHERE business = ?1")?
        .query_row([business], |row| row.get::<_, Vec<u8>>(0))
        .optional()?;
    sealed.map(whole).transpose()
}

fn pop(desk: &mut Desk<'_>, business: i64) -> Judged<Option<SealedBundle>> {
    let oldest: Option<(i64, Vec<u8>)> = desk
        .tx
        .prepare_cached(
            "SELECT place, sealed FROM bundles WHERE business = ?1 ORDER BY place LIMIT 1",
        )?
        .query_row([business], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((place, sealed)) = oldest else {
        return Ok(None);
    };
    desk.tx
        .prepare_cached("DELETE FROM bundles WHERE place = ?1")?
        .execute([place])?;
    desk.effects.erased = true;
    Ok(Some(whole(sealed)?))
}

fn whole(sealed: Vec<u8>) -> Result<SealedBundle, StoreError> {
    SealedBundle::try_from(sealed).map_err(|_| StoreError::Corrupt)
}

fn count(desk: &Desk<'_>, business: i64) -> Judged<usize> {
    let lying: u32 = desk
        .tx
        .prepare_cached("SELECT COUNT(*) FROM bundles WHERE business = ?1")?
        .query_row([business], |row| row.get(0))?;
    Ok(usize::try_from(lying).unwrap_or(usize::MAX))
}
