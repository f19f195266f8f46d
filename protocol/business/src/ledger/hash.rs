//! The hashes of the tree, as RFC 6962 §2.1 has them. (SPEC §13.2)
//! Knows: leaves, nodes, the empty tree. Never knows: where a node stands.

use super::Entry;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

/// A node of the tree: 32 bytes, public.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// How many bytes it has.
    pub const LENGTH: usize = 32;

    /// From its bytes; every value is one.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The leaf of an entry: SHA-256(0x00 ‖ entry).
    #[must_use]
    pub fn leaf(entry: &Entry) -> Self {
        let mut bytes = [0; 1 + Entry::LENGTH];
        bytes[1..].copy_from_slice(entry.as_bytes());
        Self(partywall_proof::sha256(&bytes))
    }

    /// The node above two: SHA-256(0x01 ‖ left ‖ right).
    #[must_use]
    pub fn above(left: &Self, right: &Self) -> Self {
        let mut bytes = [1; 65];
        bytes[1..33].copy_from_slice(&left.0);
        bytes[33..].copy_from_slice(&right.0);
        Self(partywall_proof::sha256(&bytes))
    }

    /// The root of a tree without a leaf: SHA-256 of nothing.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(partywall_proof::sha256(&[]))
    }
}

/// The type's name and nothing of the value.
impl std::fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hash")
    }
}

impl<C> Encode<C> for Hash {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Hash {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder
            .bytes()?
            .try_into()
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("wrong length"))
    }
}
