//! Leaks into the business database: rows changed as a careless plane would write them.
//! Knows: the business wing's tables. Never runs but with a leak planted.

use partywall_store::sql::{Connection, Result, params};

use super::Leak;
use crate::business::BusinessWing;
use crate::peer::Activity;

/// Changes rows after a turn; `seen` is what was known at the end of the turn before.
///
/// # Panics
/// When the database cannot be written: then no leak is planted, and no test may pass.
pub(super) fn after_turn(leak: Leak, business: &BusinessWing, now: &Activity, seen: &Activity) {
    let rows = business
        .place
        .look()
        .expect("the world's database is there");
    write(leak, &rows, now, seen).expect("the world's database can be written");
}

fn write(leak: Leak, rows: &Connection, now: &Activity, seen: &Activity) -> Result<()> {
    let more = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    match leak {
        Leak::KeptAddress => {
            let address = now.last_address.map(|address| address.to_string());
            rows.execute(
                "UPDATE evidence SET what = ?1 WHERE place = 1",
                [address.unwrap_or_default()],
            )?;
        }
        Leak::ReaderIdInBusinessRow => {
            if let Some(reader) = now.last_reader {
                let newest = "UPDATE conversations SET rights = ?1
                              WHERE conversation = (SELECT MAX(conversation) FROM conversations)";
                rows.execute(newest, [reader])?;
            }
        }
        Leak::PassHashInBusinessTable => {
            if let Some(pass) = now.last_pass {
                rows.execute("INSERT OR IGNORE INTO counts VALUES (?1, 1)", [pass])?;
            }
        }
        Leak::SharedTombstones if now.closed > seen.closed => {
            let drop = now.last_drop.unwrap_or_default();
            rows.execute(
                "INSERT OR IGNORE INTO tombstones VALUES (?1, 0, ?1)",
                [drop],
            )?;
        }
        Leak::RowidOffset => {
            let newest = "UPDATE bundles SET place = place + ?1
                          WHERE place = (SELECT MAX(place) FROM bundles)";
            rows.execute(newest, [more(now.mailboxes - seen.mailboxes)])?;
        }
        Leak::SharedIdCounter => {
            let counted = "UPDATE templates SET asked = asked + ?1";
            rows.execute(counted, [more(now.envelopes - seen.envelopes)])?;
        }
        Leak::MailboxCountAsSequence => {
            let counted = "UPDATE sinks SET sequence = MAX(sequence, ?1)";
            rows.execute(counted, params![more(now.mailboxes)])?;
        }
        _ => {}
    }
    Ok(())
}
