//! Claims records for a sink: asked again, entered in the ledger and numbered in one transaction.
//! (SPEC)
//! Knows: what waits for a recipient, and who may still be told. Never knows: credentials.

use std::collections::BTreeMap;

use partywall_business::EventId;
use partywall_business::disclosure::{Disclosure, Facts};
use partywall_business::field::{Field, Purpose, Recipient};
use partywall_business::id::{BatchId, BusinessId, ConversationId, RecordKey};
use partywall_business::ledger::{Index, Origin, Payload};
use partywall_business::table::Row;
use partywall_business::value::Value;
use partywall_ground::cbor;
use partywall_store::StoreError;
use partywall_store::sql::{self, OptionalExtension, params};

use super::bar::bar_what_changed;
use super::batch;
use super::frame::Frame;
use super::waiting::retractions_wait;
use crate::book::{self, Keep};
use crate::desk::Desk;
use crate::ledger;
use crate::refusal::Judged;
use crate::sharing::{self, Agreement, Whose, read_value};

/// Records, and retractions, in the largest batch. (SPEC §14)
pub(crate) const MOST: usize = 2_000;

/// What a claim comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// This batch is open from before.
    Offered(BatchId),
    /// This batch is new: nobody has seen it.
    Fresh(BatchId),
    /// The open batch was aborted, and has to be closed first.
    Aborted(BatchId),
    /// Nothing waits.
    Idle,
    /// The sink is known under another recipient, or the business's own door serves it.
    Strange,
}

/// Which sink claims, for whom, and how much at most.
#[derive(Clone, Debug)]
pub(crate) struct Claimant {
    pub(crate) sink: String,
    pub(crate) recipient: Recipient,
    pub(crate) most: usize,
}

/// A record that waits.
struct Waiting {
    record: RecordKey,
    whose: Whose,
    row: Row,
    value: Value,
}

/// A record that is told: the disclosure is its entry's payload.
pub(super) struct Told {
    pub(super) whose: Whose,
    pub(super) disclosure: Disclosure,
}

/// Makes the sink's next batch, or finds the one that is open.
pub(crate) fn claim(desk: &mut Desk<'_>, claimant: &Claimant, origin: &Origin) -> Judged<Claim> {
    if claimant.recipient == Recipient::Business || !knows(desk, claimant)? {
        return Ok(Claim::Strange);
    }
    look_at_open(desk, &claimant.sink)?;
    if let Some(open) = batch::of_sink(desk.tx, &claimant.sink)? {
        return Ok(if open.aborted {
            Claim::Aborted(open.batch)
        } else {
            Claim::Offered(open.batch)
        });
    }
    let told = permitted(desk, claimant)?;
    if told.is_empty() && !retractions_wait(desk.tx, &claimant.sink)? {
        return Ok(Claim::Idle);
    }
    open(desk, claimant, told, origin).map(Claim::Fresh)
}

/// An open batch is offered again after its exporter was away: by then a table may have changed, or a
/// receipt run out. What it names and nobody permits any more bars it.
fn look_at_open(desk: &mut Desk<'_>, sink: &str) -> Judged<()> {
    let named = match batch::of_sink(desk.tx, sink)? {
        Some(open) if !open.aborted => batch::named(desk.tx, &open.batch)?,
        _ => return Ok(()),
    };
    for conversation in named {
        if let Some(agreement) = sharing::find(desk, &conversation)? {
            // Nobody waits for it: the exporter learns of it in its answer.
            let _aborted = bar_what_changed(desk, &agreement)?;
        }
    }
    Ok(())
}

fn knows(desk: &mut Desk<'_>, claimant: &Claimant) -> Judged<bool> {
    let known: Option<u8> = desk
        .tx
        .prepare_cached("SELECT recipient FROM sinks WHERE sink = ?1")?
        .query_row([&claimant.sink], |row| row.get(0))
        .optional()?;
    if known.is_none() {
        desk.tx
            .prepare_cached("INSERT INTO sinks (sink, recipient, sequence) VALUES (?1, ?2, 0)")?
            .execute(params![claimant.sink, claimant.recipient.code()])?;
    }
    Ok(known.is_none_or(|code| code == claimant.recipient.code()))
}

