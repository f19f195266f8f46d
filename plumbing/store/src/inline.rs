//! The writer without a thread: one step at a time, when the caller says so.
//! Knows: queue and committer. Never knows: who steps it, a test or a thread.

use std::sync::Arc;

use crate::queue::{Next, Queue, WriterEnd};
use crate::{Bounds, Committer, StoreError, Submitter, Tidy};

/// A group-commit writer that works only inside [`Inline::step`]. Dropping it refuses what waits. For simulated worlds; the writer
/// with a thread is this one in a loop.
pub struct Inline<C: Committer> {
    committer: C,
    end: WriterEnd<C::Write, C::Outcome>,
}

impl<C: Committer> Inline<C> {
    /// A writer over `committer` with an empty queue.
    pub fn new(committer: C, bounds: Bounds) -> Self {
        let end = WriterEnd(Arc::new(Queue::new(bounds, C::size)));
        Self { committer, end }
    }

    /// The end to submit writes at.
    pub fn submitter(&self) -> Submitter<C::Write, C::Outcome> {
        Submitter::to(Arc::clone(self.queue()))
    }

    /// Commits the next group, if one waits, and answers it. Returns how many writes it held.
    ///
    /// # Errors
    /// What the committer reported, or [`StoreError::Miscounted`]. By then everything that was not
    /// answered has been refused and the writer is dead.
    pub fn step(&mut self) -> Result<usize, StoreError> {
        match self.turn()? {
            Turn::Committed(count) => Ok(count),
            Turn::Nothing | Turn::Closed => Ok(0),
        }
    }

    pub(crate) fn turn(&mut self) -> Result<Turn, StoreError> {
        let (writes, answers) = match self.queue().take() {
            Next::Group(writes, answers) => (writes, answers),
            Next::Nothing => return Ok(Turn::Nothing),
            Next::Closed => return Ok(Turn::Closed),
        };
        let outcomes = self.commit(&writes)?;
        let count = outcomes.len();
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            answer.say(outcome);
        }
        self.committer
            .answered()
            .inspect_err(|_| self.queue().kill())?;
        Ok(Turn::Committed(count))
    }

    /// Lets the committer tidy.
    ///
    /// # Errors
    /// What the committer reported. By then everything has been refused and the writer is dead.
    pub fn tidy(&mut self) -> Result<Tidy, StoreError> {
        self.committer.tidy().inspect_err(|_| self.queue().kill())
    }

    /// The committer, to look at or to tamper with between steps.
    pub fn committer(&mut self) -> &mut C {
        &mut self.committer
    }

    /// Ends the writer. What still waits is refused.
    pub fn into_committer(self) -> C {
        self.committer
    }

    pub(crate) fn queue(&self) -> &Arc<Queue<C::Write, C::Outcome>> {
        &self.end.0
    }

    fn commit(&mut self, writes: &[C::Write]) -> Result<Vec<C::Outcome>, StoreError> {
        let outcomes = self
            .committer
            .commit(writes)
            .or_else(|error| match partywall_mutant::is("X06") {
                true => self.committer.commit(writes),
                false => Err(error),
            })
            .inspect_err(|_| self.queue().kill())?;
        if outcomes.len() == writes.len() {
            return Ok(outcomes);
        }
        self.queue().kill();
        Err(StoreError::Miscounted {
            writes: writes.len(),
            outcomes: outcomes.len(),
        })
    }
}

/// What one look at the queue led to.
pub(crate) enum Turn {
    /// A group of so many writes is durable and answered.
    Committed(usize),
    Nothing,
    /// Nothing, and nothing will come.
    Closed,
}
