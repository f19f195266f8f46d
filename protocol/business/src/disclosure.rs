//! The disclosure: one value, told to one recipient, under one permit. (SPEC §12.6)
//! Knows: what is told and why. Never knows: the customer's name at anybody else, nor how it is
//! sent.

mod record;

pub use record::Record;

use crate::id::{ConversationId, RecordKey, Subject};
use crate::permit::Permit;
use crate::value::{Value, rounded_to_hour};
use partywall_ground::{Seconds, cbor};

/// One value that may leave. Made from a [`Permit`] and from nothing else, so that whatever takes
/// a `Disclosure` takes only what was permitted. (SPEC T-18)
#[derive(Debug, PartialEq, Eq)]
pub struct Disclosure {
    record: Record,
    bytes: Vec<u8>,
}

/// What a disclosure says beside its permit and its value.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Drawn by the relay for this disclosure.
    pub record: RecordKey,
    /// Now.
    pub time: Seconds,
}

/// The value is another field's than the permit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the permit is for another field than the value's")]
pub struct WrongField;

impl Disclosure {
    pub(crate) fn under(permit: Permit, value: Value, facts: Facts) -> Result<Self, WrongField> {
        if value.field() != permit.row.field {
            return Err(WrongField);
        }
        let value = value.rounded(permit.grant.precision).ok_or(WrongField)?;
        let subject = if partywall_mutant::is("P02") {
            let whole = partywall_proof::sha256(&cbor::encode(&value));
            Subject::of(&ConversationId::new(whole), permit.row.recipient)
        } else {
            Subject::of(&permit.conversation, permit.row.recipient)
        };
        let record = Record {
            key: facts.record,
            subject,
            business: permit.party.business,
            value,
            recipient: permit.row.recipient,
            purpose: permit.row.purpose,
            basis: permit.basis,
            table: permit.table,
            time: rounded_to_hour(facts.time),
            keep: permit.grant.keep,
            region: permit.region,
            precision: permit.grant.precision,
        };
        let bytes = cbor::encode(&record);
        Ok(Self { record, bytes })
    }

    /// Its bytes: the payload of the ledger's entry, and what a sink is sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }
}

#[cfg(test)]
mod tests;
