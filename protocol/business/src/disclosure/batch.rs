//! What the exporter is handed at once: disclosures, and nothing that is not one. (SPEC T-18)
//! Knows: how many there may be. Never knows: sinks, credentials, sockets.

use super::Disclosure;
use crate::id::BatchId;

/// Disclosures in the largest batch.
pub const BATCH: usize = 256;

/// Some disclosures, sent together. Made from `Disclosure`s and from nothing else.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    id: BatchId,
    disclosures: Vec<Disclosure>,
}

/// Not a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Nothing to send.
    #[error("a batch holds at least one disclosure")]
    Empty,
    /// Too much to send at once.
    #[error("a batch holds at most 256 disclosures")]
    TooMany,
}

impl Batch {
    /// A batch of these.
    ///
    /// # Errors
    /// When there are none, or more than [`BATCH`].
    pub fn of(id: BatchId, disclosures: Vec<Disclosure>) -> Result<Self, BatchError> {
        match disclosures.len() {
            0 => Err(BatchError::Empty),
            1..=BATCH => Ok(Self { id, disclosures }),
            _ => Err(BatchError::TooMany),
        }
    }

    /// Which batch.
    #[must_use]
    pub const fn id(&self) -> BatchId {
        self.id
    }

    /// What is in it.
    #[must_use]
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }
}