/// What may still be told of what waits, the oldest first; the rest is void and gone.
fn permitted(desk: &mut Desk<'_>, claimant: &Claimant) -> Judged<Vec<Told>> {
    let most = claimant.most.clamp(1, MOST);
    let mut agreements: BTreeMap<ConversationId, Option<Agreement>> = BTreeMap::new();
    let mut told = Vec::new();
    while told.len() < most {
        let page = waiting(desk, claimant.recipient, most - told.len())?;
        if page.is_empty() {
            break;
        }
        for one in page {
            let conversation = one.whose.conversation;
            let agreement = match agreements.get(&conversation) {
                Some(known) => known.clone(),
                None => {
                    let found = sharing::find(desk, &conversation)?;
                    agreements.insert(conversation, found.clone());
                    found
                }
            };
            told.extend(ask_again(desk, one, agreement.as_ref())?);
        }
    }
    Ok(told)
}

/// Asks again for one record; takes it out of those that wait, one way or the other.
fn ask_again(
    desk: &mut Desk<'_>,
    one: Waiting,
    agreement: Option<&Agreement>,
) -> Judged<Option<Told>> {
    let permit = agreement.and_then(|agreement| agreement.permit(one.row));
    let facts = Facts {
        record: one.record,
        time: desk.now.wire(),
    };
    let disclosure = permit.and_then(|permit| permit.disclose(one.value, facts).ok());
    let taken = match &disclosure {
        Some(disclosure) => take(desk, &one.record, &disclosure.record().value)?,
        None => false,
    };
    if !taken {
        void(desk, &one.record)?;
    }
    Ok(disclosure.filter(|_| taken).map(|disclosure| Told {
        whose: one.whose,
        disclosure,
    }))
}

/// `false` when the value, rounded anew, was told already.
fn take(desk: &mut Desk<'_>, record: &RecordKey, value: &Value) -> Judged<bool> {
    let taken = desk
        .tx
        .prepare_cached("UPDATE OR IGNORE records SET state = 1, value = ?2 WHERE record = ?1")?
        .execute(params![record.as_bytes(), cbor::encode(value)])?;
    Ok(taken == 1)
}

fn void(desk: &mut Desk<'_>, record: &RecordKey) -> Judged<()> {
    desk.tx
        .prepare_cached("DELETE FROM records WHERE record = ?1")?
        .execute([record.as_bytes()])?;
    desk.effects.erased = true;
    Ok(())
}

fn waiting(desk: &Desk<'_>, recipient: Recipient, most: usize) -> Judged<Vec<Waiting>> {
    let mut select = desk.tx.prepare_cached(
        "SELECT record, conversation, business, field, purpose, value FROM records
         WHERE recipient = ?1 AND state = 0 ORDER BY place, record LIMIT ?2",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = select.query(params![recipient.code(), most])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row, recipient)?);
    }
    Ok(found)
}

fn read(row: &sql::Row<'_>, recipient: Recipient) -> Judged<Waiting> {
    let field = Field::from_code(row.get(3)?).ok_or(StoreError::Corrupt)?;
    let purpose = Purpose::from_code(row.get(4)?).ok_or(StoreError::Corrupt)?;
    let value: Vec<u8> = row.get(5)?;
    Ok(Waiting {
        record: RecordKey::new(row.get(0)?),
        whose: Whose {
            conversation: ConversationId::new(row.get(1)?),
            business: BusinessId::new(row.get(2)?),
        },
        row: Row::new(field, recipient, purpose),
        value: read_value(&value)?,
    })
}

