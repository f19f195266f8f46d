//! Which mailbox is meant by a slot, what is known of it on the present connection, acknowledgements.
//! Knows: slots, tags, rows. Never knows: what is in envelopes.

use super::super::records::{MailboxState, Purpose, RelayRecord};
use super::super::turn::Turn;
use crate::error::StoreTrouble;
use crate::seam::{Collect, DownReason, Slot, Tag};

impl Turn<'_, '_> {
    /// The mailbox of a delivery; what was acknowledged moves before the acknowledgement leaves. (C-7)
    pub(in crate::conversation) fn mailbox_at(
        &mut self,
        relay: i64,
        slot: Slot,
        tag: Tag,
    ) -> Option<i64> {
        let mailbox = self.mailbox_of(relay, slot)?;
        let line = self.mind.lines.get(&relay)?;
        let before = line.attached.get(&mailbox)?.before;
        let record = self.mind.mailboxes.edit(mailbox)?;
        record.acks = record.acks.max(before.saturating_add(tag.0));
        self.mind.acks.insert(mailbox, tag);
        Some(mailbox)
    }

    /// One acknowledgement for each mailbox, of all that this step took in.
    pub(in crate::conversation) fn acknowledge(&mut self) {
        for (mailbox, tag) in std::mem::take(&mut self.mind.acks) {
            let Some(relay) = self.mind.mailboxes.get(mailbox).map(|record| record.relay) else {
                continue;
            };
            let line = self.mind.lines.get(&relay);
            if let Some(attached) = line.and_then(|line| line.attached.get(&mailbox)) {
                let slot = attached.slot;
                self.command(relay, Collect::Ack { slot, tag });
            }
        }
    }

    /// Why the line to a mailbox's relay is down, if it is.
    pub(in crate::conversation) fn why_down(&self, mailbox: i64) -> Option<DownReason> {
        let relay = self.mind.mailboxes.get(mailbox)?.relay;
        self.mind.lines.get(&relay)?.told_down
    }

    pub(in crate::conversation) fn is_attached(&self, mailbox: i64) -> bool {
        let lines = &mut self.mind.lines.values();
        lines.any(|line| line.attached.contains_key(&mailbox))
    }

    pub(in crate::conversation) fn slot_and_shelf(&self, mailbox: i64) -> Option<(i64, Slot, u32)> {
        let relay = self.mind.mailboxes.get(mailbox)?.relay;
        let attached = self.mind.lines.get(&relay)?.attached.get(&mailbox)?;
        Some((relay, attached.slot, attached.shelf))
    }

    pub(in crate::conversation) fn set_shelf(&mut self, relay: i64, mailbox: i64, shelf: u32) {
        let line = self.mind.lines.get_mut(&relay);
        if let Some(attached) = line.and_then(|line| line.attached.get_mut(&mailbox)) {
            attached.shelf = shelf;
        }
    }

    pub(in crate::conversation) fn state_of(&self, mailbox: i64) -> Option<MailboxState> {
        Some(self.mind.mailboxes.get(mailbox)?.state)
    }

    pub(in crate::conversation) fn contact_of(&self, mailbox: i64) -> Option<i64> {
        match self.mind.mailboxes.get(mailbox)?.purpose {
            Purpose::Contact { contact, .. } => Some(contact),
            _ => None,
        }
    }

    pub(in crate::conversation) fn mailbox_of(&self, relay: i64, slot: Slot) -> Option<i64> {
        self.mind.lines.get(&relay)?.slots.get(&slot).copied()
    }

    pub(in crate::conversation) fn host(&self, relay: i64) -> Option<String> {
        self.mind.relays.get(relay)?.authorities.first().cloned()
    }

    /// The row of a relay, made if it is new; a pass in the link takes the place of an older one.
    pub(in crate::conversation) fn relay_row(
        &mut self,
        fresh: RelayRecord,
    ) -> Result<i64, StoreTrouble> {
        let known = self.mind.relays.ids(|_, known| known.key == fresh.key);
        let Some(relay) = known.first().copied() else {
            return self.mind.relays.insert(fresh, self.hands);
        };
        let mut moved = false;
        if let Some(record) = self.mind.relays.edit(relay) {
            moved = record.authorities != fresh.authorities;
            record.authorities = fresh.authorities;
            if fresh.pass.is_some() {
                record.pass = fresh.pass;
            }
        }
        if moved && self.mind.lines.remove(&relay).is_some() {
            // The newest link says where the relay is now.
            self.open_line(relay);
        }
        Ok(relay)
    }
}
