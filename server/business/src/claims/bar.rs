//! Bars what must not leave any more, in the request's own transaction; what is in flight is aborted,
//! and the request waits for it to land. (SPEC X-4, B-23)
//! Knows: whose records, and which of them are permitted no longer. Never knows: sockets.

use partywall_business::disclosure::Record;
use partywall_business::field::{Field, Purpose, Recipient};
use partywall_business::id::{BatchId, BusinessId, ConversationId, RecordKey};
use partywall_business::ledger::Index;
use partywall_business::table::Row;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, Params, params};

use super::tell;
use crate::book;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::sharing::Agreement;

/// Whom a request bars: nothing of them leaves after it was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bar<'a> {
    /// A customer who leaves or erases; for good.
    Conversation(&'a ConversationId),
    /// A business that is suspended or revoked; what it may be told again later is made anew.
    Business(&'a BusinessId),
}

/// What was barred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub(crate) struct Barred {
    /// Open batches that name what was barred: the request is answered when all of them are closed.
    pub(crate) flights: Vec<BatchId>,
}

/// Bars everything of a customer, or of a business.
pub(crate) fn bar(desk: &mut Desk<'_>, bar: Bar<'_>) -> Judged<Barred> {
    if matches!(bar, Bar::Business(_)) && partywall_mutant::is("P24") {
        return Ok(Barred::default());
    }
    let (column, id) = match bar {
        Bar::Conversation(conversation) => ("conversation", conversation.as_bytes()),
        Bar::Business(business) => ("business", business.as_bytes()),
    };
    if let Bar::Conversation(conversation) = bar {
        end(desk, conversation)?;
    }
    // A business that is suspended may be told again later.
    desk.memory.policies.look_again();
    run(
        desk,
        &format!("DELETE FROM records WHERE {column} = ?1 AND state < 2"),
        [id],
    )?;
    let events = on_their_way(
        desk.tx,
        &format!(
            "SELECT entry FROM disclosures WHERE {column} = ?1 AND outcome = 0 AND batch IS NULL"
        ),
        [id],
    )?;
    for entry in events {
        tell::withdraw(desk, entry)?;
    }
    run(
        desk,
        &format!("UPDATE disclosures SET barred = 1 WHERE {column} = ?1 AND outcome = 0"),
        [id],
    )?;
    abort(desk, column, id)
}

/// Bars what a customer's new receipt does not permit any more, or not as exactly. (B-23)
pub(crate) fn bar_what_changed(desk: &mut Desk<'_>, agreement: &Agreement) -> Judged<Barred> {
    if partywall_mutant::is("P26") {
        return Ok(Barred::default());
    }
    let conversation = agreement.consent.conversation();
    for (record, row) in waiting(desk.tx, &conversation)? {
        // What stays is rounded again when it is claimed.
        if agreement.permit(row).is_none() {
            forget(desk, &record)?;
        }
    }
    for (entry, by_event) in open(desk.tx, &conversation)? {
        let opening = book::opening(desk.tx, entry)?.ok_or(StoreError::Corrupt)?;
        let told = Record::decode(opening.payload.as_bytes()).map_err(|_| StoreError::Corrupt)?;
        if still_permits(agreement, &told) {
            continue;
        }
        forget(desk, &told.key)?;
        if by_event {
            tell::withdraw(desk, entry)?;
        } else {
            desk.tx
                .prepare_cached("UPDATE disclosures SET barred = 1 WHERE entry = ?1")?
                .execute([entry.value().cast_signed()])?;
        }
    }
    abort(desk, "conversation", conversation.as_bytes())
}

/// Open batches that name something barred of a conversation: for a request said again.
pub(crate) fn flights(desk: &mut Desk<'_>, conversation: &ConversationId) -> Judged<Barred> {
    abort(desk, "conversation", conversation.as_bytes())
}

fn still_permits(agreement: &Agreement, told: &Record) -> bool {
    let row = Row::new(told.value.field(), told.recipient, told.purpose);
    agreement.permit(row).is_some_and(|permit| {
        let grant = permit.grant();
        told.value.rounded(grant.precision) == Some(told.value) && told.keep <= grant.keep
    })
}

fn abort(desk: &mut Desk<'_>, column: &str, id: &[u8; 32]) -> Judged<Barred> {
    let mut select = desk.tx.prepare_cached(&format!(
        "SELECT DISTINCT batch FROM disclosures
         WHERE {column} = ?1 AND outcome = 0 AND barred = 1 AND batch IS NOT NULL ORDER BY batch"
    ))?;
    let flights = select
        .query_map([id], |row| row.get(0).map(BatchId::new))?
        .collect::<Result<Vec<_>, _>>()?;
    for batch in &flights {
        desk.tx
            .prepare_cached("UPDATE batches SET aborted = 1, frame = NULL WHERE batch = ?1")?
            .execute([batch.as_bytes()])?;
        desk.effects.wake_exporter = true;
        desk.effects.erased = true;
    }
    Ok(Barred { flights })
}

fn end(desk: &mut Desk<'_>, conversation: &ConversationId) -> Judged<()> {
    let id = conversation.as_bytes();
    run(
        desk,
        "UPDATE acceptances SET ended = 1 WHERE conversation = ?1",
        [id],
    )?;
    run(desk, "DELETE FROM declared WHERE conversation = ?1", [id])?;
    run(desk, "DELETE FROM counts WHERE conversation = ?1", [id])?;
    desk.memory.policies.forget(conversation);
    Ok(())
}

fn run(desk: &mut Desk<'_>, statement: &str, parameters: impl Params) -> Judged<()> {
    desk.tx.prepare_cached(statement)?.execute(parameters)?;
    desk.effects.erased = true;
    Ok(())
}

fn forget(desk: &mut Desk<'_>, record: &RecordKey) -> Judged<()> {
    run(
        desk,
        "DELETE FROM records WHERE record = ?1 AND state < 2",
        [record.as_bytes()],
    )
}

fn on_their_way(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
) -> Result<Vec<Index>, StoreError> {
    let mut select = connection.prepare_cached(statement)?;
    let rows = select.query_map(parameters, |row| {
        Ok(Index::new(row.get::<_, i64>(0)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn waiting(
    connection: &Connection,
    conversation: &ConversationId,
) -> Judged<Vec<(RecordKey, Row)>> {
    let mut select = connection.prepare_cached(
        "SELECT record, field, recipient, purpose FROM records
         WHERE conversation = ?1 AND state = 0",
    )?;
    let mut rows = select.query([conversation.as_bytes()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let field = Field::from_code(row.get(1)?).ok_or(StoreError::Corrupt)?;
        let recipient = Recipient::from_code(row.get(2)?).ok_or(StoreError::Corrupt)?;
        let purpose = Purpose::from_code(row.get(3)?).ok_or(StoreError::Corrupt)?;
        let record = RecordKey::new(row.get(0)?);
        found.push((record, Row::new(field, recipient, purpose)));
    }
    Ok(found)
}

fn open(
    connection: &Connection,
    conversation: &ConversationId,
) -> Result<Vec<(Index, bool)>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT entry, batch IS NULL FROM disclosures
         WHERE conversation = ?1 AND outcome = 0 AND barred = 0 ORDER BY entry",
    )?;
    let rows = select.query_map(params![conversation.as_bytes()], |row| {
        Ok((
            Index::new(row.get::<_, i64>(0)?.unsigned_abs()),
            row.get(1)?,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
