//! What the relay sees when a customer says something, and lets nobody know unless somebody may.
//! (SPEC §12.1; G: the network address)
//! Knows: a moment, a count, maybe an address. What nobody may be told is not written down.

use std::net::IpAddr;

use partywall_business::field::Field;
use partywall_business::value::{MessageBucket, Value};
use partywall_ground::Seconds;
use partywall_store::sql::params;

use super::agreement::{self, Agreement};
use super::records;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::talk::Conversation;

/// What the door saw of a customer. Has no `Debug`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Observed {
    /// Where from; the door hands it in only if some table lets somebody be told of it.
    pub(crate) address: Option<IpAddr>,
}

/// A customer said something: makes the records that may be told of it. What changes of the
/// conversation is in memory: the caller saves it.
pub(crate) fn said(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    observed: Observed,
) -> Judged<()> {
    let now = desk.now.wire();
    if desk.memory.policies.is_told(&conversation.id, now) {
        return Ok(());
    }
    let Some(agreement) = agreement::find(desk, &conversation.id)? else {
        return Ok(());
    };
    records::keep(desk, conversation, &agreement, Value::LastActive(now))?;
    records::keep(desk, conversation, &agreement, Value::InteractionTime(now))?;
    if let (Some(address), true) = (observed.address, partywall_mutant::is("P03")) {
        desk.tx
            .prepare_cached("UPDATE evidence SET what = ?2 WHERE business = ?1")?
            .execute(params![conversation.business, address.to_string()])?;
    }
    if let Some(messages) = count(desk, &agreement)? {
        let bucket = MessageBucket::of(messages);
        records::keep(desk, conversation, &agreement, Value::MessageCount(bucket))?;
    }
    if let Some(address) = observed.address {
        records::keep(
            desk,
            conversation,
            &agreement,
            Value::IpAddress(address.to_canonical()),
        )?;
    }
    let each_time = [Field::MessageCount, Field::IpAddress];
    if !each_time.into_iter().any(|field| agreement.allows(field)) {
        let policies = &mut desk.memory.policies;
        policies.tell(conversation.id, now, end_of_hour(now));
    }
    Ok(())
}

/// No precision of a moment is finer than an hour.
const fn end_of_hour(now: Seconds) -> Seconds {
    Seconds::new((now.value() / 3_600 + 1) * 3_600)
}

/// Counts a message if somebody may know how many there were. (What nobody may know is not counted.)
fn count(desk: &mut Desk<'_>, agreement: &Agreement) -> Judged<Option<u64>> {
    if !agreement.allows(Field::MessageCount) {
        return Ok(None);
    }
    let messages: i64 = desk
        .tx
        .prepare_cached(
            "INSERT INTO counts (conversation, messages) VALUES (?1, 1)
             ON CONFLICT (conversation) DO UPDATE SET messages = messages + 1
             RETURNING messages",
        )?
        .query_row(
            params![agreement.consent.conversation().as_bytes()],
            |row| row.get(0),
        )?;
    Ok(Some(messages.unsigned_abs()))
}
