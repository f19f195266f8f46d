//! The gaps between effects, where a test may let the relay die.
//! Knows: names of gaps. In production nothing happens in any of them.

use std::io;

/// A moment between two effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Envelopes were handed to readers, and the batch is not put together yet.
    BeforeBatch,
    /// A transaction is about to be written; what is acknowledged now is written nevertheless.
    BeforeCommit,
    /// It is durable, and nobody was told.
    AfterCommit,
    /// Acknowledged envelopes are deleted, and their bytes may still be in the log.
    BeforeWipe,
}

/// What happens in a gap.
pub trait Failpoints: Send + Sync + 'static {
    /// The writer's thread is in a gap.
    ///
    /// # Errors
    /// Whatever is returned kills the writer, as a disk that fails would; but for `StorageFull` before a
    /// commit, which is a disk that is full.
    fn reach(&self, gap: Gap) -> Result<(), io::ErrorKind>;
}

/// Nothing happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFailpoints;

impl Failpoints for NoFailpoints {
    fn reach(&self, _: Gap) -> Result<(), io::ErrorKind> {
        Ok(())
    }
}
