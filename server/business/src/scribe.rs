//! Does jobs on the writer's thread: a group of them in one transaction, which also writes down how
//! late it is, and signs for the ledger if it grew. Answers and wake-ups leave after the commit.
//! Knows: the connection that writes, and what jobs need. Never knows: who waits for an answer.

mod apart;
mod job;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partywall_store::sql::Connection;
use partywall_store::{Checkpoint, Committer, StoreError, Tidy, checkpoint_truncate};
use partywall_world::Dice;

pub(crate) use self::apart::{apart, broken_row, is_of_one, log};
pub(crate) use self::job::{Answer, Job};
use crate::WingSettings;
use crate::clock::RelayClock;
use crate::desk::{Desk, Memory, Room};
use crate::effects::Effects;
use crate::failpoint::{Failpoints, Gap};
use crate::gauges::Counters;
use crate::keys::OperatorKeys;
use crate::lines::Lines;
use crate::refusal::{Judged, Trouble};
use crate::store::{Disk, clock_row};
use crate::tables::Tables;
use crate::{book, ledger, sharing};

/// Where jobs are handed in. Never blocks.
pub(crate) type Tray = partywall_store::Submitter<Job, Answer>;

/// The committer of the business wing.
pub(crate) struct Scribe {
    pub(crate) connection: Connection,
    pub(crate) disk: Disk,
    pub(crate) dice: Dice,
    pub(crate) memory: Memory,
    pub(crate) tools: Tools,
    /// Something was deleted since the log was last emptied.
    residue: bool,
}

/// What the writer shares with the doors.
#[derive(Clone)]
pub(crate) struct Tools {
    pub(crate) clock: Arc<RelayClock>,
    pub(crate) keys: Arc<OperatorKeys>,
    pub(crate) settings: Arc<WingSettings>,
    pub(crate) lines: Arc<Lines>,
    pub(crate) counters: Arc<Counters>,
    /// Nobody new is taken in.
    pub(crate) low_disk: Arc<AtomicBool>,
    /// The tables, for whoever reads.
    pub(crate) tables: Arc<Tables>,
    pub(crate) failpoints: Arc<dyn Failpoints>,
}

