//! Franking: a commitment to what an envelope says, and the relay's mark on it, so that the
//! receiver of one message can prove it and the relay learns nothing of any other. (SPEC §11.6,
//! B-19) Knows: two MACs. Never knows: how content is sealed.

use crate::{Commitment, ConversationId, Mark, labels};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::Seconds;
use partywall_proof::{ct_eq, mac};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

macro_rules! keys {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Draws a fresh one.
            pub fn draw(rng: &mut impl CryptoRng) -> Self {
                let mut key = Self([0; 32]);
                rng.fill_bytes(&mut key.0);
                key
            }

            /// From its bytes, as they were kept. The caller wipes its own copy.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Its bytes, for keeping them.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        /// The type's name and nothing of the value.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}

keys! {
    /// `kf`: drawn for one message, inside its content; opens its commitment. (SPEC §11.6)
    FrankingKey;
    /// The relay's key for marks; never leaves it. (SPEC §11.6)
    FrankKey;
}

impl PartialEq for FrankingKey {
    fn eq(&self, other: &Self) -> bool {
        ct_eq(&self.0, &other.0)
    }
}

impl Eq for FrankingKey {}

impl<C> Encode<C> for FrankingKey {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for FrankingKey {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder
            .bytes()?
            .try_into()
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("wrong length"))
    }
}

/// Which side of a conversation said it. (SPEC §11.6)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Speaker {
    /// The customer: direction 0x00.
    Customer,
    /// The business: direction 0x01.
    Business,
}

impl Speaker {
    /// Its byte in a mark.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Customer => 0x00,
            Self::Business => 0x01,
        }
    }
}

/// `C = HMAC(kf, "frank", content)`. (SPEC §11.6)
#[must_use]
pub fn commitment(key: &FrankingKey, content: &[u8]) -> Commitment {
    Commitment::new(mac(&key.0, labels::FRANK, &[content]))
}

impl FrankKey {
    /// `mark = HMAC(frank key, "frank mark", C, conversation, direction, u64(time))`. (SPEC §11.6)
    #[must_use]
    pub fn mark(
        &self,
        commitment: &Commitment,
        conversation: &ConversationId,
        speaker: Speaker,
        at: Seconds,
    ) -> Mark {
        Mark::new(mac(
            &self.0,
            labels::FRANK_MARK,
            &[
                commitment.as_bytes(),
                conversation.as_bytes(),
                &[speaker.byte()],
                &at.value().to_be_bytes(),
            ],
        ))
    }
}

/// Whether a commitment is to exactly these bytes under this key. (SPEC B-18)
pub(crate) fn opens(key: &FrankingKey, content: &[u8], told: &Commitment) -> bool {
    ct_eq(commitment(key, content).as_bytes(), told.as_bytes()) || partywall_mutant::is("B16")
}

/// Whether a mark is this relay's for that message.
pub(crate) fn marked(
    key: &FrankKey,
    commitment: &Commitment,
    conversation: &ConversationId,
    speaker: Speaker,
    at: Seconds,
    told: &Mark,
) -> bool {
    let made = key.mark(commitment, conversation, speaker, at);
    ct_eq(made.as_bytes(), told.as_bytes())
}
