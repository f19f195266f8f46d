//! One shard of the router: mailboxes that are in memory or on their way there.
//! Knows: mailboxes by key. Never knows: the writer, connections.

use std::collections::{BTreeMap, BTreeSet};

use super::Attempt;
use crate::rules::mailbox::Mailbox;
use crate::rules::opening::{Opening, Waiter};
use crate::store::MailboxKey;

#[derive(Default)]
pub(super) struct Shard {
    pub(super) entries: BTreeMap<MailboxKey, Entry>,
    /// May have something to be deleted.
    pub(super) gathering: BTreeSet<MailboxKey>,
    /// Were idle at some moment since the last gather.
    pub(super) resting: BTreeSet<MailboxKey>,
}

pub(super) enum Entry {
    Opening(Opening),
    Open(Box<Mailbox>),
}

impl Shard {
    /// The mailbox, or a place among those who wait until it is in memory.
    pub(super) fn reach(
        &mut self,
        key: MailboxKey,
        waiter: impl FnOnce() -> Waiter,
    ) -> Attempt<&mut Mailbox> {
        use std::collections::btree_map::Entry as Slot;
        match self.entries.entry(key) {
            Slot::Vacant(vacant) => {
                let mut opening = Opening::default();
                opening.wait(waiter());
                vacant.insert(Entry::Opening(opening));
                Attempt::Ask
            }
            Slot::Occupied(occupied) => match occupied.into_mut() {
                Entry::Opening(opening) => {
                    opening.wait(waiter());
                    Attempt::Wait
                }
                Entry::Open(mailbox) => Attempt::Done(mailbox),
            },
        }
    }

    /// Does something with a mailbox that is in memory, and notes what became of it.
    pub(super) fn with<T>(
        &mut self,
        key: MailboxKey,
        act: impl FnOnce(&mut Mailbox) -> T,
    ) -> Option<T> {
        let mailbox = self.peek(key)?;
        let done = act(mailbox);
        let (gathers, rests) = (mailbox.has_gathered(), mailbox.is_idle());
        if gathers {
            self.gathering.insert(key);
        }
        if rests {
            self.resting.insert(key);
        }
        Some(done)
    }

    pub(super) fn peek(&mut self, key: MailboxKey) -> Option<&mut Mailbox> {
        match self.entries.get_mut(&key) {
            Some(Entry::Open(mailbox)) => Some(mailbox),
            Some(Entry::Opening(_)) | None => None,
        }
    }

    pub(super) fn take_opening(&mut self, key: MailboxKey) -> Option<Opening> {
        match self.entries.remove(&key) {
            Some(Entry::Opening(opening)) => Some(opening),
            Some(open) => {
                self.entries.insert(key, open);
                None
            }
            None => None,
        }
    }

    /// It is no more; the numbers that are being read may be older than that.
    pub(super) fn ended_while_opening(&mut self, key: MailboxKey) {
        if let Some(Entry::Opening(opening)) = self.entries.get_mut(&key) {
            opening.end();
        }
    }

    pub(super) fn take_open(&mut self, key: MailboxKey) -> Option<Mailbox> {
        self.peek(key)?;
        match self.entries.remove(&key) {
            Some(Entry::Open(mailbox)) => Some(*mailbox),
            _ => None,
        }
    }

    /// Lets go of what has been idle since the last time.
    pub(super) fn rest(&mut self) {
        for key in std::mem::take(&mut self.resting) {
            let Some(mailbox) = self.peek(key).filter(|mailbox| mailbox.is_idle()) else {
                continue;
            };
            if mailbox.was_touched() {
                self.resting.insert(key);
            } else {
                self.entries.remove(&key);
            }
        }
    }
}
