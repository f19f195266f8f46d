//! Where things lie in an envelope. (SPEC §4.2, §4.3)
//! Knows: lengths and offsets. Never knows: keys.

use partywall_ground::{BundleId, EnvelopeSize};

use crate::fields::Fields;
use crate::header::{RANDOM_LENGTH, SEALED_HEADER_LENGTH};
use crate::padding::Room;
use crate::seal::TAG_LENGTH;
use crate::{dh, kem};

/// bid ‖ E ‖ ct ‖ c1.
pub(crate) const PREAMBLE_LENGTH: usize = 16 + 32 + kem::CIPHERTEXT_LENGTH + C1_LENGTH;
const C1_LENGTH: usize = 64 + TAG_LENGTH;
const OVERHEAD: usize = RANDOM_LENGTH + SEALED_HEADER_LENGTH + TAG_LENGTH;

/// The fields of a preamble, nothing checked yet.
pub(crate) struct Preamble<'a> {
    pub(crate) bundle: BundleId,
    pub(crate) ephemeral: &'a [u8; 32],
    pub(crate) ct: &'a [u8; kem::CIPHERTEXT_LENGTH],
    pub(crate) c1: &'a [u8],
}

impl<'a> Preamble<'a> {
    /// The preamble's bytes, made once and repeated. (SPEC S-3)
    pub(crate) fn join(
        bundle: &BundleId,
        ephemeral: &dh::PublicKey,
        ct: &[u8; kem::CIPHERTEXT_LENGTH],
        c1: &[u8],
    ) -> Vec<u8> {
        [&bundle.as_bytes()[..], ephemeral.as_bytes(), ct, c1].concat()
    }

    /// The first 1,216 bytes of an envelope, taken apart.
    pub(crate) fn split(envelope: &'a [u8]) -> Option<Self> {
        let mut at = Fields(envelope);
        Some(Self {
            bundle: BundleId::new(*at.take()?),
            ephemeral: at.take()?,
            ct: at.take()?,
            c1: at.take::<C1_LENGTH>()?,
        })
    }
}

/// A ratchet envelope taken apart: r, header, body.
pub(crate) struct Parts<'a> {
    pub(crate) random: &'a [u8; RANDOM_LENGTH],
    pub(crate) header: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Takes apart what follows the first `skip` bytes of an envelope of one of three sizes. (SPEC G-9)
    pub(crate) fn split(envelope: &'a [u8], skip: usize) -> Option<Self> {
        EnvelopeSize::of(envelope.len())?;
        let (random, rest) = envelope.get(skip..)?.split_first_chunk()?;
        let (header, body) = rest.split_at_checked(SEALED_HEADER_LENGTH)?;
        Some(Self {
            random,
            header,
            body,
        })
    }
}

/// The smallest envelope for content of this length behind a preamble of `before` bytes. (SPEC G-9)
pub(crate) fn room_for(content: usize, before: usize) -> Option<Room> {
    if partywall_mutant::is("D06") {
        return Some(Room(content + 1));
    }
    if partywall_mutant::is("D08") {
        return Some(Room((content + 1).next_multiple_of(256)));
    }
    let room = |size: EnvelopeSize| size.bytes() - before - OVERHEAD;
    EnvelopeSize::for_content(content + 1, room).map(|size| Room(room(size)))
}

/// An envelope in the making, so far its preamble: exactly so much memory as it will take, so that no part of it is ever
/// moved.
pub(crate) fn begun(preamble: &[u8], room: Room) -> Vec<u8> {
    let mut envelope = Vec::with_capacity(preamble.len() + OVERHEAD + room.0);
    envelope.extend_from_slice(preamble);
    envelope
}

/// The longest content that fits in any envelope behind a preamble of `before` bytes.
pub(crate) fn longest(before: usize) -> usize {
    EnvelopeSize::Large.bytes() - before - OVERHEAD - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_the_ones_that_the_spec_gives() {
        for (before, sizes) in [
            (0, [1_726, 14_014, 63_166]),
            (PREAMBLE_LENGTH, [510, 12_798, 61_950]),
        ] {
            for content in sizes {
                let fits = room_for(content, before).unwrap().0;
                assert_eq!(fits, content + 1);
                assert_ne!(room_for(content + 1, before).map(|room| room.0), Some(fits));
            }
            assert_eq!(longest(before), sizes[2]);
        }
    }
}
