//! Records that wait: one for each value that somebody may be told, and none twice. (SPEC X-1)
//! Knows: permits and values. Never knows: sinks.

use partywall_business::field::Recipient;
use partywall_business::id::{BusinessId, ConversationId, RecordKey};
use partywall_business::permit::Permit;
use partywall_business::table::Row;
use partywall_business::value::Value;
use partywall_ground::cbor;
use partywall_store::StoreError;
use partywall_store::sql::{self, params};

use super::agreement::Agreement;
use crate::claims::{self, ToldTo};
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::talk::Conversation;

/// Whose records they are.
#[derive(Clone, Copy)]
pub(crate) struct Whose {
    pub(crate) conversation: ConversationId,
    pub(crate) business: BusinessId,
}

impl Whose {
    pub(crate) fn of(agreement: &Agreement) -> Self {
        Self {
            conversation: agreement.consent.conversation(),
            business: agreement.consent.party().business,
        }
    }
}

/// Makes the records of a value that the permits of its field let be told, each rounded as its
/// permit says. What the business may know is told at once, through its own door.
pub(super) fn keep(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    agreement: &Agreement,
    value: Value,
) -> Judged<()> {
    let most = if partywall_mutant::is("P39") {
        1
    } else {
        usize::MAX
    };
    for permit in agreement.permits(value.field()).take(most) {
        keep_one(desk, conversation, Whose::of(agreement), permit, value)?;
    }
    Ok(())
}

fn keep_one(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    whose: Whose,
    permit: Permit,
    value: Value,
) -> Judged<()> {
    let row = permit.row();
    let Some(rounded) = value.rounded(permit.grant().precision) else {
        return Ok(());
    };
    let record = RecordKey::new(desk.dice.bytes());
    let is_new = insert(desk, whose, row, &record, &rounded)?;
    if is_new && row.recipient == Recipient::Business {
        let told = ToldTo { whose, record };
        claims::tell_business(desk, conversation, told, permit, rounded)?;
    } else if is_new {
        desk.effects.wake_exporter = true;
    }
    Ok(())
}

fn insert(
    desk: &mut Desk<'_>,
    whose: Whose,
    row: Row,
    record: &RecordKey,
    value: &Value,
) -> Result<bool, sql::Error> {
    let inserted = desk
        .tx
        .prepare_cached(
            "INSERT OR IGNORE INTO records
               (record, conversation, business, field, recipient, purpose, value, made, place)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
               (SELECT COALESCE(MAX(place), 0) + 1 FROM records WHERE recipient = ?5 AND state = 0))",
        )?
        .execute(params![
            record.as_bytes(),
            whose.conversation.as_bytes(),
            whose.business.as_bytes(),
            row.field.code(),
            row.recipient.code(),
            row.purpose.code(),
            cbor::encode(value),
            desk.now.stored(),
        ])?;
    Ok(inserted == 1)
}

/// A stored value.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is none.
pub(crate) fn read_value(bytes: &[u8]) -> Result<Value, StoreError> {
    cbor::decode(bytes).map_err(|_| StoreError::Corrupt)
}
