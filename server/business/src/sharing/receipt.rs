//! Judges a receipt and what is declared with it, before anything is written. (SPEC §12.4, T-13 to
//! T-15, B-24)
//! Knows: the receipt, what was stored before it, what the tables offer. Never knows: how it came.

use std::sync::Arc;

use partywall_business::consent::{Consent, Counter, Party, UnverifiedConsent};
use partywall_business::field::Source;
use partywall_business::id::{ConversationId, TableHash};
use partywall_business::table::Table;
use partywall_business::value::Value;
use partywall_business::{Rule, Signed, Tombstone};
use partywall_store::StoreError;
use partywall_store::sql::{self, Connection, OptionalExtension, params};

use super::agreement::Agreement;
use crate::desk::Desk;
use crate::refusal::Judged;

/// A receipt that is to be taken, with what it lets be told at once.
pub(crate) struct Weighed {
    pub(super) agreement: Agreement,
    pub(super) declared: Vec<Value>,
    /// The very receipt that is in force: nothing is to be done.
    pub(super) again: bool,
}

/// A receipt as it came, its signature looked at by whoever took it: the writer proves none.
pub(crate) struct Presented {
    signed: Signed,
    /// None: it is nobody's, or of a table that nobody knows.
    proven: Option<Consent>,
}

impl Presented {
    /// Looks at the signature: it must be of whom the receipt names. Whether that is who asks, the
    /// writer says.
    pub(crate) fn of(signed: &Signed, find: impl FnOnce(&TableHash) -> Option<Table>) -> Self {
        let proven = UnverifiedConsent::decode(&signed.encode()).ok();
        let proven = proven.and_then(|consent| {
            let (party, table) = (consent.claimed_party(), find(&consent.claimed_table())?);
            consent.verify(&party, &table).ok()
        });
        Self {
            signed: signed.clone(),
            proven,
        }
    }
}

/// As [`weigh_presented`], of a receipt that nobody looked at.
#[cfg(test)]
pub(crate) fn weigh(
    desk: &mut Desk<'_>,
    party: &Party,
    signed: &Signed,
    declared: Vec<Value>,
) -> Judged<Weighed> {
    let lineage = desk.memory.policies.lineage();
    let presented = Presented::of(signed, |hash| lineage?.find(hash).cloned());
    weigh_presented(desk, party, &presented, declared)
}

/// Judges a receipt that arrives. Writes nothing.
pub(crate) fn weigh_presented(
    desk: &mut Desk<'_>,
    party: &Party,
    presented: &Presented,
    declared: Vec<Value>,
) -> Judged<Weighed> {
    let signed = &presented.signed;
    let conversation = party.conversation();
    if is_erased(desk.tx, &conversation)? {
        return Err(Rule::Erased.into());
    }
    let before = counter(desk.tx, &conversation)?;
    if has_ended(desk.tx, &conversation)? {
        return Err(Rule::Left.into());
    }
    let again = is_stored(desk.tx, &conversation, before, signed)?;
    let memory = if again { Counter::NONE } else { before };
    let consent = taken(desk, party, presented, memory)?;
    let agreement = Agreement::of(desk, Arc::new(consent))?.ok_or(Rule::TableUnknown)?;
    check_declared(&agreement, &declared)?;
    Ok(Weighed {
        agreement,
        declared,
        again,
    })
}

/// Values may be declared that somebody may be told, each field once. (T-12)
pub(super) fn check_declared(agreement: &Agreement, declared: &[Value]) -> Judged<()> {
    let ascending = declared
        .windows(2)
        .all(|pair| pair[0].field() < pair[1].field());
    let permitted = declared
        .iter()
        .all(|value| value.field().source() == Source::Declared && agreement.allows(value.field()));
    if ascending && permitted {
        Ok(())
    } else {
        Err(Rule::NotPermitted.into())
    }
}

fn taken(
    desk: &Desk<'_>,
    party: &Party,
    presented: &Presented,
    memory: Counter,
) -> Judged<Consent> {
    let encoded = presented.signed.encode();
    let unverified = UnverifiedConsent::decode(&encoded).map_err(|_| Rule::BadConsent)?;
    let now = desk.now.wire();
    let named = unverified.claimed_table();
    let lineage = desk.memory.policies.lineage().ok_or(Rule::TableUnknown)?;
    if lineage.find(&named).is_none() {
        return Err(Rule::TableUnknown.into());
    }
    lineage.acceptable(&named, now).ok_or(Rule::TableOutdated)?;
    let consent = presented.proven.as_ref().ok_or(Rule::BadConsent)?;
    if consent.party() != *party {
        return Err(Rule::BadConsent.into());
    }
    memory.after(consent).map_err(|_| Rule::CounterTooLow)?;
    if consent.expiry() < now {
        return Err(Rule::BadConsent.into());
    }
    Ok(consent.clone())
}

/// The highest counter that was ever taken: receipts may be gone, what they counted is not. (T-14)
fn counter(connection: &Connection, conversation: &ConversationId) -> Result<Counter, StoreError> {
    let stored = connection
        .prepare_cached("SELECT counter FROM acceptances WHERE conversation = ?1")?
        .query_row([conversation.as_bytes()], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(Counter::new(read_counter(stored.unwrap_or(0))?))
}

/// A number from the database. One below nothing is one conversation's fault, not the file's.
pub(super) fn read_counter(stored: i64) -> Result<u64, StoreError> {
    let counter = u64::try_from(stored);
    Ok(counter.map_err(|_| sql::Error::IntegralValueOutOfRange(0, stored))?)
}

/// Whether the customer left: a hard stop, for this pairwise key for good. (B-14)
fn has_ended(connection: &Connection, conversation: &ConversationId) -> Result<bool, StoreError> {
    let found = connection
        .prepare_cached("SELECT 1 FROM acceptances WHERE conversation = ?1 AND ended = 1")?
        .exists([conversation.as_bytes()])?;
    Ok(found)
}

fn is_stored(
    connection: &Connection,
    conversation: &ConversationId,
    counter: Counter,
    signed: &Signed,
) -> Result<bool, StoreError> {
    let counter = i64::try_from(counter.value());
    let Ok(counter) = counter else {
        return Ok(false);
    };
    let stored: Option<Vec<u8>> = connection
        .prepare_cached("SELECT signed FROM consents WHERE conversation = ?1 AND counter = ?2")?
        .query_row(params![conversation.as_bytes(), counter], |row| row.get(0))
        .optional()?;
    Ok(stored.is_some_and(|stored| stored == signed.encode()))
}

/// Whether all of this conversation was erased. (B-24)
pub(crate) fn is_erased(
    connection: &Connection,
    conversation: &ConversationId,
) -> Result<bool, StoreError> {
    let found = connection
        .prepare_cached("SELECT 1 FROM tombstones WHERE tombstone = ?1")?
        .exists([Tombstone::of(conversation).as_bytes()])?;
    Ok(found)
}
