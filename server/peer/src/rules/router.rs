//! Finds mailboxes in memory: 64 shards, each behind a mutex that is never held across an await.
//! A mailbox is in memory while it has a reader or something waits for the disk, and for a gather
//! or two after that.
//! Knows: mailboxes by their keys, the writer's desk. Never knows: ids, sockets, SQL.

mod gather;
mod shard;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partywall_ground::Close;
use partywall_store::Refused;

use self::gather::Deletes;
use self::shard::{Entry, Shard};
use super::bells::Bells;
use super::flow::Flow;
use super::limits::SHARDS;
use super::line::Line;
use super::mailbox::{Attachment, Mailbox, NotDelivered};
use super::opening::Waiter;
use super::ticket::Ticket;
use super::{collect, deposit};
use crate::gauges::Counters;
use crate::scribe::{Answer, Desk, Job};
use crate::store::{Cargo, Expired, Held, MailboxKey, Opened, Outcome, Rows, Shown, Write};

pub(crate) struct Router {
    shards: Vec<Mutex<Shard>>,
    quota: Held,
    desk: Desk,
    bells: Arc<Bells>,
    counters: Arc<Counters>,
    attachments: AtomicU64,
    deletes: Mutex<Deletes>,
}

/// What came of an attempt that needs the mailbox in memory.
pub(crate) enum Attempt<T> {
    Done(T),
    /// Its numbers are read from disk first; the waiter is woken then. Whoever is told `Ask` has to
    /// see that [`Router::opened`] is called.
    Ask,
    Wait,
}

