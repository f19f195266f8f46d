//! Puts batches together on the writer's thread: the last moment at which an acknowledged envelope
//! can still be left out, and at which one that finds no room is refused. (DESIGN §4, delivery
//! contract; SPEC P-17)
//! Knows: a store, today, tickets. Never knows: who waits for an answer.

mod batch;
mod calendar;
mod job;

use std::sync::Arc;
use std::{io, iter};

use partywall_store::{Committer, StoreError, Tidy};
use partywall_world::{Clock, Day};

use self::batch::{Batch, unwritten};
use self::calendar::Calendar;
pub(crate) use self::job::{Answer, Job};
use self::job::{Part, Room};
use crate::failpoint::{Failpoints, Gap};
use crate::gauges::Counters;
use crate::rules::bells::Bells;
use crate::rules::limits::{
    EXPIRE_ROWS, EXPIRE_ROWS_IN_NEED, LARGE_ENVELOPE, UNSETTLED, UNSETTLED_AT_MOST,
};
use crate::store::{Lifetimes, Outcome, Store, Write};

/// Where jobs are handed in. Never blocks.
pub(crate) type Desk = partywall_store::Submitter<Job, Answer>;

/// The committer of the peer wing.
pub(crate) struct Scribe<S> {
    pub(crate) store: S,
    calendar: Calendar,
    bells: Arc<Bells>,
    counters: Arc<Counters>,
    failpoints: Arc<dyn Failpoints>,
    /// It could not be noted that a mailbox is read: nothing may expire before it is.
    unseen: bool,
    /// About how many bytes of the log came since the store settled: also for what was left out of a
    /// batch, for the moment must not tell whether somebody reads. (P-15)
    unsettled: usize,
}

impl<S: Store> Scribe<S> {
    pub(crate) fn new(
        store: S,
        clock: Arc<dyn Clock>,
        bells: Arc<Bells>,
        counters: Arc<Counters>,
        failpoints: Arc<dyn Failpoints>,
    ) -> Self {
        Self {
            store,
            calendar: Calendar::beginning(clock),
            bells,
            counters,
            failpoints,
            unseen: false,
            unsettled: 0,
        }
    }

    fn pass(&self, gap: Gap) -> Result<(), StoreError> {
        self.failpoints
            .reach(gap)
            .map_err(|failure| StoreError::from(io::Error::from(failure)))
    }

    fn transact(
        &mut self,
        batch: &mut dyn Iterator<Item = Write>,
        today: Day,
    ) -> Result<Vec<Outcome>, StoreError> {
        self.pass(Gap::BeforeCommit)?;
        let outcomes = self.store.commit(batch, today)?;
        self.counters.commits.add(1);
        self.counters.rows_written.add(outcomes.len() as u64);
        Ok(outcomes)
    }

    fn room_for(&mut self, group: &[Job]) -> Result<Room, StoreError> {
        let growth: usize = group.iter().map(Job::growth).sum();
        if partywall_mutant::is("X08") || growth > 0 && self.store.has_room(growth)? {
            return Ok(Room::Enough);
        }
        let moved = group.iter().map(Job::size).sum();
        Ok(match self.store.may_delete(moved)? {
            true if growth == 0 => Room::Enough,
            true => Room::None,
            false => Room::ForNothing,
        })
    }

    /// All of them in one transaction. One outcome for each, none for a round of expiry.
    fn write(
        &mut self,
        group: &[Job],
        room: Room,
        today: Day,
    ) -> Result<Vec<Option<Outcome>>, StoreError> {
        let mut batch = Batch::of(group, room);
        if batch.is_empty() {
            self.unseen |= room == Room::ForNothing && group.iter().any(Job::notes_readers);
            return Ok(group.iter().map(unwritten).collect());
        }
        match self.transact(&mut batch, today) {
            Ok(outcomes) => Ok(batch.outcomes(outcomes)),
            Err(StoreError::DiskFull) if !partywall_mutant::is("X07") => {
                self.write_what_fits(group, today)
            }
            Err(error) => Err(error),
        }
    }

