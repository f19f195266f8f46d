//! Takes what was weighed: stores the receipt, lets go of what it does not permit any more, and makes
//! the records that it newly permits. (SPEC §12.4, B-23)
//! Knows: one conversation's receipts and declared values. Never knows: who waits for the answer.

use partywall_business::Rule;
use partywall_business::consent::{Consent, Refusal as Objection};
use partywall_business::field::Field;
use partywall_business::id::ConversationId;
use partywall_business::value::Value;
use partywall_ground::cbor;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

use super::agreement::{self, Agreement};
use super::receipt::{Weighed, check_declared};
use super::records;
use crate::claims::{self, Barred};
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::scribe::apart;
use crate::talk::Conversation;

/// Takes a receipt that was weighed in this transaction. The request is answered when the flights
/// have landed. What changes of the conversation, which has its row, is in memory: the caller saves
/// it.
pub(crate) fn take(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    weighed: Weighed,
) -> Judged<Barred> {
    if weighed.again {
        return claims::flights(desk, &weighed.agreement.consent.conversation());
    }
    let agreement = weighed.agreement;
    let before = agreement::find(desk, &conversation.id)?;
    // The first one begins the conversation, at a pace of its own.
    if before.is_some_and(|before| !withdraws(&before.consent, &agreement.consent)) {
        conversation.paces(desk)?;
    }
    store(desk, &agreement)?;
    let id = agreement.consent.conversation();
    desk.memory
        .policies
        .remember(id, (*agreement.consent).clone());
    let_go(desk, &agreement)?;
    let barred = claims::bar_what_changed(desk, &agreement)?;
    declare_all(desk, &agreement, &weighed.declared)?;
    for value in declared(desk.tx, &id)? {
        records::keep(desk, conversation, &agreement, value)?;
    }
    Ok(barred)
}

/// Whether it switches something off, or objects anew, and switches nothing on: that waits for nothing.
/// (B-15)
fn withdraws(before: &Consent, after: &Consent) -> bool {
    let (old, new) = (before.choices(), after.choices());
    let objects = before.refusal() == Objection::None && after.refusal() != Objection::None;
    old.and(new) == *new && (old != new || objects)
}

/// Values that a customer's client declares without a new receipt.
pub(crate) fn declare(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    values: &[Value],
) -> Judged<()> {
    let agreement = agreement::find(desk, &conversation.id)?.ok_or(Rule::NoSuchConversation)?;
    check_declared(&agreement, values)?;
    conversation.paces(desk)?;
    declare_all(desk, &agreement, values)?;
    for value in values {
        records::keep(desk, conversation, &agreement, *value)?;
    }
    Ok(())
}

/// What is declared of a customer, in the order of the fields.
pub(crate) fn declared(
    connection: &Connection,
    conversation: &ConversationId,
) -> Result<Vec<Value>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT value FROM declared WHERE conversation = ?1 ORDER BY field")?;
    let mut rows = select.query([conversation.as_bytes()])?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(|_| StoreError::Corrupt)?;
        values.push(records::read_value(bytes)?);
    }
    Ok(values)
}

fn store(desk: &mut Desk<'_>, agreement: &Agreement) -> Judged<()> {
    let consent = &agreement.consent;
    let party = consent.party();
    let counter = stored_counter(consent.counter().get())?;
    let version = desk
        .memory
        .policies
        .lineage()
        .and_then(|lineage| lineage.find(&consent.table()))
        .map(|table| table.version().get())
        .ok_or(StoreError::Corrupt)?;
    desk.tx
        .prepare_cached(
            "INSERT INTO consents (conversation, counter, stored, signed) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            consent.conversation().as_bytes(),
            counter,
            desk.now.stored(),
            consent.signed()
        ])?;
    desk.tx
        .prepare_cached(
            "INSERT INTO acceptances (conversation, business, pairwise, version, counter)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (conversation) DO UPDATE SET version = ?4, counter = ?5",
        )?
        .execute(params![
            consent.conversation().as_bytes(),
            party.business.as_bytes(),
            party.pairwise.as_bytes(),
            version,
            counter
        ])?;
    Ok(())
}

/// A number as the database keeps it. (SPEC §12.4)
fn stored_counter(counter: u64) -> Judged<i64> {
    Ok(i64::try_from(counter).map_err(|_| Rule::BadConsent)?)
}

/// What nobody may be told any more is not kept.
fn let_go(desk: &mut Desk<'_>, agreement: &Agreement) -> Judged<()> {
    let conversation = agreement.consent.conversation();
    for value in declared(desk.tx, &conversation)? {
        if !agreement.allows(value.field()) {
            desk.tx
                .prepare_cached("DELETE FROM declared WHERE conversation = ?1 AND field = ?2")?
                .execute(params![conversation.as_bytes(), value.field().code()])?;
            desk.effects.erased = true;
        }
    }
    if !agreement.allows(Field::MessageCount) {
        desk.tx
            .prepare_cached("DELETE FROM counts WHERE conversation = ?1")?
            .execute([conversation.as_bytes()])?;
    }
    Ok(())
}

/// Lets go of what nobody may be told any more of some customers, in the order of their pseudonyms:
/// under another table, or because a receipt ran out. The last that was looked at; none, if there was
/// none behind the first.
pub(crate) fn sweep(
    desk: &mut Desk<'_>,
    after: Option<ConversationId>,
) -> Judged<Option<ConversationId>> {
    let after = after.map_or(Vec::new(), |after| after.as_bytes().to_vec());
    let page = {
        let mut select = desk.tx.prepare_cached(
            "SELECT conversation FROM declared WHERE conversation > ?1
             UNION SELECT conversation FROM counts WHERE conversation > ?1
             UNION SELECT conversation FROM disclosures WHERE conversation > ?1 AND outcome = 0
             ORDER BY conversation LIMIT ?2",
        )?;
        let rows = select.query_map(params![after, SWEPT], |row| {
            row.get(0).map(ConversationId::new)
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for conversation in &page {
        // One customer's broken rows do not keep what is to be let go of the others.
        let _skipped = apart(desk, |desk| {
            // Of a business that is suspended nothing is told, and nothing is lost either.
            let agreement = agreement::find(desk, conversation)?;
            match agreement.filter(Agreement::is_with_a_verified_business) {
                Some(agreement) => {
                    let_go(desk, &agreement)?;
                    // Nobody waits for it: what is in flight is called off.
                    let _aborted = claims::bar_what_changed(desk, &agreement)?;
                    Ok(())
                }
                None => Ok(()),
            }
        })?;
    }
    Ok(page.last().copied())
}

/// Customers that one round looks at.
const SWEPT: i64 = 64;

fn declare_all(desk: &mut Desk<'_>, agreement: &Agreement, values: &[Value]) -> Judged<()> {
    let mut upsert = desk.tx.prepare_cached(
        "INSERT OR REPLACE INTO declared (conversation, field, stored, value)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for value in values {
        upsert.execute(params![
            agreement.consent.conversation().as_bytes(),
            value.field().code(),
            desk.now.stored(),
            cbor::encode(value)
        ])?;
    }
    Ok(())
}
