//! Acknowledgements of many mailboxes in one write: counts and deletes in one transaction, the deletes
//! sorted by place. (SPEC P-13, DESIGN §6)
//! Knows: places. Never knows: envelopes.

use std::sync::{Arc, Mutex};

use super::shard::Shard;
use super::{Router, lock};
use crate::rules::limits::{DELETED_BYTES, DELETES};
use crate::rules::mailbox::Handful;
use crate::store::{Acks, MailboxKey, Outcome, Place, Room, Write};

impl Router {
    /// Gathers what was acknowledged into writes, sorted by place, and lets go of mailboxes that
    /// are idle. Called at least once a second. (P-13)
    pub(crate) fn gather(self: &Arc<Self>) {
        let mut batch = Gathered::default();
        for shard in &self.shards {
            let keys = std::mem::take(&mut lock(shard).gathering);
            for key in keys {
                self.gather_one(shard, key, &mut batch);
            }
            lock(shard).rest();
        }
        self.hand_in(&mut batch);
    }

    fn gather_one(self: &Arc<Self>, shard: &Mutex<Shard>, key: MailboxKey, batch: &mut Gathered) {
        let take = |room: Room| {
            let mut shard = lock(shard);
            let mailbox = shard.peek(key)?;
            let handful = mailbox.gather(room);
            Some((handful, mailbox.has_gathered()))
        };
        while let Some((handful, more)) = take(batch.room()) {
            batch.add(key, handful);
            if !more || !self.hand_in(batch) {
                return;
            }
        }
    }

    /// What could not be handed in, or found no room, is gathered again at the next beat.
    fn hand_in(self: &Arc<Self>, batch: &mut Gathered) -> bool {
        let batch = std::mem::take(batch);
        if batch.of.is_empty() {
            return true;
        }
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
        });
        if submitted.is_err() {
            for (key, handful) in of.iter() {
                self.shard(*key)
                    .with(*key, |mailbox| mailbox.ungather(handful.clone()));
            }
        }
        submitted.is_ok()
    }
}

/// Places of many mailboxes, on their way into one write.
#[derive(Default)]
struct Gathered {
    of: Vec<(MailboxKey, Handful)>,
    places: usize,
    bytes: usize,
}

impl Gathered {
    fn room(&self) -> Room {
        Room {
            envelopes: DELETES - self.places,
            bytes: DELETED_BYTES - self.bytes,
        }
    }

    fn add(&mut self, key: MailboxKey, handful: Handful) {
        if !handful.is_empty() {
            self.places += handful.rows.len();
            self.bytes += handful.bytes();
            self.of.push((key, handful));
        }
    }

    fn as_write(&self) -> Write {
        let counts = self.of.iter().map(|(mailbox, handful)| Acks {
            mailbox: *mailbox,
            count: handful.rows.len() as u64 + handful.counts,
        });
        let rows = self.of.iter().flat_map(|(_, handful)| &handful.rows);
        let mut places: Vec<Place> = rows.map(|(place, _)| *place).collect();
        places.sort_unstable();
        Write::Acknowledge {
            counts: counts.collect(),
            places,
            bytes: self.bytes,
        }
    }
}
