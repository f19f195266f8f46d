//! The names that conversations, events, templates and what proves them have on the wire; bytes of
//! one exact length, a type each. (SPEC §11.1) Knows: which are hashes of which. Never shows what
//! they are: `Debug` prints the type's name.

use crate::{BusinessId, ConversationId, labels};
use partywall_ground::LinkSecret;
use partywall_ground::ids;
use partywall_proof::{PublicKey, hash};

ids! {
    /// The key with which somebody logs in: an Ed25519 public key, as received. (SPEC §11.2)
    CallerKey, 32;
    /// With which a customer reaches what is theirs when the rest is gone: an Ed25519 public key,
    /// as received, drawn for one business. (SPEC §11.1)
    RightsKey, 32;
    /// With which a business answers: its session identity, Ed ‖ IK, as received. (SPEC §11.1)
    Endpoint, 64;
    /// Which event: 16 bytes drawn by the relay, the same at every delivery. (SPEC §11.1)
    EventId, 16;
    /// Which template: from `H("template", business id, template)`. (SPEC §11.1)
    TemplateId, 16;
    /// Which certificate: `H("certificate", bytes)`. (SPEC §11.3)
    CertificateHash, 32;
    /// `C`: what an envelope says, under a key that lies inside. (SPEC §11.6)
    Commitment, 32;
    /// What the relay lets a receiver show it again. (SPEC §11.6)
    Mark, 32;
    /// What is kept of a conversation that was erased: `H("tombstone", conversation)`. (SPEC B-24)
    Tombstone, 32;
}

impl TemplateId {
    /// The id of these template bytes at a business. (SPEC §11.1)
    #[must_use]
    pub fn of(business: &BusinessId, template: &[u8]) -> Self {
        let whole = hash(labels::TEMPLATE, &[business.as_bytes(), template]);
        let (first, _) = whole
            .split_first_chunk()
            .expect("a hash is longer than a template id");
        Self(*first)
    }
}

impl Tombstone {
    /// What is kept of this conversation. (SPEC B-24)
    #[must_use]
    pub fn of(conversation: &ConversationId) -> Self {
        Self(hash(labels::TOMBSTONE, &[conversation.as_bytes()]))
    }
}

macro_rules! from_key {
    ($($name:ty),*) => {$(
        impl From<&PublicKey> for $name {
            fn from(key: &PublicKey) -> Self {
                Self::new(*key.as_bytes())
            }
        }
    )*};
}

from_key!(CallerKey, RightsKey, crate::PairwiseKey, crate::AccountKey);

/// A business's `L`, which is public: its shelf key, capability and PSK follow from it as from any
/// link's. (SPEC B-1)
#[must_use]
pub fn business_link_secret(business: &BusinessId) -> LinkSecret {
    LinkSecret::new(hash(labels::BUSINESS_LINK, &[business.as_bytes()]))
}
