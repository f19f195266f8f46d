//! Deletes what has had its time, a few rows at a time. (SPEC P-14)
//! Knows: days. Never deletes early: what came on day d is kept through day d + its lifetime.

use partywall_store::sql::{self, Transaction, params};
use partywall_world::Day;

use super::{Expired, Gone, Lifetimes, MailboxKey, Place, sqlite};

/// One round over everything that can be over.
pub(super) fn round(
    transaction: &Transaction<'_>,
    today: Day,
    lives: Lifetimes,
    rows: usize,
) -> sql::Result<Expired> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let mut expired = Expired {
        envelopes: envelopes(transaction, last_day(today, lives.envelopes), rows)?,
        mailboxes: idle(transaction, last_day(today, lives.mailboxes), rows)?,
        more: false,
    };
    let erased = erase_one_ended(transaction, rows)?;
    let full = |count: usize| i64::try_from(count).is_ok_and(|count| count >= rows);
    expired.more = erased || full(expired.envelopes.len()) || !expired.mailboxes.is_empty();
    Ok(expired)
}

/// What was written on this day or before has been kept for `life` whole days, however late in the
/// day it came; none yet, when there was no such day.
fn last_day(today: Day, life: u32) -> Option<u32> {
    today.number().checked_sub(life)?.checked_sub(1)
}

fn envelopes(
    transaction: &Transaction<'_>,
    through: Option<u32>,
    rows: i64,
) -> sql::Result<Vec<Gone>> {
    transaction
        .prepare_cached(
            "DELETE FROM envelopes WHERE place IN
             (SELECT place FROM envelopes WHERE day <= ?1 ORDER BY day, place LIMIT ?2)
             RETURNING mailbox, size, place",
        )?
        .query_map(params![through.map_or(-1, i64::from), rows], |row| {
            let mailbox = MailboxKey::stored(row.get(0)?);
            let size = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
            let place = Place::stored(row.get(2)?);
            Ok(Gone {
                mailbox,
                place,
                size,
            })
        })?
        .collect()
}

fn idle(
    transaction: &Transaction<'_>,
    through: Option<u32>,
    rows: i64,
) -> sql::Result<Vec<MailboxKey>> {
    let found = transaction
        .prepare_cached("SELECT mailbox FROM mailboxes WHERE seen_day <= ?1 LIMIT ?2")?
        .query_map(params![through.map_or(-1, i64::from), rows], |row| {
            row.get(0).map(MailboxKey::stored)
        })?
        .collect::<sql::Result<Vec<_>>>()?;
    for mailbox in &found {
        sqlite::end(transaction, *mailbox)?;
    }
    Ok(found)
}

/// Erases rows of one mailbox that ended; says whether there was one.
fn erase_one_ended(transaction: &Transaction<'_>, rows: i64) -> sql::Result<bool> {
    let ended: Vec<i64> = transaction
        .prepare_cached("SELECT mailbox FROM ended LIMIT 1")?
        .query_map([], |row| row.get(0))?
        .collect::<sql::Result<_>>()?;
    let Some(mailbox) = ended.first() else {
        return Ok(false);
    };
    let mut erased = 0;
    for statement in [
        "DELETE FROM envelopes WHERE place IN
         (SELECT place FROM envelopes WHERE mailbox = ?1 ORDER BY place LIMIT ?2)",
        "DELETE FROM bundles WHERE place IN
         (SELECT place FROM bundles WHERE mailbox = ?1 LIMIT ?2)",
        "DELETE FROM last_resorts WHERE mailbox = ?1 AND ?2 > 0",
    ] {
        erased += transaction
            .prepare_cached(statement)?
            .execute(params![mailbox, rows])?;
    }
    if erased == 0 {
        transaction
            .prepare_cached("DELETE FROM ended WHERE mailbox = ?1")?
            .execute([mailbox])?;
    }
    Ok(true)
}
