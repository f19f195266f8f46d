//! The bargain between a group-commit writer and whoever knows what the rows mean.
//! Knows: groups, answers, bounds. Never knows: threads, SQL.

use std::fmt;
use std::time::Duration;

use crate::StoreError;

/// Turns groups of writes into durable outcomes. Owns the writing connection.
pub trait Committer: Send + 'static {
    /// One thing to be written.
    type Write: Send + 'static;
    /// What became of it. Said only once it is durable.
    type Outcome: Send + 'static;

    /// Writes the whole group in one transaction and commits it, in the order given.
    ///
    /// # Errors
    /// Any error means that *nothing* of the group may be relied on. The writer refuses all of it,
    /// never tries again, and is dead from then on. A single write that is merely not allowed is
    /// therefore an outcome and not an error.
    fn commit(&mut self, group: &[Self::Write]) -> Result<Vec<Self::Outcome>, StoreError>;

    /// Called when every answer of a committed group was said, before the next group is taken: the place
    /// to wake whoever the answers left something for, once each, and for work on the files that
    /// nobody's answer is to wait for ([`crate::checkpoint_passive`]).
    ///
    /// # Errors
    /// Any error is as fatal as in [`Committer::commit`]; what was answered stays true.
    fn answered(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// About how many bytes the write holds in memory. For the bounds; called when it is submitted.
    fn size(write: &Self::Write) -> usize;

    /// Called when the queue has run empty after a group, now and then under steady load, once at
    /// the start and once at the end. The place for [`crate::checkpoint_truncate`] after deletes;
    /// keep note of whether there is anything to do.
    ///
    /// # Errors
    /// Any error is as fatal as in [`Committer::commit`].
    fn tidy(&mut self) -> Result<Tidy, StoreError> {
        Ok(Tidy::Done)
    }
}

/// Whether there is more to tidy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tidy {
    /// Nothing is left to do until something is written.
    Done,
    /// Something was in the way (a reader, usually): ask again after [`Bounds::tidy_again`].
    Again,
}

/// How much a writer takes on at once. Every zero counts as one.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Writes that may wait.
    pub queue_rows: usize,
    /// Bytes that may wait. A write larger than this is taken when nothing else waits.
    pub queue_bytes: usize,
    /// Writes in one group.
    pub group_rows: usize,
    /// Bytes in one group. A write larger than this makes a group alone.
    pub group_bytes: usize,
    /// Groups after which the committer may tidy although more is waiting.
    pub groups_between_tidies: u32,
    /// How long after [`Tidy::Again`] an idle writer asks again.
    pub tidy_again: Duration,
}

impl Default for Bounds {
    /// Groups of 256 rows and 1 MiB; 4,096 rows and 16 MiB may wait; tidied at least every
    /// 64 groups, and 100 ms after a [`Tidy::Again`].
    fn default() -> Self {
        Self {
            queue_rows: 4_096,
            queue_bytes: 16 << 20,
            group_rows: 256,
            group_bytes: 1 << 20,
            groups_between_tidies: 64,
            tidy_again: Duration::from_millis(100),
        }
    }
}

/// The write is not known to be on disk, and the writer has stopped for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store has stopped and this was not kept; mend what its log names and start again")]
pub struct Failed;

/// A write that was not taken, handed back. Its answer is dropped without being called.
#[derive(PartialEq, Eq, thiserror::Error)]
pub enum Refused<W> {
    /// The queue is full. Answers to what waits in it say when there is room again.
    #[error("the store is busy; wait for an answer to an earlier write and try again")]
    Full(W),
    /// The writer is closing or dead, and will never take another.
    #[error("the store has stopped; start again")]
    Stopped(W),
}

impl<W> Refused<W> {
    /// The write, whatever the reason.
    pub fn into_write(self) -> W {
        match self {
            Self::Full(write) | Self::Stopped(write) => write,
        }
    }
}

/// Without the write: it may be somebody's.
impl<W> fmt::Debug for Refused<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full",
            Self::Stopped(_) => "Stopped",
        })
    }
}
