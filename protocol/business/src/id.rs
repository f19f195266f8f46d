//! The names things have in the business wing: bytes of one exact length, a type each.
//! Knows: how long they are, and which are hashes of which. Never shows what they are: `Debug`
//! prints the type's name, so that no log and no panic can tell one customer from another.

use crate::field::Recipient;
use crate::labels;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::WrongLength;
use partywall_proof::hash;

macro_rules! ids {
    ($($(#[$about:meta])* $name:ident, $length:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// How many bytes it has.
            pub const LENGTH: usize = $length;

            /// From its bytes; every value is one.
            #[must_use]
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// Its bytes, out of the type.
            #[must_use]
            pub const fn into_bytes(self) -> [u8; $length] {
                self.0
            }
        }

        /// The type's name and nothing of the value.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = WrongLength;

            fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
                bytes.try_into().map(Self).map_err(|_| WrongLength)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                encoder: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                decoder: &mut Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(decoder.bytes()?)
                    .map_err(|_| minicbor::decode::Error::message("wrong length"))
            }
        }
    )*};
}
pub(crate) use ids;

ids! {
    /// A business's account key: an Ed25519 public key, as received. (SPEC §11)
    AccountKey, 32;
    /// Which business: `H("business", account key)`. (SPEC §11)
    BusinessId, 32;
    /// A customer's key for one business: an Ed25519 public key, as received. Drawn for it alone,
    /// so that two businesses cannot compare it. (SPEC §11)
    PairwiseKey, 32;
    /// Which conversation: `H("conversation", business id, pairwise key)`. The customer's
    /// pseudonym, at the relay and at this business. (SPEC §12)
    ConversationId, 32;
    /// Whom a disclosure is about, as one recipient knows it. (SPEC §12)
    Subject, 16;
    /// Which disclosure: 16 random bytes, drawn by the relay. (SPEC §12)
    RecordKey, 16;
    /// Which batch of the exporter: 16 random bytes, drawn by the relay. (SPEC §14)
    BatchId, 16;
    /// Which table: `H("table", bytes)`. (SPEC §12)
    TableHash, 32;
    /// Which consent: `H("consent", bytes)`. (SPEC §12)
    ConsentHash, 32;
}

impl BusinessId {
    /// The business whose account key this is. (SPEC §11)
    #[must_use]
    pub fn of(account: &AccountKey) -> Self {
        Self(hash(labels::BUSINESS, &[account.as_bytes()]))
    }
}

impl ConversationId {
    /// The one conversation of a business and a pairwise key. (SPEC T-1)
    #[must_use]
    pub fn of(business: &BusinessId, pairwise: &PairwiseKey) -> Self {
        Self(hash(
            labels::CONVERSATION,
            &[business.as_bytes(), pairwise.as_bytes()],
        ))
    }
}

impl Subject {
    /// The name of a conversation's customer at one recipient. Two businesses, or two recipients,
    /// cannot join what they know by it. (SPEC T-2)
    #[must_use]
    pub fn of(conversation: &ConversationId, recipient: Recipient) -> Self {
        let whole = hash(
            labels::SUBJECT,
            &[conversation.as_bytes(), &[recipient.code()]],
        );
        let (first, _) = whole
            .split_first_chunk()
            .expect("a hash is longer than a subject");
        Self(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_recipients_cannot_join_a_customer_by_name() {
        let conversation =
            ConversationId::of(&BusinessId::new([1; 32]), &PairwiseKey::new([2; 32]));
        let other = ConversationId::of(&BusinessId::new([3; 32]), &PairwiseKey::new([2; 32]));
        let mut subjects = std::collections::BTreeSet::new();
        for conversation in [conversation, other] {
            for recipient in Recipient::ALL {
                assert!(subjects.insert(Subject::of(&conversation, recipient)));
            }
        }
        assert_eq!(subjects.len(), 6);
    }

    #[test]
    fn an_id_printed_tells_nothing_but_its_kind() {
        assert_eq!(
            format!("{:?}", ConversationId::new([1; 32])),
            "ConversationId"
        );
    }
}
