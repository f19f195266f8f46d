//! Consent: what a customer accepted and switched on, signed by the key made for this business.
//! (SPEC §12.4)
//! Knows: one receipt and the table it accepts. Never knows: values, other conversations, clocks.

mod body;
mod choices;
mod counter;
mod draft;

pub use body::Refusal;
pub use choices::Choices;
pub use counter::{Counter, Refused, judge};
pub use draft::{BadDraft, Draft};

use crate::field::Region;
use crate::id::{BusinessId, ConsentHash, ConversationId, PairwiseKey, TableHash};
use crate::labels;
use crate::signed::Signed;
use crate::table::{Row, Table};
use body::Body;
use partywall_ground::Seconds;
use partywall_ground::cbor::{self, BodyError};
use partywall_proof::{PublicKey, hash};
use std::num::NonZeroU64;

/// Bytes of the longest consent, inner bytes. (SPEC §12.4)
pub const LONGEST: usize = 2_048;

/// The highest number of a consent: what databases keep in eight bytes with a sign. (SPEC §12.4)
pub const HIGHEST: u64 = i64::MAX.cast_unsigned();

/// Between whom: a business and one customer's key for it. (SPEC T-1)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The business.
    pub business: BusinessId,
    /// The customer, as this business knows them.
    pub pairwise: PairwiseKey,
}

impl Party {
    /// Their conversation.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        ConversationId::of(&self.business, &self.pairwise)
    }
}

/// A consent as it was received: nothing about it is proven yet. (SPEC §12.4)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedConsent {
    signed: Signed,
    body: Body,
}

/// A consent that this customer signed, for this business, over this table, without a choice that
/// the table does not offer. Only [`UnverifiedConsent::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    signed: Signed,
    body: Body,
    conversation: ConversationId,
}

/// Not this customer's consent to this table. Says nothing more, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not this customer's consent to this table")]
pub struct BadConsent;

impl UnverifiedConsent {
    /// Reads a signed consent, strictly.
    ///
    /// # Errors
    /// When the bytes are not one.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        let signed = Signed::decode(bytes)?;
        if signed.bytes.len() > LONGEST {
            return Err(BodyError::Shape);
        }
        let body: Body = cbor::decode(&signed.bytes)?;
        if !body.is_numbered() || !body.is_coherent() {
            return Err(BodyError::Shape);
        }
        Ok(Self { signed, body })
    }

    /// Its bytes, as it was received.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.signed.encode()
    }

    /// The table that it says to accept, so that the table can be found. Proves nothing.
    #[must_use]
    pub const fn claimed_table(&self) -> TableHash {
        self.body.table
    }

    /// Between whom it says to be. Proves nothing.
    #[must_use]
    pub const fn claimed_party(&self) -> Party {
        Party {
            business: self.body.business,
            pairwise: self.body.pairwise,
        }
    }

    /// The number that it says to have. Proves nothing.
    #[must_use]
    pub const fn claimed_counter(&self) -> NonZeroU64 {
        self.body.counter
    }

    /// When it says to have been signed. Proves nothing.
    #[must_use]
    pub const fn claimed_issued(&self) -> Seconds {
        self.body.issued
    }

    /// Proves that this customer signed it, for this business, over this table, and chose nothing
    /// that the table does not offer. The only door to a [`Consent`]. Says nothing about counter
    /// and dates: see [`judge`]. (SPEC T-13, T-14)
    ///
    /// # Errors
    /// Whatever the cause, the same.
    pub fn verify(self, party: &Party, accepted: &Table) -> Result<Consent, BadConsent> {
        if self.claimed_party() != *party || self.body.table != accepted.hash() {
            return Err(BadConsent);
        }
        let key = PublicKey::from_bytes(party.pairwise.as_bytes()).map_err(|_| BadConsent)?;
        let signed = self.signed.verify(&key, labels::CONSENT);
        if signed.is_err() && !partywall_mutant::is("P18") {
            return Err(BadConsent);
        }
        if !self.body.is_offered_by(accepted) {
            return Err(BadConsent);
        }
        Ok(Consent {
            signed: self.signed,
            body: self.body,
            conversation: party.conversation(),
        })
    }
}

impl Consent {
    /// Between whom.
    #[must_use]
    pub const fn party(&self) -> Party {
        Party {
            business: self.body.business,
            pairwise: self.body.pairwise,
        }
    }

    /// Their conversation.
    #[must_use]
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The table that was accepted.
    #[must_use]
    pub const fn table(&self) -> TableHash {
        self.body.table
    }

    /// What was switched on.
    #[must_use]
    pub const fn choices(&self) -> &Choices {
        &self.body.choices
    }

    /// Where the customer says to live; none: unknown.
    #[must_use]
    pub const fn region(&self) -> Option<Region> {
        self.body.region.0
    }

    /// Its number within the conversation.
    #[must_use]
    pub const fn counter(&self) -> NonZeroU64 {
        self.body.counter
    }

    /// When the customer signed it.
    #[must_use]
    pub const fn issued(&self) -> Seconds {
        self.body.issued
    }

    /// The last second at which its choices hold.
    #[must_use]
    pub const fn expiry(&self) -> Seconds {
        self.body.expiry
    }

    /// Whether the customer objected.
    #[must_use]
    pub const fn refusal(&self) -> Refusal {
        self.body.refusal
    }

    /// Whether a choice of this row holds at `now`: made, not run out, not refused. (SPEC T-15)
    #[must_use]
    pub fn chose(&self, row: Row, now: Seconds) -> bool {
        (self.body.choices.contains(row) || partywall_mutant::is("P20"))
            && now <= self.body.expiry
            && !(self.body.refusal != Refusal::None && row.purpose.is_refusable())
    }

    /// Its hash, by which others name it.
    #[must_use]
    pub fn hash(&self) -> ConsentHash {
        ConsentHash::new(hash(labels::CONSENT, &[&self.signed.bytes]))
    }

    /// The signed consent, as it was received: the receipt.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        self.signed.encode()
    }
}

#[cfg(test)]
pub(crate) mod tests;
