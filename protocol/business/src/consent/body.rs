//! The bytes of a consent. (SPEC §12.4)
//! Knows: `{0 => business, 1 => pairwise key, 2 => table, 3 => choices, 4 => region, 5 => counter,
//! 6 => issued, 7 => expiry, 8 => refusal}`. Never knows: whether they are signed.

use super::{Choices, HIGHEST};
use crate::field::{Basis, MaybeRegion};
use crate::id::{BusinessId, PairwiseKey, TableHash};
use crate::table::Table;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};
use partywall_ground::Seconds;
use std::num::NonZeroU64;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Body {
    #[n(0)]
    pub(super) business: BusinessId,
    #[n(1)]
    pub(super) pairwise: PairwiseKey,
    #[n(2)]
    pub(super) table: TableHash,
    #[n(3)]
    pub(super) choices: Choices,
    #[n(4)]
    pub(super) region: MaybeRegion,
    #[n(5)]
    pub(super) counter: NonZeroU64,
    #[n(6)]
    pub(super) issued: Seconds,
    #[n(7)]
    pub(super) expiry: Seconds,
    #[n(8)]
    pub(super) refusal: Refusal,
}

/// Whether the customer objected to what is not needed for the service. (SPEC T-15)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Did not.
    None,
    /// Objected (GDPR 21), or opted out of sharing (CCPA).
    Objection,
    /// Their browser or app sent Global Privacy Control.
    GlobalPrivacyControl,
}

impl Body {
    /// Whether its number is one that everybody can keep. (SPEC §12.4)
    pub(super) const fn is_numbered(&self) -> bool {
        self.counter.get() <= HIGHEST
    }

    /// Whether it agrees with itself: dates in order, and no choice that its refusal bars.
    pub(super) fn is_coherent(&self) -> bool {
        let is_refused = self.refusal != Refusal::None
            && self
                .choices
                .iter()
                .any(|choice| choice.purpose.is_refusable());
        self.issued < self.expiry && !is_refused
    }

    /// Whether the table offers every choice, where the customer lives. (SPEC T-13)
    pub(super) fn is_offered_by(&self, table: &Table) -> bool {
        self.choices
            .iter()
            .all(|choice| table.grant(choice, Basis::Consent, self.region.0).is_some())
    }
}

impl<C> Encode<C> for Refusal {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let code = match self {
            Self::None => 0,
            Self::Objection => 1,
            Self::GlobalPrivacyControl => 2,
        };
        encoder.u8(code)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Refusal {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        match decoder.u8()? {
            0 => Ok(Self::None),
            1 => Ok(Self::Objection),
            2 => Ok(Self::GlobalPrivacyControl),
            _ => Err(minicbor::decode::Error::message("unknown refusal")),
        }
    }
}