fn open(
    desk: &mut Desk<'_>,
    claimant: &Claimant,
    told: Vec<Told>,
    origin: &Origin,
) -> Judged<BatchId> {
    let batch = BatchId::new(desk.dice.bytes());
    let entries = enter(desk, &told)?;
    for (one, entry) in told.iter().zip(&entries) {
        let carrier = Carrier::Sink(&batch, &claimant.sink);
        write(desk, one, *entry, carrier)?;
    }
    let retractions = retract(desk, &batch, &claimant.sink)?;
    let sequence = number(desk, &claimant.sink)?;
    let checkpoint = ledger::publish(desk.tx, origin, desk.keys.business()).map_err(book::fault)?;
    let frame = Frame {
        sink: &claimant.sink,
        batch,
        sequence,
        retractions,
        checkpoint,
    };
    let disclosures = told.iter().map(|one| &one.disclosure);
    let bytes = frame.bytes(desk.tx, disclosures, &entries)?;
    desk.tx
        .prepare_cached(
            "INSERT INTO batches (batch, sink, sequence, opened, frame) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            batch.as_bytes(),
            claimant.sink,
            sequence.cast_signed(),
            desk.now.stored(),
            bytes
        ])?;
    Ok(batch)
}

fn retract(desk: &mut Desk<'_>, batch: &BatchId, sink: &str) -> Judged<Vec<RecordKey>> {
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    desk.tx
        .prepare_cached(
            "UPDATE retractions SET batch = ?1 WHERE sink = ?2 AND record IN
               (SELECT record FROM retractions WHERE sink = ?2 AND batch IS NULL
                ORDER BY queued, record LIMIT ?3)",
        )?
        .execute(params![batch.as_bytes(), sink, limit])?;
    let mut select = desk
        .tx
        .prepare_cached("SELECT record FROM retractions WHERE batch = ?1 ORDER BY record")?;
    let rows = select.query_map([batch.as_bytes()], |row| row.get(0).map(RecordKey::new))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn number(desk: &mut Desk<'_>, sink: &str) -> Judged<u64> {
    let sequence: i64 = desk
        .tx
        .prepare_cached(
            "UPDATE sinks SET sequence = sequence + 1 WHERE sink = ?1 RETURNING sequence",
        )?
        .query_row([sink], |row| row.get(0))?;
    Ok(sequence.unsigned_abs())
}

/// Enters disclosures in the ledger; the place of each.
pub(super) fn enter(desk: &mut Desk<'_>, told: &[Told]) -> Judged<Vec<Index>> {
    let payloads = told
        .iter()
        .map(|one| Payload::new(one.disclosure.bytes().to_vec()))
        .map(|payload| Ok((payload.map_err(|_| StoreError::Corrupt)?, Keep::Opening)))
        .collect::<Judged<Vec<_>>>()?;
    book::enter(desk, payloads)
}

/// Who carries a disclosure.
pub(super) enum Carrier<'a> {
    /// The exporter, in a batch for a sink.
    Sink(&'a BatchId, &'a str),
    /// The business's own door, as an event that lies in this place.
    Event(&'a EventId, i64),
}

/// Writes down that a disclosure is on its way.
pub(super) fn write(
    desk: &mut Desk<'_>,
    told: &Told,
    entry: Index,
    carrier: Carrier<'_>,
) -> Judged<()> {
    let (batch, sink, event, place) = match carrier {
        Carrier::Sink(batch, sink) => (Some(batch.as_bytes()), Some(sink), None, None),
        Carrier::Event(event, place) => (None, None, Some(event.as_bytes()), Some(place)),
    };
    let record = told.disclosure.record();
    desk.tx
        .prepare_cached(
            "INSERT INTO disclosures
               (entry, record, conversation, business, batch, sink, event, place, made, keep_days)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            entry.value().cast_signed(),
            record.key.as_bytes(),
            told.whose.conversation.as_bytes(),
            told.whose.business.as_bytes(),
            batch,
            sink,
            event,
            place,
            desk.now.stored(),
            record.keep.days()
        ])?;
    Ok(())
}
