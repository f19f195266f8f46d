//! What either side is told, in order and without a gap, until it says that it has it. (SPEC §11.5,
//! B-16, B-17)
//! Knows: places, sequences, receivers. Never knows: who is connected.

use std::collections::BTreeMap;

use partywall_business::{EventId, Reason, Sequence};
use partywall_ground::Seconds;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, params};

use super::conversation::{self, Conversation};
use super::naming;
use super::what::{DISCLOSED, What};
use crate::claims;
use crate::desk::Desk;
use crate::effects::Receiver;
use crate::refusal::Judged;

/// One of the two who talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Customer,
    Business,
}

/// An event that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) event: EventId,
    pub(crate) sequence: Sequence,
    pub(crate) at: Seconds,
    pub(crate) window_expires_at: Seconds,
}

impl Conversation {
    /// Who hears what is told to a side.
    pub(crate) const fn receiver(&self, side: Side) -> Receiver {
        match side {
            Side::Customer => self.customer(),
            Side::Business => Receiver::business(self.business),
        }
    }
}

/// Tells a side something. What changes of the conversation is in memory: the caller saves it.
pub(crate) fn tell(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    side: Side,
    what: &What,
) -> Judged<Told> {
    let receiver = conversation.receiver(side);
    let (last, mail) = match side {
        Side::Customer => (
            &mut conversation.to_customer,
            &mut conversation.mail_customer,
        ),
        Side::Business => (
            &mut conversation.to_business,
            &mut conversation.mail_business,
        ),
    };
    *last += 1;
    *mail += 1;
    let sequence = std::num::NonZeroU64::new(*last).ok_or(StoreError::Corrupt)?;
    let told = Told {
        event: naming::name(desk.keys.frank(), &conversation.id, side, desk.dice),
        sequence: Sequence::new(sequence),
        at: desk.now.wire(),
        window_expires_at: conversation.speech.window_expires_at(),
    };
    desk.tx
        .prepare_cached(
            "INSERT INTO events (place, receiver, conversation, id, event, sequence, at, expires, kind, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            desk.memory.next_place,
            receiver.number(),
            conversation.number,
            conversation.id.as_bytes(),
            told.event.as_bytes(),
            sequence.get().cast_signed(),
            told.at.value().cast_signed(),
            told.window_expires_at.value().cast_signed(),
            what.kind(),
            what.stored()
        ])?;
    desk.memory.next_place += 1;
    desk.effects.wake.insert(receiver);
    Ok(told)
}

/// A receiver has everything up to a place: it is deleted. How many there were.
pub(crate) fn acknowledge(desk: &mut Desk<'_>, receiver: Receiver, place: i64) -> Judged<u64> {
    let (mut mail, mut disclosed) = (BTreeMap::<i64, u32>::new(), Vec::new());
    let mut count = 0;
    {
        let mut delete = desk.tx.prepare_cached(
            "DELETE FROM events WHERE receiver = ?1 AND place <= ?2
             RETURNING kind, conversation, event",
        )?;
        let mut rows = delete.query(params![receiver.number(), place])?;
        while let Some(row) = rows.next()? {
            count += 1;
            *mail.entry(row.get(1)?).or_default() += 1;
            if row.get::<_, u8>(0)? == DISCLOSED {
                disclosed.push(EventId::new(row.get(2)?));
            }
        }
    }
    let update = if receiver.is_business() {
        "UPDATE conversations SET mail_business = MAX(0, mail_business - ?2) WHERE conversation = ?1"
    } else if partywall_mutant::is("P35") {
        // The business's next event has a gap before it where its customer was there.
        "UPDATE conversations SET mail_customer = MAX(0, mail_customer - ?2),
         to_business = to_business + 1 WHERE conversation = ?1"
    } else {
        "UPDATE conversations SET mail_customer = MAX(0, mail_customer - ?2) WHERE conversation = ?1"
    };
    for (conversation, collected) in mail {
        desk.tx
            .prepare_cached(update)?
            .execute(params![conversation, collected])?;
    }
    claims::acknowledged(desk, &disclosed)?;
    desk.effects.erased |= count > 0;
    desk.counters.acknowledged.add(count);
    Ok(count)
}

/// Puts something else in an event's place, if it still lies there: the sequence has no gap.
pub(crate) fn replace(desk: &mut Desk<'_>, place: i64, what: &What) -> Judged<()> {
    let receiver = desk
        .tx
        .prepare_cached(
            "UPDATE events SET kind = ?2, body = ?3 WHERE place = ?1 RETURNING receiver",
        )?
        .query_row(params![place, what.kind(), what.stored()], |row| row.get(0))
        .optional()?;
    if let Some(receiver) = receiver {
        desk.effects.erased = true;
        desk.effects.wake.insert(Receiver::stored(receiver));
    }
    Ok(())
}

/// A message that lies uncollected.
#[derive(Clone, Copy)]
pub(crate) struct Uncollected {
    pub(crate) place: i64,
    pub(crate) event: EventId,
    pub(crate) conversation: i64,
}

/// Messages for a receiver behind a place, as many as `most`, in order.
pub(crate) fn uncollected(
    rows: &Connection,
    receiver: Receiver,
    after: i64,
    most: i64,
) -> Result<Vec<Uncollected>, StoreError> {
    let mut select = rows.prepare_cached(
        "SELECT place, event, conversation FROM events
         WHERE receiver = ?1 AND place > ?2 AND kind = 1 ORDER BY place LIMIT ?3",
    )?;
    let found = select.query_map(params![receiver.number(), after, most], |row| {
        Ok(Uncollected {
            place: row.get(0)?,
            event: EventId::new(row.get(1)?),
            conversation: row.get(2)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Messages of one conversation that a receiver did not collect.
pub(crate) fn uncollected_of(
    rows: &Connection,
    receiver: Receiver,
    conversation: i64,
) -> Result<Vec<Uncollected>, StoreError> {
    let mut select = rows.prepare_cached(
        "SELECT place, event FROM events
         WHERE receiver = ?1 AND kind = 1 AND conversation = ?2 ORDER BY place",
    )?;
    let found = select.query_map(params![receiver.number(), conversation], |row| {
        Ok(Uncollected {
            place: row.get(0)?,
            event: EventId::new(row.get(1)?),
            conversation,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Withdraws a message: its sender is told, and in its place its receiver is told that it was
/// withdrawn, so that no sequence has a gap. The caller saves the conversation. (B-9)
pub(crate) fn withdraw(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    receiver: Side,
    message: Uncollected,
    reason: Reason,
) -> Judged<()> {
    let withdrawn = What::Withdrawn(message.event, reason);
    replace(desk, message.place, &withdrawn)?;
    let sender = match receiver {
        Side::Customer => Side::Business,
        Side::Business => Side::Customer,
    };
    if conversation.state == conversation::State::Ended && sender == Side::Customer {
        return Ok(());
    }
    tell(desk, conversation, sender, &withdrawn)?;
    Ok(())
}

/// The place of the last event that lies here; 0 if none does.
pub(crate) fn last_place(rows: &Connection) -> Result<i64, StoreError> {
    Ok(
        rows.query_row("SELECT COALESCE(MAX(place), 0) FROM events", [], |row| {
            row.get(0)
        })?,
    )
}
