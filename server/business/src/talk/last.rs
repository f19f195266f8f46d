//! What a side said last in a conversation, and how it was answered: said again, it is answered as it
//! was, and nothing is written. (SPEC B-25)
//! Knows: a commitment and an answer. Never knows: what was said.

use std::num::NonZeroU64;

use partywall_business::{Commitment, EventId, Sequence};
use partywall_ground::Seconds;

use super::events::Told;

/// A commitment, and what was answered to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) commitment: Commitment,
    pub(super) told: Told,
}

impl Last {
    /// Bytes in the database.
    pub(super) const LENGTH: usize = 72;

    /// As it stands in the database.
    pub(super) fn stored(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::LENGTH);
        bytes.extend_from_slice(self.commitment.as_bytes());
        bytes.extend_from_slice(self.told.event.as_bytes());
        for number in [
            self.told.sequence.value().get(),
            self.told.at.value(),
            self.told.window_expires_at.value(),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    /// Read back.
    pub(super) fn read(bytes: &[u8; Self::LENGTH]) -> Option<Self> {
        let (commitment, rest) = bytes.split_first_chunk::<32>()?;
        let (event, rest) = rest.split_first_chunk::<16>()?;
        let ([sequence, at, window], []) = rest.as_chunks::<8>() else {
            return None;
        };
        let sequence = NonZeroU64::new(u64::from_be_bytes(*sequence))?;
        Some(Self {
            commitment: Commitment::new(*commitment),
            told: Told {
                event: EventId::new(*event),
                sequence: Sequence::new(sequence),
                at: Seconds::new(u64::from_be_bytes(*at)),
                window_expires_at: Seconds::new(u64::from_be_bytes(*window)),
            },
        })
    }
}
