//! One transaction's writes, each decided when its turn comes: while the rows before it are written,
//! a reader may still be faster than the disk. Of everything left out, one write at the end.
//! Knows: jobs in order. Never knows: SQL, who waits for an answer.

use std::collections::BTreeMap;
use std::slice;

use super::job::{Job, Part, Room};
use crate::store::{Acks, MailboxKey, Outcome, Write};

/// The writes of a group, and what became of each of its jobs.
pub(super) struct Batch<'a> {
    group: &'a [Job],
    jobs: slice::Iter<'a, Job>,
    room: Room,
    fates: Vec<Fate>,
    /// Acknowledged in time, and how many of each mailbox.
    left_out: BTreeMap<MailboxKey, u64>,
    /// Taken from the jobs and not given yet.
    first: Option<Write>,
}

enum Fate {
    Written,
    LeftOut,
    Nothing,
}

impl<'a> Batch<'a> {
    pub(super) fn of(group: &'a [Job], room: Room) -> Self {
        let mut batch = Self {
            group,
            jobs: group.iter(),
            room,
            fates: Vec::with_capacity(group.len()),
            left_out: BTreeMap::new(),
            first: None,
        };
        batch.first = batch.next();
        batch
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// One for each job of the group, of those of the writes, in order.
    pub(super) fn outcomes(self, written: Vec<Outcome>) -> Vec<Option<Outcome>> {
        let mut written = written.into_iter();
        let each = self.group.iter().zip(self.fates);
        each.map(|(job, fate)| match fate {
            Fate::Written => written.next(),
            Fate::LeftOut => Some(Outcome::Done),
            Fate::Nothing => unwritten(job),
        })
        .collect()
    }

    /// The acknowledgements of what was left out: the commit, and so the time of `accepted`, is the
    /// same. (P-15)
    fn acknowledged(&mut self) -> Option<Write> {
        let left_out = std::mem::take(&mut self.left_out);
        let count = |(mailbox, count)| Acks { mailbox, count };
        let is_written = !left_out.is_empty() && !partywall_mutant::is("D15");
        is_written.then(|| Write::Acknowledge {
            counts: left_out.into_iter().map(count).collect(),
            places: Vec::new(),
            bytes: 0,
        })
    }
}

impl Iterator for Batch<'_> {
    type Item = Write;

    fn next(&mut self) -> Option<Write> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        for job in self.jobs.by_ref() {
            match job.as_written(self.room) {
                Part::Write(write) => {
                    self.fates.push(Fate::Written);
                    return Some(write);
                }
                Part::LeftOut(mailbox) => {
                    self.fates.push(Fate::LeftOut);
                    *self.left_out.entry(mailbox).or_default() += 1;
                }
                Part::Nothing => self.fates.push(Fate::Nothing),
            }
        }
        self.acknowledged()
    }
}

/// The outcome of what was not part of a batch.
pub(super) fn unwritten(job: &Job) -> Option<Outcome> {
    match job {
        Job::Expire(_) => None,
        Job::Write(_) | Job::Keep(..) => Some(Outcome::NoRoom),
    }
}
