//! What the writer is handed, and what it answers.
//! Knows: a function to be called in the writer's transaction, and how much it moves. Never knows: who
//! waits for the answer.

use std::any::Any;

use partywall_store::StoreError;

use crate::desk::Desk;

/// Something to be done in the writer's transaction. May be begun again from the start if the disk was
/// full in the middle of its group, so its function can be called twice.
pub(crate) struct Job {
    work: Work,
    growth: usize,
    size: usize,
}

/// What came of it.
pub(crate) enum Answer {
    /// Whatever the asker expects.
    Done(Outcome),
    /// The disk is full, and the job wanted room.
    NoRoom,
    /// Its own rows are not what they should be: it was undone, and nothing else was.
    Faulty,
}

/// What a job comes to.
pub(crate) type Outcome = Box<dyn Any + Send>;

type Work = Box<dyn Fn(&mut Desk<'_>) -> Result<Outcome, StoreError> + Send>;

impl Job {
    /// Of a function. `growth` is how many bytes more may lie on disk afterwards: 0 for what is done on
    /// a full disk too.
    pub(crate) fn new<T: Send + 'static>(
        growth: usize,
        work: impl Fn(&mut Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Self {
        let work = move |desk: &mut Desk<'_>| {
            let outcome: Outcome = Box::new(work(desk)?);
            Ok(outcome)
        };
        Self {
            work: Box::new(work),
            growth,
            size: growth.max(64),
        }
    }

    /// The same, if it deletes or rewrites so many bytes: the bound of a group is so the bound of what
    /// one transaction writes into the log.
    pub(crate) fn moving(mut self, bytes: usize) -> Self {
        self.size = self.size.max(bytes);
        self
    }

    pub(super) fn work(&self, desk: &mut Desk<'_>) -> Result<Outcome, StoreError> {
        (self.work)(desk)
    }

    /// How much more would lie on disk.
    pub(super) const fn growth(&self) -> usize {
        self.growth
    }

    /// About how many bytes it holds in memory, and moves on disk.
    pub(super) const fn size(&self) -> usize {
        self.size
    }
}