impl Router {
    pub(crate) fn new(desk: Desk, bells: Arc<Bells>, quota: Held, counters: Arc<Counters>) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self {
            shards,
            quota,
            desk,
            bells,
            counters,
            attachments: AtomicU64::new(1),
            deletes: Mutex::default(),
        }
    }

    /// Takes an envelope in: to the writer, and at once to a live reader, whom [`Router::ring`] wakes.
    /// The answer goes to `line`.
    pub(crate) fn deposit(
        self: &Arc<Self>,
        key: MailboxKey,
        cargo: &Arc<Cargo>,
        line: &Arc<Line<deposit::Event>>,
        flow: &Arc<Flow>,
    ) -> Attempt<Result<(), Close>> {
        let mut shard = self.shard(key);
        let waiter = || {
            let line = Arc::clone(line);
            Box::new(move |exists| line.tell(deposit::Event::Opened(exists))) as Waiter
        };
        let mailbox = match shard.reach(key, waiter) {
            Attempt::Done(mailbox) => mailbox,
            Attempt::Ask => return Attempt::Ask,
            Attempt::Wait => return Attempt::Wait,
        };
        Attempt::Done(self.take_in(mailbox, cargo, line, flow))
    }

    fn take_in(
        self: &Arc<Self>,
        mailbox: &mut Mailbox,
        cargo: &Arc<Cargo>,
        line: &Arc<Line<deposit::Event>>,
        flow: &Arc<Flow>,
    ) -> Result<(), Close> {
        if mailbox.is_closing() {
            return Err(Close::NoSuchDrop);
        }
        // Or a live reader would get it before those that found no room.
        if flow.is_stopped() {
            return Err(Close::NoRoom);
        }
        let mut held = mailbox.held();
        held.add(cargo.size());
        let full = held.envelopes > self.quota.envelopes || held.bytes > self.quota.bytes;
        if full && !partywall_mutant::is("E06") && !partywall_mutant::is("X17") {
            self.counters.refused_full.add(1);
            return Err(Close::Full);
        }
        let (key, ticket) = (mailbox.key(), Arc::new(Ticket::new()));
        let write = Write::Keep {
            mailbox: key,
            cargo: Arc::clone(cargo),
        };
        let told_early = partywall_mutant::is("X01")
            || partywall_mutant::is("X02")
            || partywall_mutant::is("X09");
        if told_early {
            line.tell(deposit::Event::Written(Ok(())));
        }
        let (router, line) = (Arc::clone(self), Arc::clone(line));
        // Under the shard's lock, so that of two depositors the order to the reader and the order
        // to the disk are the same.
        let job = Job::Keep(write, Arc::clone(&ticket), Arc::clone(flow));
        self.desk
            .try_submit(job, move |answer| {
                if let Ok(Answer::Outcome(outcome)) = answer {
                    let written = router.written(key, &outcome);
                    if !told_early {
                        router.bells.leave(&line, deposit::Event::Written(written));
                    }
                }
            })
            .map_err(|refused| self.why(&refused))?;
        mailbox.queued(cargo, ticket);
        Ok(())
    }

    /// Wakes the mailbox's reader, if it has one: once for all that was deposited together.
    pub(crate) fn ring(&self, key: MailboxKey) {
        if let Some(mailbox) = self.shard(key).peek(key) {
            mailbox.ring();
        }
    }

    /// The writer answered the mailbox's oldest envelope. On its thread.
    fn written(&self, key: MailboxKey, outcome: &Outcome) -> Result<(), Close> {
        let place = match outcome {
            Outcome::NoMailbox => {
                self.ended(key);
                return Err(Close::NoSuchDrop);
            }
            Outcome::NoRoom => {
                self.counters.refused_no_room.add(1);
                self.shard(key).with(key, Mailbox::not_written);
                return Err(Close::NoRoom);
            }
            Outcome::Kept(place) => Some(*place),
            _ => None,
        };
        self.counters.accepted.add(1);
        self.shard(key).with(key, |mailbox| mailbox.written(place));
        Ok(())
    }

    /// The newest reader has the mailbox from now on. Gives its count of acknowledgements.
    pub(crate) fn attach(
        &self,
        key: MailboxKey,
        slot: u32,
        line: &Arc<Line<collect::Event>>,
    ) -> Attempt<Option<(Attachment, u64)>> {
        let mut shard = self.shard(key);
        let waiter = || {
            let line = Arc::clone(line);
            Box::new(move |exists| line.tell(collect::Event::Opened { slot, exists })) as Waiter
        };
        let mailbox = match shard.reach(key, waiter) {
            Attempt::Done(mailbox) => mailbox,
            Attempt::Ask => return Attempt::Ask,
            Attempt::Wait => return Attempt::Wait,
        };
        if mailbox.is_closing() {
            return Attempt::Done(None);
        }
        let number = self.attachments.fetch_add(1, Ordering::Relaxed);
        let attachment = Attachment { number, slot };
        mailbox.attach(Arc::clone(line), attachment);
        Attempt::Done(Some((attachment, mailbox.acks())))
    }

    /// A mailbox's numbers came from disk, or it does not exist.
    pub(crate) fn opened(&self, key: MailboxKey, opened: Option<Opened>) {
        let mut shard = self.shard(key);
        let Some(opening) = shard.take_opening(key) else {
            return;
        };
        let opened = opened.filter(|_numbers| !opening.has_ended());
        if let Some(opened) = opened {
            shard
                .entries
                .insert(key, Entry::Open(Box::new(Mailbox::new(key, opened))));
            shard.resting.insert(key);
        }
        drop(shard);
        opening.wake(opened.is_some());
    }

    /// The reader's connection has ended, or the slot has.
    pub(crate) fn detach(&self, key: MailboxKey, attachment: Attachment) {
        self.shard(key)
            .with(key, |mailbox| mailbox.detach(attachment));
    }

    /// The reader has everything up to `tag`.
    ///
    /// # Errors
    /// [`NotDelivered`] for a tag that was never given.
    pub(crate) fn acknowledge(
        self: &Arc<Self>,
        key: MailboxKey,
        attachment: Attachment,
        tag: u64,
    ) -> Result<(), NotDelivered> {
        let acknowledged = self.shard(key).with(key, |mailbox| {
            let acknowledged = mailbox.acknowledge(attachment, tag);
            acknowledged.map(|done| (done, mailbox.brims()))
        });
        let (done, brims) = acknowledged.transpose()?.unwrap_or_default();
        if brims {
            self.gather_from(key);
        }
        self.counters.acknowledged.add(done.envelopes);
        self.counters.left_out.add(done.left_out);
        Ok(())
    }

    /// See [`Mailbox::page_wanted`].
    pub(crate) fn page_wanted(&self, key: MailboxKey, attachment: Attachment) -> Option<Shown> {
        self.shard(key)
            .with(key, |mailbox| mailbox.page_wanted(attachment))
            .flatten()
    }

    /// See [`Mailbox::page_arrived`].
    pub(crate) fn page_arrived(
        &self,
        key: MailboxKey,
        attachment: Attachment,
        rows: Rows,
        more: bool,
    ) {
        self.shard(key)
            .with(key, |mailbox| mailbox.page_arrived(attachment, rows, more));
    }

    /// Whether this attachment has the mailbox, and does not end it already.
    pub(crate) fn is_read_by(&self, key: MailboxKey, attachment: Attachment) -> bool {
        let mut shard = self.shard(key);
        let is = |mailbox: &mut Mailbox| mailbox.is_read_by(attachment) && !mailbox.is_closing();
        shard.with(key, is).unwrap_or(false)
    }

    /// From now on the mailbox takes nothing in, if this attachment has it; the caller submits its
    /// end.
    pub(crate) fn begin_closing(&self, key: MailboxKey, attachment: Attachment) -> bool {
        let begin = |mailbox: &mut Mailbox| {
            let mine = mailbox.is_read_by(attachment) && !mailbox.is_closing();
            if mine {
                mailbox.set_closing(true);
            }
            mine
        };
        self.shard(key).with(key, begin).unwrap_or(false)
    }

    /// Its end could not be submitted.
    pub(crate) fn stays(&self, key: MailboxKey) {
        self.shard(key)
            .with(key, |mailbox| mailbox.set_closing(false));
    }

    /// The mailbox is gone from the disk.
    pub(crate) fn ended(&self, key: MailboxKey) {
        let mut shard = self.shard(key);
        match shard.take_open(key) {
            Some(mailbox) => {
                drop(shard);
                mailbox.end();
            }
            None => shard.ended_while_opening(key),
        }
    }

    /// What one round of expiry deleted.
    pub(crate) fn expired(&self, expired: &Expired) {
        for gone in &expired.envelopes {
            self.shard(gone.mailbox).with(gone.mailbox, |mailbox| {
                mailbox.expired(gone.place, gone.size)
            });
        }
        for key in &expired.mailboxes {
            self.ended(*key);
        }
    }

    /// Hands in a write whose answer only its asker needs.
    ///
    /// # Errors
    /// Why not, as a connection is told.
    pub(crate) fn submit(
        &self,
        write: Write,
        answer: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<(), Close> {
        self.desk
            .try_submit(Job::Write(write), move |said| {
                if let Ok(Answer::Outcome(outcome)) = said {
                    answer(outcome);
                }
            })
            .map_err(|refused| self.why(&refused))
    }

    /// Hands in a job whose answer is awaited elsewhere.
    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Every mailbox that has a reader now.
    pub(crate) fn read_now(&self) -> Vec<MailboxKey> {
        let mut read = Vec::new();
        for shard in &self.shards {
            let shard = lock(shard);
            read.extend(shard.entries.iter().filter_map(|(key, entry)| match entry {
                Entry::Open(mailbox) if mailbox.is_read() => Some(*key),
                _ => None,
            }));
        }
        read
    }

    /// How many mailboxes are in memory.
    pub(crate) fn in_memory(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| lock(shard).entries.len())
            .sum()
    }

    fn why<W>(&self, refused: &Refused<W>) -> Close {
        match refused {
            Refused::Full(_) => Close::Busy,
            Refused::Stopped(_) if self.desk.is_dead() => Close::Fault,
            Refused::Stopped(_) => Close::ComeBack,
        }
    }

    fn shard(&self, key: MailboxKey) -> MutexGuard<'_, Shard> {
        let shard = key.number().unsigned_abs() as usize % SHARDS;
        lock(&self.shards[shard])
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
