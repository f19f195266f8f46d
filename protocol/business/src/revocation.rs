//! A certificate's end: from this number on, nothing of the business is taken. (SPEC §11.3, B-9)
//! Knows: what it says and whose signature it needs. Never knows: what it ends at the relay.

use crate::{BusinessId, Reason, RevocationSequence, Signed, labels};
use minicbor::{Decode, Encode};
use partywall_ground::{Seconds, cbor};
use partywall_proof::{PublicKey, SigningKey};

/// What a revocation says. (SPEC §11.3)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Revoked {
    /// Which revocation: 1, 2, 3, … over the whole relay.
    #[n(0)]
    pub sequence: RevocationSequence,
    /// Whose.
    #[n(1)]
    pub business: BusinessId,
    /// Why.
    #[n(2)]
    pub reason: Reason,
    /// When.
    #[n(3)]
    pub at: Seconds,
}

/// Not a revocation by this operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a revocation signed by the relay's operator: do not rely on it")]
pub struct BadRevocation;

/// As it was received: nothing about it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedRevocation(Signed);

/// A revocation whose signature was found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    signed: Signed,
    says: Revoked,
}

impl UnverifiedRevocation {
    /// Takes a signed revocation as it came.
    #[must_use]
    pub const fn new(signed: Signed) -> Self {
        Self(signed)
    }

    /// Proves that the operator revoked the business.
    ///
    /// # Errors
    /// Whatever is wrong with it, the same.
    pub fn verify(self, operator: &PublicKey) -> Result<Revocation, BadRevocation> {
        self.0
            .verify(operator, labels::REVOCATION)
            .map_err(|_| BadRevocation)?;
        let says: Revoked = cbor::decode(&self.0.bytes).map_err(|_| BadRevocation)?;
        if says.sequence.value() == 0 {
            return Err(BadRevocation);
        }
        Ok(Revocation {
            signed: self.0,
            says,
        })
    }
}

impl Revocation {
    /// Revokes, as the operator.
    ///
    /// # Errors
    /// When the sequence is 0, which means that there was none.
    pub fn issue(operator: &SigningKey, says: Revoked) -> Result<Self, BadRevocation> {
        if says.sequence.value() == 0 {
            return Err(BadRevocation);
        }
        let signed = Signed::make(operator, labels::REVOCATION, cbor::encode(&says));
        Ok(Self { signed, says })
    }

    /// What it says.
    #[must_use]
    pub const fn says(&self) -> &Revoked {
        &self.says
    }

    /// The bytes and their signature.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }
}
