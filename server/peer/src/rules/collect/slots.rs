//! The slots of one connection: what the client calls by which number.
//! Knows: which mailbox stands behind a slot. Never knows: envelopes.

use std::collections::BTreeMap;

use partywall_ground::{Close, Credit, ReaderId};
use partywall_peer::Slot;

use crate::rules::limits::SLOTS;
use crate::rules::mailbox::Attachment;
use crate::store::{Identified, MailboxKey};

/// Each state in a box: most connections have one slot, and a map's smallest node has room for eleven.
#[derive(Default)]
pub(super) struct Slots(BTreeMap<u32, Box<State>>);

pub(super) enum State {
    /// The writer is asked.
    Creating {
        reader: ReaderId,
    },
    /// The store is asked.
    Identifying {
        proven: bool,
    },
    /// The mailbox is read into memory.
    Opening(Identified),
    Read(Read),
    /// The mailbox is being ended; the credit is given out when it is.
    Ending {
        read: Read,
        credit: Option<Credit>,
    },
    /// Detached by the relay. The client may not know yet; the slot is free.
    Lost,
}

#[derive(Clone, Copy)]
pub(super) struct Read {
    pub(super) mailbox: MailboxKey,
    pub(super) attachment: Attachment,
    /// The last tag that was said.
    pub(super) said: u64,
}

/// What a request about a slot meets.
pub(super) enum Found {
    Read(Read),
    /// The client does not know yet that it lost it.
    Lost,
}

/// Whether a slot can be taken.
pub(super) enum Free {
    Yes,
    TooMany,
}

impl Slots {
    /// Whether a mailbox may be called by this number.
    ///
    /// # Errors
    /// Out of turn, when one is.
    pub(super) fn free(&mut self, slot: Slot) -> Result<Free, Close> {
        match self.0.get(&slot.value()).map(|state| &**state) {
            Some(State::Lost) => Ok(Free::Yes),
            Some(_) => Err(Close::OutOfTurn),
            None if self.0.len() < SLOTS => Ok(Free::Yes),
            None => {
                // Slots that were lost count only until the room is needed.
                let lost = self
                    .0
                    .iter()
                    .find(|(_, state)| matches!(***state, State::Lost));
                let lost = lost.map(|(slot, _)| *slot);
                match lost.and_then(|slot| self.0.remove(&slot)) {
                    Some(_) => Ok(Free::Yes),
                    None => Ok(Free::TooMany),
                }
            }
        }
    }

    /// What a request about a slot that should be read meets.
    ///
    /// # Errors
    /// Out of turn, when the client has no reason to believe that it reads it.
    pub(super) fn find(&self, slot: Slot) -> Result<Found, Close> {
        match self.0.get(&slot.value()).map(|state| &**state) {
            Some(State::Read(read)) => Ok(Found::Read(*read)),
            Some(State::Lost) => Ok(Found::Lost),
            _ => Err(Close::OutOfTurn),
        }
    }

    /// The mailbox of an attachment that still holds.
    pub(super) fn read(&mut self, attachment: Attachment) -> Option<&mut Read> {
        match self.0.get_mut(&attachment.slot).map(|state| &mut **state) {
            Some(State::Read(read) | State::Ending { read, .. })
                if read.attachment == attachment =>
            {
                Some(read)
            }
            _ => None,
        }
    }

    pub(super) fn put(&mut self, slot: u32, state: State) {
        self.0.insert(slot, Box::new(state));
    }

    pub(super) fn remove(&mut self, slot: u32) -> Option<State> {
        self.0.remove(&slot).map(|state| *state)
    }

    pub(super) fn drain_read(&mut self) -> Vec<(MailboxKey, Attachment)> {
        let slots = std::mem::take(&mut self.0);
        let read = slots.into_values().filter_map(|state| match *state {
            State::Read(read) | State::Ending { read, .. } => Some((read.mailbox, read.attachment)),
            _ => None,
        });
        read.collect()
    }
}
