//! What a customer can see of what is held of them, and the receipt of its end. (SPEC §11.7)
//! Knows: bodies and the receipt's signature. Never knows: what is held.

use crate::ledger::{Inclusion, Index, Opening, UnverifiedCheckpoint};
use crate::{
    BusinessId, Categories, ConversationId, ConversationStanding, Count, Declared, More, Number,
    Signed, labels,
};
use minicbor::{Decode, Decoder, Encode};
use partywall_ground::silent;
use partywall_ground::{AtMost, Seconds, cbor};
use partywall_proof::{PublicKey, SigningKey};

silent!(Record, DisclosuresAre);

/// What is held of a customer. (SPEC §11.7)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldIs {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Which conversation.
    #[n(1)]
    pub conversation: ConversationId,
    /// With which business.
    #[n(2)]
    pub business: BusinessId,
    /// How it stands.
    #[n(3)]
    pub standing: ConversationStanding,
    /// Which templates may come.
    #[n(4)]
    pub opted_in: Categories,
    /// What the customer's client said.
    #[n(5)]
    pub declared: Declared,
    /// Messages that wait.
    #[n(6)]
    pub waiting: Count,
    /// Consents.
    #[n(7)]
    pub consents: Count,
    /// Disclosures.
    #[n(8)]
    pub disclosures: Count,
    /// Reports.
    #[n(9)]
    pub reports: Count,
    /// When the window closes; 0 if none was ever open.
    #[n(10)]
    pub window_expires_at: Seconds,
}

/// Consents, ascending by counter. (SPEC §11.7)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConsentsAre {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// As they were received.
    #[n(1)]
    pub consents: AtMost<Signed, 16>,
    /// Whether there are more.
    #[n(2)]
    pub more: More,
}

/// What was told of the customer, ascending by entry. (SPEC §11.7)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct DisclosuresAre {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Each with its proof.
    #[n(1)]
    pub records: AtMost<Record, 8>,
    /// Whether there are more.
    #[n(2)]
    pub more: More,
    /// To which the proofs lead.
    #[n(3)]
    pub checkpoint: UnverifiedCheckpoint,
}

/// A disclosure, and what became of it: the last two once it is known, together. (SPEC §11.7, §13)
#[derive(Encode)]
#[cbor(map)]
pub struct Record {
    /// Opens the disclosure.
    #[n(0)]
    pub disclosure: Opening,
    /// Where it stands.
    #[n(1)]
    pub disclosure_inclusion: Inclusion,
    /// Opens its outcome.
    #[n(2)]
    pub outcome: Option<Opening>,
    /// Where that stands.
    #[n(3)]
    pub outcome_inclusion: Option<Inclusion>,
}

/// The four keys, before it is known whether the last two come together.
#[derive(Decode)]
#[cbor(map)]
struct Keys {
    #[n(0)]
    disclosure: Opening,
    #[n(1)]
    disclosure_inclusion: Inclusion,
    #[n(2)]
    outcome: Option<Opening>,
    #[n(3)]
    outcome_inclusion: Option<Inclusion>,
}

impl<'b, C> Decode<'b, C> for Record {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let keys = Keys::decode(decoder, context)?;
        if keys.outcome.is_some() != keys.outcome_inclusion.is_some() {
            return Err(minicbor::decode::Error::message(
                "an outcome without its place, or a place without its outcome",
            ));
        }
        Ok(Self {
            disclosure: keys.disclosure,
            disclosure_inclusion: keys.disclosure_inclusion,
            outcome: keys.outcome,
            outcome_inclusion: keys.outcome_inclusion,
        })
    }
}

/// All that can be erased is erased. (SPEC §11.7, B-24)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Erased {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// The receipt: [`Erasure::verify`] reads it.
    #[n(1)]
    pub receipt: Signed,
}

/// The operator's word that it destroyed payload and salt of these entries. (SPEC §11.7)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Erasure {
    /// Of which conversation.
    #[n(0)]
    pub conversation: ConversationId,
    /// When.
    #[n(1)]
    pub at: Seconds,
    /// Which entries, ascending.
    #[n(2)]
    pub entries: AtMost<Index, LONGEST_ERASURE>,
}

/// Entries in one receipt of erasure: as many as fit in a frame, whatever their indices.
pub const LONGEST_ERASURE: usize = 7_000;

/// Not a receipt by this operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a receipt signed by the relay's operator: ask for the erasure again")]
pub struct BadReceipt;

impl Erasure {
    /// Signs the receipt, as the operator.
    #[must_use]
    pub fn sign(&self, operator: &SigningKey) -> Signed {
        Signed::make(operator, labels::ERASURE, cbor::encode(self))
    }

    /// Proves that the operator says that it erased.
    ///
    /// # Errors
    /// Whatever is wrong with it, the same.
    pub fn verify(receipt: &Signed, operator: &PublicKey) -> Result<Self, BadReceipt> {
        receipt
            .verify(operator, labels::ERASURE)
            .map_err(|_| BadReceipt)?;
        let says: Self = cbor::decode(&receipt.bytes).map_err(|_| BadReceipt)?;
        if says.entries.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(BadReceipt);
        }
        Ok(says)
    }
}
