//! What lies on a business's shelf. (SPEC §4.1, §11.4, B-1)
//! Knows: how long it is. Never knows: whose it is, or what is inside.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::WrongLength;
use partywall_ground::limits::SEALED_BUNDLE;

/// A prekey bundle sealed under a link's shelf key: 1,409 bytes. (SPEC §4.1)
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBundle(Box<[u8; SEALED_BUNDLE]>);

impl SealedBundle {
    /// How many bytes it has.
    pub const LENGTH: usize = SEALED_BUNDLE;

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SEALED_BUNDLE] {
        &self.0
    }
}

/// The type's name and nothing of its bytes.
impl std::fmt::Debug for SealedBundle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SealedBundle")
    }
}

impl AsRef<[u8]> for SealedBundle {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// One copy, after the length was found to be right.
impl TryFrom<&[u8]> for SealedBundle {
    type Error = WrongLength;

    fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
        if bytes.len() != SEALED_BUNDLE {
            return Err(WrongLength);
        }
        let bytes: Box<[u8]> = bytes.into();
        bytes.try_into().map(Self).map_err(|_| WrongLength)
    }
}

impl TryFrom<Vec<u8>> for SealedBundle {
    type Error = WrongLength;

    fn try_from(bytes: Vec<u8>) -> Result<Self, WrongLength> {
        let bytes = bytes.into_boxed_slice();
        bytes.try_into().map(Self).map_err(|_| WrongLength)
    }
}

impl<C> Encode<C> for SealedBundle {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(self.0.as_slice())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SealedBundle {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::try_from(decoder.bytes()?)
            .map_err(|_| minicbor::decode::Error::message("wrong length"))
    }
}