    /// The disk was full in the middle of a batch, and SQLite undid all of it: nothing was synced, so
    /// nothing is in doubt, as it would be after an fsync that failed. What only deletes is tried
    /// again, each in a transaction of its own.
    fn write_what_fits(
        &mut self,
        group: &[Job],
        today: Day,
    ) -> Result<Vec<Option<Outcome>>, StoreError> {
        let mut outcomes = Vec::with_capacity(group.len());
        for job in group {
            let outcome = match job.as_written(Room::None) {
                Part::Write(write) => self.write_alone(write, today)?,
                Part::LeftOut(_) | Part::Nothing => unwritten(job),
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn write_alone(&mut self, write: Write, today: Day) -> Result<Option<Outcome>, StoreError> {
        self.store.empty_log()?;
        let notes_readers = matches!(write, Write::Seen { .. });
        let written = match self.store.may_delete(0)? {
            true => self.transact(&mut iter::once(write), today),
            false => Err(StoreError::DiskFull),
        };
        match written {
            Ok(mut outcomes) => Ok(outcomes.pop()),
            Err(StoreError::DiskFull) => {
                self.unseen |= notes_readers;
                Ok(Some(Outcome::NoRoom))
            }
            Err(error) => Err(error),
        }
    }

    /// With the answers said and a little at a time: whoever comes meanwhile waits for no more than this.
    fn settle_from(&mut self, bytes: usize) -> Result<(), StoreError> {
        if self.unsettled >= bytes {
            self.unsettled = 0;
            self.store.settle()?;
        }
        Ok(())
    }

    fn expire(&mut self, lives: Lifetimes) -> Result<Answer, StoreError> {
        if std::mem::take(&mut self.unseen) {
            return Ok(Answer::NotNow);
        }
        let passed = self.calendar.passed();
        for rows in [EXPIRE_ROWS, EXPIRE_ROWS_IN_NEED] {
            if !self.store.may_delete(rows * LARGE_ENVELOPE)? {
                continue;
            }
            let round = self.pass(Gap::BeforeCommit);
            match round.and_then(|()| self.store.expire(passed, lives, rows)) {
                Err(StoreError::DiskFull) => self.store.empty_log()?,
                expired => return expired.map(Answer::Expired),
            }
        }
        Ok(Answer::NotNow)
    }
}

impl<S: Store> Committer for Scribe<S> {
    type Write = Job;
    type Outcome = Answer;

    fn commit(&mut self, group: &[Job]) -> Result<Vec<Answer>, StoreError> {
        self.pass(Gap::BeforeBatch)?;
        let room = self.room_for(group)?;
        let today = self.calendar.today();
        let outcomes = self.write(group, room, today)?;
        self.unsettled += group.iter().map(Job::logs).sum::<usize>();
        self.pass(Gap::AfterCommit)?;
        let mut answers = Vec::with_capacity(group.len());
        for (job, outcome) in group.iter().zip(outcomes) {
            answers.extend(match job {
                Job::Expire(lives) => Some(self.expire(*lives)?),
                Job::Write(_) | Job::Keep(..) => outcome.map(Answer::Outcome),
            });
        }
        Ok(answers)
    }

    /// However much waits, there is never more to be moved than this.
    fn answered(&mut self) -> Result<(), StoreError> {
        self.bells.ring();
        self.settle_from(UNSETTLED_AT_MOST)
    }

    fn size(job: &Job) -> usize {
        job.size()
    }

    fn tidy(&mut self) -> Result<Tidy, StoreError> {
        self.pass(Gap::BeforeWipe)?;
        self.settle_from(UNSETTLED)?;
        match self.store.wipe() {
            Ok(true) => Ok(Tidy::Done),
            // A log that the disk has no room to empty holds what it held.
            Ok(false) | Err(StoreError::DiskFull) => Ok(Tidy::Again),
            Err(error) => Err(error),
        }
    }
}
