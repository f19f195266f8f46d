//! Consents are numbered, and an old one never comes back. (SPEC T-14)
//! Knows: the highest number seen in one conversation. It outlives the erasure of everything else.
//! Never knows: what was consented to.

use super::{BadConsent, Consent, Party, UnverifiedConsent};
use crate::table::Table;
use partywall_ground::Seconds;

/// The highest counter that was ever taken in a conversation: what is left as a tombstone when
/// all else of it is erased. 0: none was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counter(u64);

/// Why a consent is not taken. To be told only to the customer whose key signed it; the first
/// says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not this customer's consent, for this business, to this table.
    #[error("this is not this customer's consent to this table")]
    Bad,
    /// A newer one was taken already, or this very one.
    #[error("a newer consent is known: look at it, and sign the next one")]
    Older,
    /// Its time has passed.
    #[error("this consent has run out: sign a new one")]
    Expired,
}

impl Counter {
    /// None was taken yet.
    pub const NONE: Self = Self(0);

    /// As it was stored.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// As it is to be stored.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The counter after taking a consent; refuses one that is not newer. (SPEC T-14)
    ///
    /// # Errors
    /// [`Refused::Older`].
    pub fn after(self, consent: &Consent) -> Result<Self, Refused> {
        let counter = consent.counter().get();
        if counter <= self.0 && !partywall_mutant::is("P19") {
            return Err(Refused::Older);
        }
        Ok(Self(counter))
    }
}

impl From<BadConsent> for Refused {
    fn from(_: BadConsent) -> Self {
        Self::Bad
    }
}

/// Judges a consent that arrives: this customer's, for this business, to this table, newer than
/// every other, not run out. Gives the consent and what to remember. The caller says which table
/// may be accepted now ([`Lineage::acceptable`]); a consent to any other is bad. (SPEC T-14)
///
/// [`Lineage::acceptable`]: crate::table::Lineage::acceptable
///
/// # Errors
/// Why it is not taken; then nothing is to be remembered.
pub fn judge(
    consent: UnverifiedConsent,
    party: &Party,
    accepted: &Table,
    memory: Counter,
    now: Seconds,
) -> Result<(Consent, Counter), Refused> {
    let consent = consent.verify(party, accepted)?;
    let counter = memory.after(&consent)?;
    if consent.expiry() < now {
        return Err(Refused::Expired);
    }
    Ok((consent, counter))
}
