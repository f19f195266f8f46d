//! A batch whose every proof was verified: the only thing that a sink is ever given. (SPEC X-5)
//! Knows: what makes a batch one of this sink's. Never knows: how it is written, where it goes.

use std::collections::BTreeSet;

use partywall_business::export::{Batch, BatchError, ProvenBatch};
use partywall_business::field::Recipient;
use partywall_business::ledger::Operator;

/// A proven batch for one sink. Has no `Debug`: it is full of what customers disclosed.
pub(crate) struct Parcel(ProvenBatch);

/// Why nothing of a batch is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproven {
    #[error(transparent)]
    Batch(BatchError),
    #[error("a record is for another recipient than this sink's")]
    OtherRecipient,
    #[error("a record is in it twice")]
    Twice,
}

impl Parcel {
    /// Proves every record, and that each is for this recipient and there once. The only door to a parcel.
    pub(crate) fn prove(
        batch: Batch,
        operator: &Operator,
        recipient: Recipient,
    ) -> Result<Self, Unproven> {
        let proven = batch.verify(operator).map_err(Unproven::Batch)?;
        let mut keys = BTreeSet::new();
        for carried in proven.records() {
            if carried.record().recipient != recipient {
                return Err(Unproven::OtherRecipient);
            }
            if !keys.insert(carried.record().key) {
                return Err(Unproven::Twice);
            }
        }
        Ok(Self(proven))
    }

    /// What was proven.
    pub(crate) const fn proven(&self) -> &ProvenBatch {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Ledger, Spoilt};
    use partywall_business::ledger::{LedgerError, Origin};

    #[test]
    fn a_batch_is_taken_only_when_every_record_of_it_is_proven() {
        let mut ledger = Ledger::new();
        let operator = ledger.operator();
        let mut proved =
            |spoilt| Parcel::prove(ledger.spoilt(3, spoilt), &operator, Recipient::Parent).err();
        assert_eq!(proved(Spoilt::Nothing), None);
        let not_included = Unproven::Batch(BatchError::NotProven(LedgerError::NotIncluded));
        for spoilt in [Spoilt::Salt, Spoilt::Payload, Spoilt::Index, Spoilt::Path] {
            assert_eq!(proved(spoilt), Some(not_included), "{spoilt:?}");
        }
        let not_signed = Unproven::Batch(BatchError::NotProven(LedgerError::NotSigned));
        assert_eq!(proved(Spoilt::Note), Some(not_signed));
        assert_eq!(
            proved(Spoilt::Kind),
            Some(Unproven::Batch(BatchError::NotADisclosure))
        );
        assert_eq!(proved(Spoilt::Recipient), Some(Unproven::OtherRecipient));
        assert_eq!(proved(Spoilt::Twice), Some(Unproven::Twice));
    }

    #[test]
    fn a_batch_of_another_operator_or_of_another_ledger_is_not_taken() {
        let mut ledger = Ledger::new();
        let other_key = partywall_proof::SigningKey::from_seed(&[8; 32]).public();
        let other_origin = Origin::of_authority("other.example:7444").unwrap();
        for other in [
            Operator::new(ledger.origin.clone(), other_key),
            Operator::new(other_origin, ledger.key.public()),
        ] {
            let batch = ledger.batch(1, 0, Recipient::Parent);
            assert!(Parcel::prove(batch, &other, Recipient::Parent).is_err());
        }
    }
}
