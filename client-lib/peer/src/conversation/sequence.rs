//! What arrived becomes events in the order in which it was written; what is missing, a gap. (SPEC C-4)
//! Knows: sequences, what is held back. Never knows: sessions, sockets.

use super::content::Span;
use super::records::{EventRecord, HeldRecord, MailboxState, MessageRecord, Purpose};
use super::rows::written;
use super::turn::Turn;
use crate::error::StoreTrouble;
use crate::store::Table;

/// How long an older mailbox is waited for, in milliseconds of being connected.
const LONGEST_WAIT: u64 = 30_000;
/// Contents held back for a contact at most.
const MOST_HELD: usize = 4_096;
/// Gaps that are remembered; beyond it the oldest go, and what comes late for them is still shown.
const MOST_GAPS: usize = 256;

impl Turn<'_, '_> {
    /// Surfaces a content if it is its turn, else holds it.
    pub(super) fn arrived_in_sequence(
        &mut self,
        contact: i64,
        held: HeldRecord,
    ) -> Result<(), StoreTrouble> {
        let record = self.edit_contact(contact)?;
        if held.sequence < record.next {
            close_gap(&mut record.missing, held.sequence);
            return self.surface(contact, held, true);
        }
        let is_its_turn = held.sequence == record.next || partywall_mutant::is("B03");
        if is_its_turn {
            record.next = record.next.saturating_add(1);
            record.waited = 0;
            self.surface(contact, held, false)?;
        } else {
            let all = self.mind.held.get(&contact);
            if all.is_some_and(|all| all.contains_key(&held.sequence)) {
                return Ok(());
            }
            self.hold(contact, held)?;
        }
        self.release(contact)
    }

    /// Surfaces what is held as far as may be.
    pub(super) fn release(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        loop {
            let Some(all) = self.mind.held.get_mut(&contact) else {
                return Ok(());
            };
            let Some((&first, _)) = all.first_key_value() else {
                self.mind.held.remove(&contact);
                return Ok(());
            };
            let count = all.len();
            let next = self.contact(contact)?.next;
            if first > next {
                if count <= MOST_HELD && self.may_still_come(contact, next)? {
                    return Ok(());
                }
                if !partywall_mutant::is("B04") {
                    self.tell(contact, &EventRecord::Gap(first - next))?;
                }
                let record = self.edit_contact(contact)?;
                let last = first - 1;
                record.missing.push(Span { first: next, last });
                if record.missing.len() > MOST_GAPS {
                    record.missing.remove(0);
                }
            }
            let record = self.edit_contact(contact)?;
            record.next = first.saturating_add(1);
            record.waited = 0;
            let all = self.mind.held.get_mut(&contact);
            if let Some((row, held)) = all.and_then(|all| all.remove(&first)) {
                self.hands.delete(Table::Held, row)?;
                self.surface(contact, held, false)?;
            }
        }
    }

    /// Whether an older mailbox may still hold this sequence, and was not waited for too long.
    fn may_still_come(&self, contact: i64, sequence: u64) -> Result<bool, StoreTrouble> {
        let record = self.contact(contact)?;
        let moved_before = record.peer_moved.is_some_and(|moved| moved.last < sequence);
        let waits = record.waited < LONGEST_WAIT && !moved_before;
        Ok(waits && !self.older_mailboxes(contact).is_empty())
    }

    /// Mailboxes of ours that the contact wrote to before its newest.
    pub(super) fn older_mailboxes(&self, contact: i64) -> Vec<i64> {
        let Some(record) = self.mind.contacts.get(contact) else {
            return Vec::new();
        };
        if record.epoch == 0 {
            return Vec::new();
        }
        self.mind.mailboxes.ids(|id, mailbox| {
            let older = match mailbox.purpose {
                Purpose::Contact { contact: of, epoch } => of == contact && epoch < record.epoch,
                Purpose::Link(_) => record.came_by == Some(id),
                Purpose::Adding => false,
            };
            older && mailbox.state == MailboxState::Open
        })
    }

    /// Counts the time that was waited while an older mailbox was read. (C-4)
    pub(super) fn wait_for_the_missing(&mut self) -> Result<(), StoreTrouble> {
        let Some(last) = self.mind.last_step else {
            return Ok(());
        };
        let passed = self.now.monotonic.since(last).as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        let waiting: Vec<i64> = self.mind.held.keys().copied().collect();
        for contact in waiting {
            let older = self.older_mailboxes(contact);
            if older.iter().any(|mailbox| self.is_attached(*mailbox)) {
                let record = self.edit_contact(contact)?;
                record.waited = record.waited.saturating_add(passed);
            }
            self.release(contact)?;
        }
        Ok(())
    }

    fn surface(&mut self, contact: i64, held: HeldRecord, late: bool) -> Result<(), StoreTrouble> {
        let Some(text) = held.text else {
            return Ok(());
        };
        let name: [u8; 16] = held.id[..].try_into().map_err(|_| StoreTrouble::Damaged)?;
        // What stands after our newest text may answer an older one: its writer says what it had. (C-4)
        let had_and_said = held.seen.zip(self.contact(contact)?.said);
        let crossed =
            had_and_said.is_some_and(|(had, said)| had < said && !partywall_mutant::is("B05"));
        let record = MessageRecord {
            id: held.id,
            ours: false,
            milliseconds: held.milliseconds,
            text,
            late,
            sequence: held.sequence,
            crossed: Some(crossed),
        };
        let row = self
            .hands
            .insert_message(contact, &name, None, &written(&record))?;
        self.tell(contact, &EventRecord::Message(row))
    }
}

/// Takes a sequence out of the gaps.
fn close_gap(missing: &mut Vec<Span>, sequence: u64) {
    let Some(at) = missing
        .iter()
        .position(|span| span.first <= sequence && sequence <= span.last)
    else {
        return;
    };
    let Span { first, last } = missing.remove(at);
    if first < sequence {
        let last = sequence - 1;
        missing.push(Span { first, last });
    }
    if sequence < last {
        let first = sequence + 1;
        missing.push(Span { first, last });
    }
}
