//! What stands in the tree: a commitment that says nothing without its salt. (SPEC §13.2, L-1 to L-4)
//! Knows: padding and HMAC. Never knows: what a payload says, where it is kept.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::{Business, Label};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// An entry's commitment to its payload. (SPEC §13.2)
pub const ENTRY: Label = Label::of::<Business>("entry");

/// Bytes of the longest payload: with its proof it still fits in one frame. (SPEC L-2)
pub const LONGEST_PAYLOAD: usize = 49_152;

const VERSION: u8 = 1;
const BLOCK: usize = 256;

/// A payload that is empty or longer than [`LONGEST_PAYLOAD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ledger's payload has 1 to 49,152 bytes")]
pub struct TooLong;

/// What opens an entry, together with its payload. Drawn for one entry; destroyed with the payload. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Salt([u8; 32]);

impl Salt {
    /// Draws a fresh one. (SPEC L-3)
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut salt = Self([0; 32]);
        rng.fill_bytes(&mut salt.0);
        salt
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

impl<C> Encode<C> for Salt {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Salt {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = decoder.bytes()?;
        let mut salt = Self([0; 32]);
        if bytes.len() != salt.0.len() {
            return Err(minicbor::decode::Error::message("wrong length"));
        }
        salt.0.copy_from_slice(bytes);
        Ok(salt)
    }
}

/// What an entry commits to: 1 to 49,152 bytes, exactly as they were written. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Payload(Vec<u8>);

impl Payload {
    /// Takes the bytes of a payload.
    ///
    /// # Errors
    /// [`TooLong`], also when there are none.
    pub fn new(bytes: Vec<u8>) -> Result<Self, TooLong> {
        if bytes.is_empty() || bytes.len() > LONGEST_PAYLOAD {
            return Err(TooLong);
        }
        Ok(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// payload ‖ 0x80 ‖ 0x00… up to the next multiple of 256. (SPEC L-2)
    fn padded(&self) -> Zeroizing<Vec<u8>> {
        let length = (self.0.len() + 1).next_multiple_of(BLOCK);
        let mut padded = Zeroizing::new(Vec::with_capacity(length));
        padded.extend_from_slice(&self.0);
        padded.push(0x80);
        padded.resize(length, 0);
        padded
    }
}

impl<C> Encode<C> for Payload {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Payload {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = decoder.bytes()?;
        if bytes.len() > LONGEST_PAYLOAD {
            return Err(minicbor::decode::Error::message("payload too long"));
        }
        Self::new(bytes.to_vec()).map_err(|_| minicbor::decode::Error::message("empty payload"))
    }
}

/// One entry of the ledger: version ‖ HMAC-SHA256(salt, padded payload), 33 bytes, public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry([u8; 33]);

impl Entry {
    /// How many bytes it has.
    pub const LENGTH: usize = 33;

    /// Commits to a payload under its salt. (SPEC L-1)
    #[must_use]
    pub fn commit(salt: &Salt, payload: &Payload) -> Self {
        let mut entry = [VERSION; Self::LENGTH];
        entry[1..].copy_from_slice(&partywall_proof::mac(&salt.0, ENTRY, &[&payload.padded()]));
        Self(entry)
    }

    /// Takes an entry as it was kept or received; `None` if it is of no version that is known. (SPEC L-4)
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let entry: [u8; Self::LENGTH] = bytes.try_into().ok()?;
        (entry[0] == VERSION).then_some(Self(entry))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

/// The type's name and nothing of the value.
impl std::fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Entry")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_of_one_block_look_alike_and_no_padding_is_ambiguous() {
        let padded = |bytes: &[u8]| Payload::new(bytes.to_vec()).unwrap().padded().to_vec();
        for (length, blocks) in [(1, 1), (255, 1), (256, 2), (511, 2), (512, 3)] {
            assert_eq!(padded(&vec![7; length]).len(), blocks * BLOCK, "{length}");
        }
        assert_ne!(padded(b"a"), padded(b"a\x80"));
        assert_ne!(padded(b"a"), padded(b"a\x80\0"));
        assert_ne!(padded(b"a"), padded(b"a\0"));
    }

    #[test]
    fn a_payload_has_a_bound_and_is_not_empty() {
        assert!(Payload::new(Vec::new()).is_err());
        assert!(Payload::new(vec![0; LONGEST_PAYLOAD]).is_ok());
        assert!(Payload::new(vec![0; LONGEST_PAYLOAD + 1]).is_err());
    }

    #[test]
    fn an_entry_of_an_unknown_version_is_refused() {
        let entry = Entry::commit(
            &Salt::new([1; 32]),
            &Payload::new(b"payload".to_vec()).unwrap(),
        );
        assert_eq!(Entry::from_bytes(entry.as_bytes()), Some(entry));
        let mut later = *entry.as_bytes();
        later[0] = 2;
        assert_eq!(Entry::from_bytes(&later), None);
        assert_eq!(Entry::from_bytes(&entry.as_bytes()[..32]), None);
    }
}
