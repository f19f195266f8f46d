//! What a contact is owed without being asked: a fresh mailbox, a move told, a renewal, a receipt, an answer.
//! Knows: who is owed what, and when. Never knows: sockets. (SPEC C-1, C-5, C-6, C-8)

use super::compose::Saying;
use super::records::{ContactRecord, MailboxState, Purpose};
use super::turn::Turn;
use crate::error::StoreTrouble;
use crate::waits::sign_waits;

/// Contents taken in after which the peer gets a sign even if nobody writes to it: its chain is
/// not endless. (S-9)
const SIGN_AFTER: u64 = 5_000;

/// How soon a content of our own is owed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Owed {
    Nothing,
    Soon,
    Now,
}

impl Turn<'_, '_> {
    pub(super) fn chores(&mut self) -> Result<(), StoreTrouble> {
        let now = self.now.monotonic;
        let due = self.mind.due.iter().filter(|(_, at)| **at <= now);
        let due: Vec<i64> = due.map(|(contact, _)| *contact).collect();
        for contact in due {
            self.mind.due.remove(&contact);
            if self.owed(contact) > Owed::Nothing {
                // A refusal (20,000 unanswered) is the person's to hear when they say something.
                let _ = self.compose(contact, Saying::Receipt)?;
            }
        }
        for contact in std::mem::take(&mut self.mind.touched) {
            if self.mind.contacts.get(contact).is_some() {
                self.look_after(contact)?;
            }
        }
        self.mind.touched.clear();
        Ok(())
    }

    fn look_after(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        self.have_a_fresh_mailbox(contact)?;
        self.close_what_was_left(contact)?;
        self.probe(contact)?;
        match self.owed(contact) {
            Owed::Nothing => {}
            Owed::Now => {
                let _ = self.compose(contact, Saying::Sign)?;
                if self.owed(contact) == Owed::Soon {
                    self.owe_soon(contact);
                }
            }
            Owed::Soon => self.owe_soon(contact),
        }
        Ok(())
    }

    fn owe_soon(&mut self, contact: i64) {
        if !self.mind.due.contains_key(&contact) {
            let at = self.now.monotonic + sign_waits(&mut self.mind.dice);
            self.mind.due.insert(contact, at);
        }
    }

    fn owed(&self, contact: i64) -> Owed {
        let Some(record) = self.mind.contacts.get(contact) else {
            return Owed::Nothing;
        };
        let gone = self
            .mind
            .targets
            .get(record.target)
            .is_none_or(|to| to.gone);
        let stranger = !engaged(record) && !partywall_mutant::is("D02");
        if record.rolled_back || gone || stranger {
            return Owed::Nothing;
        }
        let there = record.announce.and_then(|id| self.mind.mailboxes.get(id));
        let announce = there.is_some_and(|mailbox| mailbox.state == MailboxState::Open);
        let hello = record.hello && (announce || record.announce.is_none());
        if hello || (announce && !record.announced) || record.unanswered >= SIGN_AFTER {
            return Owed::Now;
        }
        let renewal = record.gave.is_none();
        let moved = record.moved.is_some() && record.moved_told.is_none();
        let receipt = record.receipt_due && self.setting().receipts;
        let known = self.is_confirmed(record) || partywall_mutant::is("D02");
        if known && (renewal || moved || receipt) {
            Owed::Soon
        } else {
            Owed::Nothing
        }
    }

    /// Both sides read at a mailbox drawn for this conversation after first contact. (C-6)
    fn have_a_fresh_mailbox(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let record = self.contact(contact)?;
        let wanted = match record.came_by {
            Some(_) => u64::from(engaged(record)),
            None => 1 + u64::from(record.confirmed),
        };
        if record.epoch >= wanted {
            return Ok(());
        }
        let epoch = record.epoch;
        let came_by = record.came_by;
        let here = self.mind.mailboxes.iter().find(|(id, mailbox)| {
            Some(*id) == came_by
                || matches!(mailbox.purpose, Purpose::Contact { contact: of, epoch: at }
                    if of == contact && at == epoch)
        });
        match here.map(|(_, mailbox)| mailbox.relay) {
            Some(relay) => self.next_mailbox(contact, relay),
            None => Ok(()),
        }
    }

    /// Draws the next mailbox of a conversation and means to tell of it.
    pub(super) fn next_mailbox(&mut self, contact: i64, relay: i64) -> Result<(), StoreTrouble> {
        let record = self.edit_contact(contact)?;
        record.epoch += 1;
        let epoch = record.epoch;
        let capability = self.mind.dice.bytes();
        let purpose = Purpose::Contact { contact, epoch };
        let mailbox = self.draw_mailbox(relay, capability, purpose)?;
        let record = self.edit_contact(contact)?;
        record.announce = Some(mailbox);
        record.announced = false;
        Ok(())
    }

    /// Closes older mailboxes when everything that was sent to them has arrived. (C-1)
    fn close_what_was_left(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let record = self.contact(contact)?;
        let Some(moved) = record.peer_moved else {
            return Ok(());
        };
        let missing = record.missing.iter().any(|span| span.first <= moved.last);
        let still_comes = record.next <= moved.last || missing;
        if still_comes && !partywall_mutant::is("S10") {
            return Ok(());
        }
        let came_by = record.came_by;
        // Others who came by the same link may still write there.
        let others = self.mind.contacts.ids(|other, record| {
            other != contact && record.came_by == came_by && record.peer_moved.is_none()
        });
        let shared = !others.is_empty();
        let left = self.mind.mailboxes.ids(|id, mailbox| {
            let older = match &mailbox.purpose {
                Purpose::Contact { contact: of, epoch } => *of == contact && *epoch < moved.epoch,
                Purpose::Link(link) => Some(id) == came_by && link.used && !shared,
                Purpose::Adding => false,
            };
            older && mailbox.state != MailboxState::Closing
        });
        for mailbox in left {
            self.close_mailbox(mailbox)?;
        }
        Ok(())
    }
}

/// Whether the contact may learn that we are here: we spoke first, or it was invited, or it proved itself.
pub(super) fn engaged(record: &ContactRecord) -> bool {
    record.came_by.is_none() || record.invited || record.confirmed || record.sent > 0
}
