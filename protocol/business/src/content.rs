//! What is said inside an envelope, and that it is what its clear part promises. (SPEC §11.6)
//! Knows: kinds of words, their shapes, the commitment. Never knows: how content is sealed.

mod items;
pub(crate) mod money;
mod what;
mod wire;

pub use items::{Button, HandOff, Item, ItemName, Location, Row, RowName, Section, Title};
pub use what::{ItemId, Message, What};

use crate::frank::{self, FrankingKey, Speaker};
use crate::{Clear, Seen, Sequence};
use partywall_ground::{Milliseconds, cbor};

/// Bytes of the longest content: what fits in the largest envelope. (SPEC §4.3)
pub const LONGEST_CONTENT: usize = 63_166;

/// One thing said. (SPEC §11.6)
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// Its place among what this side says in the conversation.
    pub sequence: Sequence,
    /// When it was written, by its writer's clock.
    pub written: Milliseconds,
    /// The highest sequence seen of the other side.
    pub seen: Seen,
    /// Drawn for it alone: opens its commitment.
    pub key: FrankingKey,
    /// What is said.
    pub what: What,
}

partywall_ground::silent!(Content);

/// The content is not what its clear part promises, or nothing that may be said. One value, without
/// reason: it is not shown. (SPEC B-18)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not what it claims to be: it is not shown")]
pub struct BadContent;

impl Content {
    /// Its bytes, to be sealed, and the clear part with which they are sealed. (SPEC B-18)
    #[must_use]
    pub fn franked(&self) -> (Vec<u8>, Clear) {
        let bytes = cbor::encode(self);
        let commitment = frank::commitment(&self.key, &bytes);
        (bytes, self.what.clear(commitment))
    }

    /// Reads what an envelope opened to, and holds it against its clear part and its speaker.
    /// (SPEC B-18)
    ///
    /// # Errors
    /// [`BadContent`] when it is malformed, of another class than the clear part says, not what
    /// the commitment is to, of another template or edition, or not that side's to say.
    pub fn open(bytes: &[u8], clear: &Clear, speaker: Speaker) -> Result<Self, BadContent> {
        let content: Self = cbor::decode(bytes).map_err(|_| BadContent)?;
        let told = content.what.clear(*clear.commitment()) == *clear;
        let committed = frank::opens(&content.key, bytes, clear.commitment());
        if told && committed && content.what.is_said_by(speaker) {
            Ok(content)
        } else {
            Err(BadContent)
        }
    }
}

#[cfg(test)]
mod tests;