impl Scribe {
    /// Takes the writing connection.
    ///
    /// # Errors
    /// Any [`StoreError`] of reading.
    pub(crate) fn over(
        connection: Connection,
        disk: Disk,
        dice: Dice,
        tools: Tools,
    ) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(256);
        let memory = Memory::over(&connection, &tools.keys)?;
        let mut begun = Self {
            connection,
            disk,
            dice,
            memory,
            tools,
            residue: true,
        };
        // On a full disk, what a crash left in the log may be the room that is wanting.
        begun.empty_log()?;
        // And it may hold deleted bytes.
        begun.residue = true;
        Ok(begun)
    }

    /// What has to be there before anybody comes: the first table.
    ///
    /// # Errors
    /// Any [`StoreError`] of writing.
    pub(crate) fn begin(&mut self) -> Result<(), StoreError> {
        let first = Job::new(0, |desk| stored(sharing::publish_first(desk)));
        match self.transact(&[first], Room::Enough)?.as_slice() {
            [Answer::Done(_)] => Ok(()),
            _ => Err(StoreError::Corrupt),
        }
    }

    fn pass(&self, gap: Gap) -> Result<(), StoreError> {
        self.tools
            .failpoints
            .reach(gap)
            .map_err(|failure| StoreError::from(io::Error::from(failure)))
    }

    fn room_for(&mut self, jobs: &[Job]) -> Result<Room, StoreError> {
        let growth: usize = jobs.iter().map(Job::growth).sum();
        let enough = |scribe: &Self| match growth {
            0 => scribe.disk.may_delete(&scribe.connection, 0),
            growth => scribe.disk.has_room(&scribe.connection, growth),
        };
        if enough(self)? {
            return Ok(Room::Enough);
        }
        self.empty_log()?;
        Ok(if enough(self)? {
            Room::Enough
        } else if self.disk.may_delete(&self.connection, 0)? {
            Room::None
        } else {
            Room::ForNothing
        })
    }

    /// All of them in one transaction.
    fn transact(&mut self, jobs: &[Job], room: Room) -> Result<Vec<Answer>, StoreError> {
        let mut effects = Effects::default();
        let tools = &self.tools;
        let now = tools.clock.now();
        let transaction = self.connection.transaction()?;
        let mut desk = Desk {
            tx: &transaction,
            now,
            dice: &mut self.dice,
            keys: &tools.keys,
            settings: &tools.settings,
            counters: &tools.counters,
            low_disk: tools.low_disk.load(Ordering::Relaxed),
            room,
            effects: &mut effects,
            memory: &mut self.memory,
        };
        let answers = jobs
            .iter()
            .map(|job| answer(&mut desk, job))
            .collect::<Result<Vec<_>, _>>()?;
        clock_row::write(&transaction, now)?;
        let size = ledger::size(&transaction).map_err(book::fault)?;
        if size != self.memory.published {
            ledger::publish(&transaction, &tools.settings.origin, tools.keys.business())
                .map_err(book::fault)?;
        }
        tools
            .failpoints
            .reach(Gap::BeforeCommit)
            .map_err(|failure| StoreError::from(io::Error::from(failure)))?;
        // Set before the commit: whatever a failed one left, it is looked at again.
        self.residue |= effects.erased;
        transaction.commit()?;
        self.memory.published = size;
        tools.counters.commits.add(1);
        tools.counters.jobs.add(jobs.len() as u64);
        self.pass(Gap::AfterCommit)?;
        self.tools.tables.keep_level(self.memory.policies.lineage());
        self.tools.lines.wake(&effects.wake);
        if effects.wake_exporter {
            self.tools.lines.exporter.notify_waiters();
        }
        if effects.wake_chores {
            self.tools.lines.chores.notify_one();
        }
        Ok(answers)
    }

    /// The disk was full in the middle of a group, and SQLite undid all of it: nothing was synced, so
    /// nothing is in doubt. What only deletes is tried again, each in a transaction of its own.
    fn transact_what_fits(&mut self, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            self.empty_log()?;
            let done = match self.disk.may_delete(&self.connection, 0)? {
                true => self.transact(std::slice::from_ref(job), Room::None),
                false => Err(StoreError::DiskFull),
            };
            match done {
                Ok(one) => answers.extend(one),
                Err(StoreError::DiskFull) => {
                    self.undo()?;
                    answers.push(Answer::NoRoom);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    }

    /// The transaction did not happen: what was remembered of it is forgotten.
    fn undo(&mut self) -> Result<(), StoreError> {
        let after = Memory::over(&self.connection, &self.tools.keys)?;
        let before = std::mem::replace(&mut self.memory, after);
        // No number is given out twice, and no pace is forgotten.
        self.memory.next_place = before.next_place;
        self.memory.next_conversation = before.next_conversation;
        self.memory.next_business = before.next_business;
        self.memory.speech = before.speech;
        self.memory.begins = before.begins;
        self.memory.shelves = before.shelves;
        Ok(())
    }

    fn empty_log(&mut self) -> Result<(), StoreError> {
        match checkpoint_truncate(&self.connection) {
            Ok(Checkpoint::Done) => self.residue = false,
            Ok(Checkpoint::Waiting) | Err(StoreError::DiskFull) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// What breaks no rule.
pub(crate) fn stored<T: Default>(judged: Judged<T>) -> Result<T, StoreError> {
    match judged {
        Ok(done) => Ok(done),
        Err(Trouble::Store(error)) => Err(error),
        Err(Trouble::Refused(_)) => Ok(T::default()),
    }
}

fn answer(desk: &mut Desk<'_>, job: &Job) -> Result<Answer, StoreError> {
    if desk.room == Room::None && job.growth() > 0 {
        return Ok(Answer::NoRoom);
    }
    match apart(desk, |desk| Ok(job.work(desk)?)) {
        Ok(Some(outcome)) => Ok(Answer::Done(outcome)),
        Ok(None) | Err(Trouble::Refused(_)) => Ok(Answer::Faulty),
        Err(Trouble::Store(error)) => Err(error),
    }
}

impl Committer for Scribe {
    type Write = Job;
    type Outcome = Answer;

    fn commit(&mut self, group: &[Job]) -> Result<Vec<Answer>, StoreError> {
        self.pass(Gap::BeforeBatch)?;
        let room = self.room_for(group)?;
        if room == Room::ForNothing {
            return Ok(group.iter().map(|_| Answer::NoRoom).collect());
        }
        match self.transact(group, room) {
            Err(StoreError::DiskFull) => {
                self.undo()?;
                self.transact_what_fits(group)
            }
            answers => answers,
        }
    }

    fn size(job: &Job) -> usize {
        job.size()
    }

    fn tidy(&mut self) -> Result<Tidy, StoreError> {
        self.pass(Gap::BeforeWipe)?;
        if !self.residue {
            return Ok(Tidy::Done);
        }
        match checkpoint_truncate(&self.connection) {
            Ok(Checkpoint::Done) => {
                self.residue = false;
                Ok(Tidy::Done)
            }
            // A log that the disk has no room to empty holds what it held.
            Ok(Checkpoint::Waiting) | Err(StoreError::DiskFull) => Ok(Tidy::Again),
            Err(error) => Err(error),
        }
    }
}
