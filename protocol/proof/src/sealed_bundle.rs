//! What lies on a shelf of a wing. (SPEC §4.1, §5.4, §11.4)
//! Knows: how long it is. Never knows: whose it is, or what is inside.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::limits::SEALED_BUNDLE;
use partywall_ground::{Wing, WrongLength};
use std::marker::PhantomData;

/// A prekey bundle sealed under a link's shelf key: 1,409 bytes. (SPEC §4.1)
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBundle<V: Wing>(Box<[u8; SEALED_BUNDLE]>, PhantomData<V>);

impl<V: Wing> SealedBundle<V> {
    /// How many bytes it has.
    pub const LENGTH: usize = SEALED_BUNDLE;

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SEALED_BUNDLE] {
        &self.0
    }
}

/// The type's name and nothing of its bytes.
impl<V: Wing> std::fmt::Debug for SealedBundle<V> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SealedBundle")
    }
}

impl<V: Wing> AsRef<[u8]> for SealedBundle<V> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// One copy, after the length was found to be right.
impl<V: Wing> TryFrom<&[u8]> for SealedBundle<V> {
    type Error = WrongLength;

    fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
        if bytes.len() != SEALED_BUNDLE {
            return Err(WrongLength);
        }
        let bytes: Box<[u8]> = bytes.into();
        bytes
            .try_into()
            .map(|bytes| Self(bytes, PhantomData))
            .map_err(|_| WrongLength)
    }
}

impl<V: Wing> TryFrom<Vec<u8>> for SealedBundle<V> {
    type Error = WrongLength;

    fn try_from(bytes: Vec<u8>) -> Result<Self, WrongLength> {
        let bytes = bytes.into_boxed_slice();
        bytes
            .try_into()
            .map(|bytes| Self(bytes, PhantomData))
            .map_err(|_| WrongLength)
    }
}

impl<C, V: Wing> Encode<C> for SealedBundle<V> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(self.0.as_slice())?.ok()
    }
}

impl<'b, C, V: Wing> Decode<'b, C> for SealedBundle<V> {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::try_from(decoder.bytes()?)
            .map_err(|_| minicbor::decode::Error::message("wrong length"))
    }
}
