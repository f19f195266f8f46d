//! Shelves: bundles that the relay cannot read, one-time ones handed out once. (SPEC §5.4)
//! Knows: how many lie there. Never knows: the pace, or who takes one.

use partywall_store::sql::{self, OptionalExtension, Transaction, params};

use super::{MailboxKey, Outcome};
use crate::rules::limits::SHELF;

/// Adds bundles and replaces the last resort, all or nothing. (P-9)
pub(super) fn put(
    transaction: &Transaction<'_>,
    mailbox: MailboxKey,
    clear: bool,
    one_time: &[Vec<u8>],
    last_resort: Option<&[u8]>,
) -> sql::Result<Outcome> {
    let lying = if clear {
        0
    } else {
        count(transaction, mailbox)?
    };
    let lying = lying.saturating_add(one_time.len());
    if lying > SHELF && !partywall_mutant::is("E08") {
        return Ok(Outcome::ShelfFull);
    }
    if clear {
        for statement in [
            "DELETE FROM bundles WHERE mailbox = ?1",
            "DELETE FROM last_resorts WHERE mailbox = ?1",
        ] {
            transaction
                .prepare_cached(statement)?
                .execute([mailbox.number()])?;
        }
    }
    let mut add =
        transaction.prepare_cached("INSERT INTO bundles (mailbox, sealed) VALUES (?1, ?2)")?;
    for sealed in one_time {
        add.execute(params![mailbox.number(), sealed])?;
    }
    if let Some(sealed) = last_resort {
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO last_resorts (mailbox, sealed) VALUES (?1, ?2)",
            )?
            .execute(params![mailbox.number(), sealed])?;
    }
    Ok(Outcome::Shelved(u32::try_from(lying).unwrap_or(u32::MAX)))
}

/// Takes the oldest one-time bundle, or shows the last resort. (P-10)
pub(super) fn take(
    transaction: &Transaction<'_>,
    mailbox: MailboxKey,
    one_time: bool,
) -> sql::Result<Outcome> {
    if one_time && let Some(sealed) = pop(transaction, mailbox)? {
        return Ok(Outcome::Bundle {
            sealed: Some(sealed),
            one_time: true,
        });
    }
    let sealed = transaction
        .prepare_cached("SELECT sealed FROM last_resorts WHERE mailbox = ?1")?
        .query_row([mailbox.number()], |row| row.get(0))
        .optional()?;
    Ok(Outcome::Bundle {
        sealed,
        one_time: false,
    })
}

fn pop(transaction: &Transaction<'_>, mailbox: MailboxKey) -> sql::Result<Option<Vec<u8>>> {
    let oldest: Option<(i64, Vec<u8>)> = transaction
        .prepare_cached(
            "SELECT place, sealed FROM bundles WHERE mailbox = ?1 ORDER BY place LIMIT 1",
        )?
        .query_row([mailbox.number()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((place, sealed)) = oldest else {
        return Ok(None);
    };
    transaction
        .prepare_cached("DELETE FROM bundles WHERE place = ?1")?
        .execute([place])?;
    Ok(Some(sealed))
}

fn count(transaction: &Transaction<'_>, mailbox: MailboxKey) -> sql::Result<usize> {
    let lying: u32 = transaction
        .prepare_cached("SELECT COUNT(*) FROM bundles WHERE mailbox = ?1")?
        .query_row([mailbox.number()], |row| row.get(0))?;
    Ok(usize::try_from(lying).unwrap_or(usize::MAX))
}
