//! What the business itself is told goes through its own door: claimed, entered and made an event in
//! one transaction; sent when it says that it has it. (SPEC §11.5, kind 5; §14)
//! Knows: one disclosure, one event. Never knows: the exporter.

use partywall_business::disclosure::Facts;
use partywall_business::export::Outcome;
use partywall_business::id::{BatchId, RecordKey};
use partywall_business::ledger::Index;
use partywall_business::permit::Permit;
use partywall_business::value::Value;
use partywall_business::{EventId, Reason};
use partywall_store::StoreError;
use partywall_store::sql::{OptionalExtension, params};

use super::claim::{Carrier, Told, enter, write};
use super::close::said;
use crate::book;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::sharing::Whose;
use crate::talk::{self, Conversation, Side, What};

/// Whose record is told, and which.
#[derive(Clone, Copy)]
pub(crate) struct ToldTo {
    pub(crate) whose: Whose,
    pub(crate) record: RecordKey,
}

/// Tells the business of a conversation a value. What changes of the conversation is in memory: the
/// caller saves it.
pub(crate) fn tell_business(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    ToldTo { whose, record }: ToldTo,
    permit: Permit,
    value: Value,
) -> Judged<()> {
    let facts = Facts {
        record,
        time: desk.now.wire(),
    };
    let disclosure = permit
        .disclose(value, facts)
        .map_err(|_| StoreError::Corrupt)?;
    let told = Told { whose, disclosure };
    let entry = enter(desk, std::slice::from_ref(&told))?.first().copied();
    let entry = entry.ok_or(StoreError::Corrupt)?;
    let place = desk.memory.next_place;
    let what = What::Disclosed(entry);
    let event = talk::tell(desk, conversation, Side::Business, &what)?.event;
    write(desk, &told, entry, Carrier::Event(&event, place))?;
    desk.tx
        .prepare_cached("UPDATE records SET state = 1 WHERE record = ?1")?
        .execute([record.as_bytes()])?;
    Ok(())
}

/// A business has these events: what they disclosed is sent.
pub(crate) fn acknowledged(desk: &mut Desk<'_>, events: &[EventId]) -> Judged<()> {
    for event in events {
        if let Some(entry) = open(desk, event)? {
            close(desk, entry, Outcome::Sent)?;
        }
    }
    Ok(())
}

/// An event lay uncollected for too long: what it disclosed may have been read, and is told no more.
pub(crate) fn expired(desk: &mut Desk<'_>, event: &EventId) -> Judged<()> {
    match open(desk, event)? {
        Some(entry) => close(desk, entry, Outcome::Uncertain),
        None => Ok(()),
    }
}

fn open(desk: &Desk<'_>, event: &EventId) -> Judged<Option<Index>> {
    let entry: Option<i64> = desk
        .tx
        .prepare_cached("SELECT entry FROM disclosures WHERE event = ?1 AND outcome = 0")?
        .query_row([event.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(entry.map(|entry| Index::new(entry.unsigned_abs())))
}

/// Takes back what the business has not said to have: in the place of the event it is told that
/// something was withdrawn. It may have read it. (B-23)
pub(super) fn withdraw(desk: &mut Desk<'_>, entry: Index) -> Judged<()> {
    let (event, place): ([u8; 16], i64) = desk
        .tx
        .prepare_cached("SELECT event, place FROM disclosures WHERE entry = ?1")?
        .query_row([entry.value().cast_signed()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    talk::replace(
        desk,
        place,
        &What::Withdrawn(EventId::new(event), Reason::OwnRequest),
    )?;
    close(desk, entry, Outcome::Uncertain)
}

/// The outcome entry of one disclosure; its event stands for the batch.
fn close(desk: &mut Desk<'_>, entry: Index, outcome: Outcome) -> Judged<()> {
    let place = entry.value().cast_signed();
    let (record, event): ([u8; 16], [u8; 16]) = desk
        .tx
        .prepare_cached("SELECT record, event FROM disclosures WHERE entry = ?1")?
        .query_row([place], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (record, batch) = (RecordKey::new(record), BatchId::new(event));
    let payload = said(&batch, &record, outcome, desk.now.wire())?;
    let closed = book::enter_one(desk, payload)?;
    desk.tx
        .prepare_cached("UPDATE disclosures SET outcome = ?2, closed = ?3 WHERE entry = ?1")?
        .execute(params![place, outcome.code(), closed.value().cast_signed()])?;
    let record_row = match outcome {
        Outcome::Sent => "UPDATE records SET state = 2 WHERE record = ?1",
        Outcome::Void | Outcome::Uncertain => "DELETE FROM records WHERE record = ?1",
    };
    desk.tx
        .prepare_cached(record_row)?
        .execute([record.as_bytes()])?;
    Ok(())
}
