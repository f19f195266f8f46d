//! An envelope of a wing: sealed bytes of one of three sizes. (SPEC §1.5, §4.3)
//! Knows: its size and its digest. Never knows: what is inside, from whom, or for whom.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::{EnvelopeId, EnvelopeSize, Wing};
use std::marker::PhantomData;
use std::sync::Arc;

/// Not 4,096, 16,384 or 65,536 bytes. (SPEC G-9)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an envelope has 4,096, 16,384 or 65,536 bytes")]
pub struct WrongSize;

/// Sealed bytes of exactly one of the three sizes. A clone shares them. One wing's do not fit where
/// the other's are expected. (SPEC G-2, G-9)
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope<V: Wing> {
    bytes: Arc<[u8]>,
    size: EnvelopeSize,
    wing: PhantomData<V>,
}

impl<V: Wing> Envelope<V> {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Which of the three sizes it has.
    #[must_use]
    pub const fn size(&self) -> EnvelopeSize {
        self.size
    }

    /// `SHA-256(envelope)`, by which receivers tell duplicates. (SPEC C-2)
    #[must_use]
    pub fn id(&self) -> EnvelopeId {
        EnvelopeId::new(crate::sha256(&self.bytes))
    }
}

/// Its size and nothing of its bytes.
impl<V: Wing> std::fmt::Debug for Envelope<V> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Envelope({:?})", self.size)
    }
}

impl<V: Wing> AsRef<[u8]> for Envelope<V> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// One copy, after the size was found to be right.
impl<V: Wing> TryFrom<&[u8]> for Envelope<V> {
    type Error = WrongSize;

    fn try_from(bytes: &[u8]) -> Result<Self, WrongSize> {
        let size = EnvelopeSize::of(bytes.len()).ok_or(WrongSize)?;
        Ok(Self {
            bytes: bytes.into(),
            size,
            wing: PhantomData,
        })
    }
}

impl<V: Wing> TryFrom<Vec<u8>> for Envelope<V> {
    type Error = WrongSize;

    fn try_from(bytes: Vec<u8>) -> Result<Self, WrongSize> {
        Self::try_from(bytes.as_slice())
    }
}

impl<C, V: Wing> Encode<C> for Envelope<V> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.bytes)?.ok()
    }
}

impl<'b, C, V: Wing> Decode<'b, C> for Envelope<V> {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::try_from(decoder.bytes()?).map_err(|_| minicbor::decode::Error::message("wrong size"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_ground::Peer;

    type Envelope = super::Envelope<Peer>;

    #[test]
    fn an_envelope_has_one_of_three_sizes_or_is_none() {
        for size in EnvelopeSize::ALL {
            let envelope = Envelope::try_from(vec![7; size.bytes()]).unwrap();
            assert_eq!(envelope.size(), size);
            assert_eq!(
                Envelope::try_from(vec![7; size.bytes() + 1]),
                Err(WrongSize)
            );
        }
        assert_eq!(Envelope::try_from(Vec::new()), Err(WrongSize));
    }

    #[test]
    fn an_envelope_is_known_by_the_digest_of_its_bytes() {
        let envelope = Envelope::try_from(vec![0; 4_096]).unwrap();
        assert_eq!(
            hex::encode(envelope.id().as_bytes()),
            "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7"
        );
    }

    #[test]
    fn an_envelope_printed_tells_its_size_alone() {
        let envelope = Envelope::try_from(vec![0x41; 4_096]).unwrap();
        assert_eq!(format!("{envelope:?}"), "Envelope(Small)");
    }
}
