//! Says in the ledger which entries can no longer be opened: an hour's worth at once, so that the time
//! of an erasure does not tell whose it was. (SPEC §13, kind 6)
//! Knows: places of entries. Never knows: what they said.

use partywall_business::ledger::{Index, Payload, Redaction};
use partywall_store::StoreError;

use crate::book;
use crate::desk::Desk;
use crate::refusal::Judged;

/// Names what was destroyed before this hour, as many as fit into one redaction; `true` when there may
/// be more.
pub(crate) fn redact(desk: &mut Desk<'_>) -> Judged<bool> {
    let entries = destroyed(desk)?;
    let Some(redaction) = Redaction::of(entries.clone()) else {
        return Ok(false);
    };
    let payload: Payload = redaction.to_payload();
    book::enter_one(desk, payload)?;
    for entry in &entries {
        desk.tx
            .prepare_cached("DELETE FROM redactions WHERE entry = ?1")?
            .execute([entry.value().cast_signed()])?;
    }
    Ok(entries.len() == Redaction::MOST)
}

fn destroyed(desk: &Desk<'_>) -> Result<Vec<Index>, StoreError> {
    let most = i64::try_from(Redaction::MOST).unwrap_or(i64::MAX);
    let mut select = desk
        .tx
        .prepare_cached("SELECT entry FROM redactions WHERE hour < ?1 ORDER BY entry LIMIT ?2")?;
    let hour = (desk.now.seconds() / 3_600).cast_signed();
    let rows = select.query_map([hour, most], |row| row.get::<_, i64>(0))?;
    let mut entries = Vec::new();
    for row in rows {
        entries.push(Index::new(row?.unsigned_abs()));
    }
    Ok(entries)
}
