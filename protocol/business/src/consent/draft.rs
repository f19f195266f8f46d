//! A consent in the making, on the customer's side. (SPEC §12.4)
//! Knows: what the customer wants. Never knows: the clock; both dates come in.

use super::body::{Body, Refusal};
use super::{Choices, UnverifiedConsent};
use crate::field::{MaybeRegion, Region};
use crate::id::{BusinessId, PairwiseKey};
use crate::labels;
use crate::signed::Signed;
use crate::table::Table;
use partywall_ground::{Seconds, cbor};
use partywall_proof::SigningKey;
use std::num::NonZeroU64;

/// What a customer wants.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// For which business.
    pub business: BusinessId,
    /// Which table is accepted.
    pub accepted: &'a Table,
    /// What is switched on.
    pub choices: Choices,
    /// Where the customer says to live; none: unknown.
    pub region: Option<Region>,
    /// One more than that of the consent before.
    pub counter: NonZeroU64,
    /// Now.
    pub issued: Seconds,
    /// The last second at which the choices hold.
    pub expiry: Seconds,
    /// Whether the customer objects.
    pub refusal: Refusal,
}

/// Why it cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDraft {
    /// A choice that the table does not offer there.
    #[error("a choice is switched on that the policy does not offer in this region: switch it off")]
    NotOffered,
    /// The dates are out of order, or a choice is barred by the refusal.
    #[error(
        "the consent contradicts itself: it has to run out after it was issued, and an objection leaves no choice for personalisation, advertising or analytics"
    )]
    Contradiction,
    /// No higher number is left: whoever numbered consents by one never comes here.
    #[error("this conversation has no number left for a consent: begin another one")]
    Exhausted,
}

impl Draft<'_> {
    /// Signs it with the customer's key for this business.
    ///
    /// # Errors
    /// Why it cannot be signed.
    pub fn sign(&self, pairwise: &SigningKey) -> Result<UnverifiedConsent, BadDraft> {
        let body = Body {
            business: self.business,
            pairwise: PairwiseKey::new(*pairwise.public().as_bytes()),
            table: self.accepted.hash(),
            choices: self.choices,
            region: MaybeRegion(self.region),
            counter: self.counter,
            issued: self.issued,
            expiry: self.expiry,
            refusal: self.refusal,
        };
        if !body.is_numbered() {
            return Err(BadDraft::Exhausted);
        }
        if !body.is_coherent() {
            return Err(BadDraft::Contradiction);
        }
        if !body.is_offered_by(self.accepted) {
            return Err(BadDraft::NotOffered);
        }
        let signed = Signed::make(pairwise, labels::CONSENT, cbor::encode(&body));
        Ok(UnverifiedConsent { signed, body })
    }
}
