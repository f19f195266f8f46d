//! Acknowledgements of many mailboxes in one write: counts and deletes in one transaction, the deletes
//! sorted by place. (SPEC P-13, DESIGN §6)
//! Knows: places. Never knows: envelopes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{Router, lock};
use crate::rules::limits::{DELETED_BYTES, DELETES, DELETES_WAITING};
use crate::rules::mailbox::Handful;
use crate::store::{Acks, MailboxKey, Outcome, Place, Write};

/// What was gathered and is not with the writer yet: mail does not stand behind all of it.
#[derive(Default)]
pub(super) struct Deletes {
    waiting: VecDeque<Gathered>,
    /// With the writer, and not answered.
    handed_in: usize,
}

impl Router {
    /// Gathers what was acknowledged into writes, sorted by place, and lets go of mailboxes that
    /// are idle. What the last beat left goes to the writer at once. Called at least once a second.
    /// (P-13)
    pub(crate) fn gather(self: &Arc<Self>) {
        self.hand_in(usize::MAX);
        let mut all = Vec::new();
        for shard in &self.shards {
            let mut shard = lock(shard);
            for key in std::mem::take(&mut shard.gathering) {
                all.extend(shard.peek(key).map(|mailbox| (key, mailbox.gather())));
            }
            shard.rest();
        }
        self.put_together(all);
        self.hand_in(DELETES_WAITING);
    }

    /// Gathers everything, and leaves nothing for later.
    pub(crate) fn gather_all(self: &Arc<Self>) {
        self.gather();
        self.hand_in(usize::MAX);
    }

    /// Gathers what one mailbox has.
    pub(super) fn gather_from(self: &Arc<Self>, key: MailboxKey) {
        let handful = self.shard(key).with(key, |mailbox| mailbox.gather());
        self.put_together(handful.map(|handful| (key, handful)));
        self.hand_in(DELETES_WAITING);
    }

    fn put_together(&self, all: impl IntoIterator<Item = (MailboxKey, Handful)>) {
        let (mut rows, mut batch) = (Vec::new(), Gathered::default());
        for (key, handful) in all {
            rows.extend(handful.rows.iter().map(|row| (*row, key)));
            batch.count(key, handful.counts);
        }
        rows.sort_unstable_by_key(|((place, _), _)| *place);
        let mut batches = Vec::new();
        for ((place, size), key) in rows {
            if !batch.has_room_for(size) {
                batches.push(std::mem::take(&mut batch));
            }
            batch.add(key, place, size);
        }
        batches.push(batch);
        batches.retain(|batch| !batch.of.is_empty());
        lock(&self.deletes).waiting.extend(batches);
    }

    /// Hands in what waits, as long as fewer than so many writes are with the writer.
    fn hand_in(self: &Arc<Self>, most: usize) {
        while let Some(batch) = self.next_to_hand_in(most) {
            self.hand_in_one(batch);
        }
    }

    fn next_to_hand_in(&self, most: usize) -> Option<Gathered> {
        let mut deletes = lock(&self.deletes);
        if deletes.handed_in >= most {
            return None;
        }
        let batch = deletes.waiting.pop_front()?;
        deletes.handed_in += 1;
        Some(batch)
    }

    /// What cannot be handed in, or finds no room, is gathered again at the next beat.
    fn hand_in_one(self: &Arc<Self>, batch: Gathered) {
        let (router, write) = (Arc::clone(self), batch.as_write());
        let of = Arc::new(batch.of);
        let told = Arc::clone(&of);
        let submitted = self.submit(write, move |outcome| {
            for (key, handful) in told.iter() {
                router.shard(*key).with(*key, |mailbox| match outcome {
                    Outcome::NoRoom => mailbox.ungather(handful.clone()),
                    _ => mailbox.deleted(handful),
                });
            }
            lock(&router.deletes).handed_in -= 1;
            router.hand_in(DELETES_WAITING);
        });
        if submitted.is_err() {
            lock(&self.deletes).handed_in -= 1;
            for (key, handful) in of.iter() {
                self.shard(*key)
                    .with(*key, |mailbox| mailbox.ungather(handful.clone()));
            }
        }
    }
}

/// Places of many mailboxes, on their way into one write.
#[derive(Default)]
struct Gathered {
    of: BTreeMap<MailboxKey, Handful>,
    /// In ascending order.
    places: Vec<Place>,
    bytes: usize,
}

impl Gathered {
    fn has_room_for(&self, size: usize) -> bool {
        let fits = self.places.len() < DELETES && self.bytes + size <= DELETED_BYTES;
        fits || self.places.is_empty()
    }

    fn add(&mut self, key: MailboxKey, place: Place, size: usize) {
        self.places.push(place);
        self.bytes += size;
        self.of.entry(key).or_default().rows.push((place, size));
    }

    fn count(&mut self, key: MailboxKey, counts: u64) {
        if counts > 0 {
            self.of.entry(key).or_default().counts += counts;
        }
    }

    fn as_write(&self) -> Write {
        let counts = self.of.iter().map(|(mailbox, handful)| Acks {
            mailbox: *mailbox,
            count: handful.rows.len() as u64 + handful.counts,
        });
        Write::Acknowledge {
            counts: counts.collect(),
            places: self.places.clone(),
            bytes: self.bytes,
        }
    }
}
