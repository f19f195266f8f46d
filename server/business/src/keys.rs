//! The operator's business key and frank key, as the relay's binary hands them in. (SPEC §11.1, §11.6)
//! Knows: how they are used. Never shows them, never stores them; never knows the peer wing's key.

use partywall_business::frank::FrankKey;
use partywall_ground::RelayKey;
use partywall_proof::SigningKey;

/// What the file `business.key` holds. Wiped when dropped.
pub struct OperatorKeys {
    business: SigningKey,
    frank: FrankKey,
}

impl OperatorKeys {
    /// Of a business key and 32 secret random bytes for franking marks.
    #[must_use]
    pub fn new(business: SigningKey, frank: [u8; 32]) -> Self {
        Self {
            business,
            frank: FrankKey::new(frank),
        }
    }

    /// The key that signs certificates, revocations, tables, approvals, receipts and checkpoints.
    #[must_use]
    pub fn business(&self) -> &SigningKey {
        &self.business
    }

    /// Its public half, as `hello` says it.
    #[must_use]
    pub fn public(&self) -> RelayKey {
        RelayKey::new(*self.business.public().as_bytes())
    }

    /// Under which franking marks are made.
    pub(crate) const fn frank(&self) -> &FrankKey {
        &self.frank
    }
}

/// The type's name and nothing of the keys.
impl std::fmt::Debug for OperatorKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OperatorKeys")
    }
}
