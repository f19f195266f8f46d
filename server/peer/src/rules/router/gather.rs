//! Acknowledgements of many mailboxes in one write: counts and deletes in one transaction, the deletes
//! sorted by place. (SPEC P-13, DESIGN §6)
//! Knows: places. Never knows: envelopes.

use std::sync::{Arc, Mutex};

use super::shard::Shard;
use super::{Router, lock};
use crate::rules::limits::DELETES;
use crate::store::{Acks, MailboxKey, Place, Write};

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
        loop {
            let places = lock(shard)
                .peek(key)
                .map(|mailbox| mailbox.gather(DELETES - batch.places))
                .unwrap_or_default();
            if places.is_empty() {
                return;
            }
            batch.add(key, places);
            if batch.places >= DELETES {
                self.hand_in(batch);
            }
        }
    }

    fn hand_in(self: &Arc<Self>, batch: &mut Gathered) {
        let batch = std::mem::take(batch);
        if batch.places == 0 {
            return;
        }
        let (router, write) = (Arc::clone(self), batch.as_write());
        let of = Arc::new(batch.of);
        let deleted = Arc::clone(&of);
        let submitted = self.submit(write, move |_| {
            for (key, places) in deleted.iter() {
                router
                    .shard(*key)
                    .with(*key, |mailbox| mailbox.deleted(places));
            }
        });
        if submitted.is_err() {
            for (key, places) in of.iter() {
                self.shard(*key)
                    .with(*key, |mailbox| mailbox.ungather(places.clone()));
            }
        }
    }
}

/// Places of many mailboxes, on their way into one write.
#[derive(Default)]
struct Gathered {
    of: Vec<(MailboxKey, Vec<Place>)>,
    places: usize,
}

impl Gathered {
    fn add(&mut self, key: MailboxKey, places: Vec<Place>) {
        self.places += places.len();
        self.of.push((key, places));
    }

    fn as_write(&self) -> Write {
        let counts = self.of.iter().map(|(mailbox, places)| Acks {
            mailbox: *mailbox,
            count: places.len() as u64,
        });
        let mut places: Vec<Place> = self
            .of
            .iter()
            .flat_map(|(_, places)| places)
            .copied()
            .collect();
        places.sort_unstable();
        Write::Acknowledge {
            counts: counts.collect(),
            places,
        }
    }
}
