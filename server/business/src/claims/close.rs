//! Closes a batch: an outcome entry for each record, in one transaction. (SPEC)
//! Knows: what may be told again and what must never be. Never knows: why the exporter says so.

use partywall_business::id::{BatchId, RecordKey};
use partywall_business::ledger::Payload;
use partywall_ground::Seconds;
use partywall_store::StoreError;
use partywall_store::sql::params;

use partywall_business::export::Outcome;

use super::batch::{self, Carried};
use crate::book::{self, Keep};
use crate::desk::Desk;
use crate::refusal::Judged;

/// What becomes of one record when its batch is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// The record itself.
    pub(crate) record: Next,
    /// The sink is asked to forget it.
    pub(crate) retract: bool,
}

/// Whether a record is told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It was told.
    Told,
    /// It waits for the next claim.
    Waits,
    /// It is gone for good: its row went when it was barred.
    Gone,
}

/// Who was barred is never told again, and what the sink may have of them is asked back; what was
/// taken before anybody barred it stays taken, unless all of it was erased. (SPEC)
pub(crate) const fn fate(outcome: Outcome, barred: bool, erased: bool) -> Fate {
    let may_have_it = !matches!(outcome, Outcome::Void);
    let record = match (barred || erased, outcome) {
        (true, _) => Next::Gone,
        (false, Outcome::Sent) => Next::Told,
        (false, Outcome::Void | Outcome::Uncertain) => Next::Waits,
    };
    let asked_back = erased || (barred && matches!(outcome, Outcome::Uncertain));
    Fate {
        record,
        retract: may_have_it && asked_back,
    }
}

/// Closes a batch; `false` when it was closed before, or there never was one.
pub(crate) fn close(desk: &mut Desk<'_>, batch: &BatchId, outcome: Outcome) -> Judged<bool> {
    let Some(open) = batch::of_id(desk.tx, batch)? else {
        return Ok(false);
    };
    let carried = batch::carried(desk.tx, batch)?;
    let mut payloads = Vec::with_capacity(carried.len());
    for one in &carried {
        let keep = if one.erased {
            Keep::Nothing
        } else {
            Keep::Opening
        };
        payloads.push((said(batch, &one.record, outcome, desk.now.wire())?, keep));
    }
    let places = book::enter(desk, payloads)?;
    for (one, place) in carried.iter().zip(places) {
        let fate = fate(outcome, one.barred, one.erased);
        follow(desk, one, fate, &open.sink)?;
        note(desk, one, outcome, place.value())?;
    }
    let retractions = match outcome {
        Outcome::Sent => "DELETE FROM retractions WHERE batch = ?1",
        Outcome::Void | Outcome::Uncertain => {
            "UPDATE retractions SET batch = NULL WHERE batch = ?1"
        }
    };
    desk.tx
        .prepare_cached(retractions)?
        .execute([batch.as_bytes()])?;
    desk.tx
        .prepare_cached("UPDATE batches SET outcome = ?2, frame = NULL WHERE batch = ?1")?
        .execute(params![batch.as_bytes(), outcome.code()])?;
    desk.effects.wake_exporter = true;
    Ok(true)
}

/// The payload of an outcome entry: `{0 => 2, 1 => batch, 2 => record key, 3 => outcome, 4 => time}`.
/// (SPEC §13, kind 2)
pub(crate) fn said(
    batch: &BatchId,
    record: &RecordKey,
    outcome: Outcome,
    now: Seconds,
) -> Result<Payload, StoreError> {
    let mut encoder = minicbor::Encoder::new(Vec::with_capacity(64));
    let written = encoder
        .map(5)
        .and_then(|to| to.u8(0)?.u8(2))
        .and_then(|to| to.u8(1)?.bytes(batch.as_bytes()))
        .and_then(|to| to.u8(2)?.bytes(record.as_bytes()))
        .and_then(|to| to.u8(3)?.u8(outcome.code()))
        .and_then(|to| to.u8(4)?.u64(now.value()))
        .is_ok();
    let payload = Payload::new(encoder.into_writer()).ok();
    payload.filter(|_| written).ok_or(StoreError::Corrupt)
}

fn follow(desk: &mut Desk<'_>, one: &Carried, fate: Fate, sink: &str) -> Judged<()> {
    let state = match fate.record {
        Next::Told => Some(2),
        Next::Waits => Some(0),
        Next::Gone => None,
    };
    if let Some(state) = state {
        desk.tx
            .prepare_cached("UPDATE records SET state = ?2 WHERE record = ?1")?
            .execute(params![one.record.as_bytes(), state])?;
    }
    if fate.retract {
        desk.tx
            .prepare_cached(
                "INSERT OR IGNORE INTO retractions (record, sink, queued) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![one.record.as_bytes(), sink, desk.now.stored()])?;
    }
    Ok(())
}

/// What the customer's own list says of it; of the erased it says nothing.
fn note(desk: &mut Desk<'_>, one: &Carried, outcome: Outcome, place: u64) -> Judged<()> {
    let entry = one.entry.value().cast_signed();
    if one.erased {
        desk.tx
            .prepare_cached("DELETE FROM disclosures WHERE entry = ?1")?
            .execute([entry])?;
        desk.effects.erased = true;
    } else {
        desk.tx
            .prepare_cached("UPDATE disclosures SET outcome = ?2, closed = ?3 WHERE entry = ?1")?
            .execute(params![entry, outcome.code(), place.cast_signed()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_barred_is_never_told_again_and_what_may_be_out_is_asked_back() {
        use Outcome::{Sent, Uncertain, Void};
        for (outcome, barred, erased, record, retract) in [
            (Sent, false, false, Next::Told, false),
            (Void, false, false, Next::Waits, false),
            (Uncertain, false, false, Next::Waits, false),
            (Sent, true, false, Next::Gone, false),
            (Void, true, false, Next::Gone, false),
            (Uncertain, true, false, Next::Gone, true),
            (Sent, true, true, Next::Gone, true),
            (Void, true, true, Next::Gone, false),
            (Uncertain, true, true, Next::Gone, true),
        ] {
            assert_eq!(fate(outcome, barred, erased), Fate { record, retract });
        }
    }
}
