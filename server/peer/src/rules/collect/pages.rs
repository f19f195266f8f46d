//! What happened elsewhere, and pages from disk for slots that fell behind. (SPEC §5.5)
//! Knows: whose turn it is. Never knows: rows.

use partywall_world::Day;

use super::{Collect, Effect, Event};
use crate::rules::limits::LARGE_ENVELOPE;

impl Collect {
    pub(super) fn event(&mut self, event: Event, today: Day) {
        match event {
            Event::Deliver {
                attachment,
                tag,
                cargo,
            } => {
                // Of an attachment that ended, the credit was given back already.
                if let Some(read) = self.slots.read(attachment) {
                    read.said = tag;
                    self.core.counters.delivered.add(1);
                    self.effects.push(Effect::Deliver {
                        slot: attachment.slot,
                        tag,
                        cargo,
                    });
                }
            }
            Event::Behind(attachment) => self.hungry.push_back(attachment),
            Event::Page {
                attachment,
                mailbox,
                rows,
                more,
            } => {
                self.paging = false;
                self.core
                    .router
                    .page_arrived(mailbox, attachment, rows, more);
            }
            Event::Detached(attachment) => self.detached(attachment),
            Event::Identified { slot, found } => self.identified(slot, found, today),
            Event::Opened { slot, exists } => self.opened(slot, exists, today),
            Event::Created { slot, outcome } => self.created(slot, &outcome),
            Event::Shelved {
                attachment,
                outcome,
            } => self.shelved(attachment, &outcome),
            Event::Ended {
                attachment,
                outcome,
            } => self.ended(attachment, &outcome),
        }
    }

    /// One page at a time, each slot in its turn, and only when any envelope would fit.
    pub(super) fn ask_for_page(&mut self) {
        while !self.paging
            && let room = self.line.room()
            && room.envelopes > 0
            && room.bytes >= LARGE_ENVELOPE
            && let Some(attachment) = self.hungry.pop_front()
        {
            let Some(mailbox) = self.slots.read(attachment).map(|read| read.mailbox) else {
                continue;
            };
            let wanted = self.core.router.page_wanted(mailbox, attachment);
            if let Some(shown) = wanted {
                self.paging = true;
                self.effects.push(Effect::Page {
                    attachment,
                    mailbox,
                    shown,
                    room,
                });
            }
        }
    }
}
