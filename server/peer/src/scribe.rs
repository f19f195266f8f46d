//! Puts batches together on the writer's thread: the last moment at which an acknowledged envelope
//! can still be left out. (DESIGN §4, delivery contract)
//! Knows: a store, today, tickets. Never knows: who waits for an answer.

use std::sync::Arc;

use partywall_store::{Committer, StoreError, Tidy};
use partywall_world::Clock;

use crate::failpoint::{Failpoints, Gap};
use crate::gauges::Counters;
use crate::rules::limits::EXPIRE_ROWS;
use crate::rules::ticket::Ticket;
use crate::store::{Acks, Expired, Lifetimes, Outcome, Store, Write};

/// Something for the writer.
pub(crate) enum Job {
    /// To be written as it is.
    Write(Write),
    /// An envelope, to be left out if its reader was faster.
    Keep(Write, Arc<Ticket>),
    /// One round of expiry.
    Expire(Lifetimes),
}

/// What came of it.
pub(crate) enum Answer {
    Outcome(Outcome),
    Expired(Expired),
}

/// Where jobs are handed in. Never blocks.
pub(crate) type Desk = partywall_store::Submitter<Job, Answer>;

/// The committer of the peer wing.
pub(crate) struct Scribe<S> {
    store: S,
    clock: Arc<dyn Clock>,
    counters: Arc<Counters>,
    failpoints: Arc<dyn Failpoints>,
}

impl<S: Store> Scribe<S> {
    pub(crate) fn new(
        store: S,
        clock: Arc<dyn Clock>,
        counters: Arc<Counters>,
        failpoints: Arc<dyn Failpoints>,
    ) -> Self {
        Self {
            store,
            clock,
            counters,
            failpoints,
        }
    }

    fn pass(&self, gap: Gap) -> Result<(), StoreError> {
        self.failpoints
            .reach(gap)
            .map_err(|failure| StoreError::Io(failure.into()))
    }
}

impl<S: Store> Committer for Scribe<S> {
    type Write = Job;
    type Outcome = Answer;

    fn commit(&mut self, group: &[Job]) -> Result<Vec<Answer>, StoreError> {
        self.pass(Gap::BeforeBatch)?;
        let batch: Vec<Write> = group.iter().filter_map(Job::as_written).collect();
        self.pass(Gap::BeforeCommit)?;
        let today = self.clock.wall().day();
        let outcomes = match batch.as_slice() {
            [] => Vec::new(),
            batch => self.store.commit(batch, today)?,
        };
        self.counters.commits.add(1);
        self.counters.rows_written.add(outcomes.len() as u64);
        self.pass(Gap::AfterCommit)?;
        let mut outcomes = outcomes.into_iter();
        let mut answers = Vec::with_capacity(group.len());
        for job in group {
            answers.extend(match job {
                Job::Expire(lives) => Some(Answer::Expired(self.store.expire(
                    today,
                    *lives,
                    EXPIRE_ROWS,
                )?)),
                Job::Write(_) | Job::Keep(..) => outcomes.next().map(Answer::Outcome),
            });
        }
        Ok(answers)
    }

    fn size(job: &Job) -> usize {
        match job {
            Job::Keep(Write::Keep { cargo, .. }, _) => cargo.size(),
            Job::Write(Write::Shelve {
                one_time,
                last_resort,
                ..
            }) => one_time.iter().chain(last_resort).map(Vec::len).sum(),
            Job::Write(_) | Job::Keep(..) | Job::Expire(_) => 64,
        }
    }

    fn tidy(&mut self) -> Result<Tidy, StoreError> {
        self.pass(Gap::BeforeWipe)?;
        Ok(if self.store.wipe()? {
            Tidy::Done
        } else {
            Tidy::Again
        })
    }
}

impl Job {
    /// What of it goes into the batch. Of an envelope that is left out, its acknowledgement: the
    /// commit, and so the time of `accepted`, is the same. (P-15)
    fn as_written(&self) -> Option<Write> {
        match self {
            Self::Keep(Write::Keep { mailbox, .. }, ticket) if !ticket.write() => {
                let counts = vec![Acks {
                    mailbox: *mailbox,
                    count: 1,
                }];
                Some(Write::Acknowledge {
                    counts,
                    places: Vec::new(),
                })
            }
            Self::Keep(write, _) | Self::Write(write) => Some(write.clone()),
            Self::Expire(_) => None,
        }
    }
}
