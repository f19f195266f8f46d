//! The beginning, and once a day: what was left half done, what has expired.
//! Knows: days. Never knows: what is in messages. (SPEC C-1, C-2, S-2, S-8, §4.5)

use super::compose::{ACCEPTED, EXPIRED};
use super::records::{
    BundleRecord, EventRecord, HandshakeRecord, MailboxState, MessageRecord, Purpose,
};
use super::rows::{read, written};
use super::turn::Turn;
use crate::error::StoreTrouble;
use crate::store::Table;

/// An older mailbox ends this many days after its last envelope. (C-1)
const OLDER_MAILBOX_DAYS: u32 = 30;

impl Turn<'_, '_> {
    /// What is done when a store is opened.
    pub(super) fn begin(&mut self) -> Result<(), StoreTrouble> {
        for target in self.mind.targets.ids(|_, target| target.contact == 0) {
            self.mind.targets.remove(target, self.hands)?;
        }
        let half_done = |record: &super::records::MailboxRecord| match &record.purpose {
            Purpose::Adding => true,
            Purpose::Link(link) => !link.ready,
            Purpose::Contact { .. } => false,
        };
        for mailbox in self.mind.mailboxes.ids(|_, record| half_done(record)) {
            self.close_mailbox(mailbox)?;
        }
        let relays: Vec<i64> = self
            .mind
            .mailboxes
            .iter()
            .map(|(_, record)| record.relay)
            .collect();
        for relay in relays {
            self.open_line(relay);
        }
        for target in self.hands.waiting_targets()? {
            self.mind.drops.entry(target).or_default().waiting = true;
        }
        for contact in self.mind.contacts.ids(|_, _| true) {
            self.mind.touched.insert(contact);
        }
        Ok(())
    }

    pub(super) fn sweep_if_a_day_passed(&mut self) -> Result<(), StoreTrouble> {
        let today = self.today();
        // Also after the date was set back: what was kept meanwhile has its own days.
        let swept = self.setting().swept;
        let waits = partywall_mutant::is("X12") && swept > today;
        if swept == today || waits {
            return Ok(());
        }
        self.edit_setting().swept = today;
        self.mind.deleted = true;
        self.hands.expire(today)?;
        self.sweep_bundles(today)?;
        self.sweep_channels(today)?;
        self.sweep_mailboxes(today)?;
        self.sweep_messages(today)
    }

    fn sweep_bundles(&mut self, today: u32) -> Result<(), StoreTrouble> {
        for (row, plain) in self.hands.all(Table::Bundle)? {
            let record: BundleRecord = read(&plain)?;
            if record.until.is_some_and(|until| until < today) {
                self.hands.delete(Table::Bundle, row)?;
            }
        }
        Ok(())
    }

    fn sweep_channels(&mut self, today: u32) -> Result<(), StoreTrouble> {
        let keep = self.setting().retention + 7;
        let day = self.day();
        let ended = self
            .mind
            .channels
            .ids(|_, known| known.until.is_some_and(|until| until < today));
        let ended = match partywall_mutant::is("B13") {
            true => Vec::new(),
            false => ended,
        };
        self.end_channels(&ended)?;
        let rows: Vec<i64> = self
            .mind
            .channels
            .iter()
            .map(|(_, known)| known.session)
            .collect();
        for row in rows {
            if self.session(row)?.expire(day, keep) > 0 {
                self.mind.stepped.insert(row);
            }
        }
        Ok(())
    }

    /// Erases sessions; their preambles stay behind as tombstones. (S-5)
    pub(super) fn end_channels(&mut self, ended: &[i64]) -> Result<(), StoreTrouble> {
        if ended.is_empty() {
            return Ok(());
        }
        let until = self.keep_until();
        for (key, plain) in self.hands.handshakes()? {
            let known: HandshakeRecord = read(&plain)?;
            if known.channel.is_some_and(|id| ended.contains(&id)) {
                let tombstone = HandshakeRecord {
                    channel: None,
                    h1: known.h1,
                };
                let tombstone = written(&tombstone);
                self.hands.put_handshake_at(&key, until, &tombstone)?;
            }
        }
        for channel in ended.iter().copied() {
            if let Some(known) = self.mind.channels.get(channel) {
                let row = known.session;
                self.mind.sessions.remove(&row);
                self.mind.stepped.remove(&row);
                self.hands.delete(Table::Session, row)?;
                self.hands.drop_unproven(channel)?;
                self.mind.channels.remove(channel, self.hands)?;
            }
        }
        self.mind.deleted = true;
        Ok(())
    }

    fn sweep_mailboxes(&mut self, today: u32) -> Result<(), StoreTrouble> {
        let silent = |last: u32| last.saturating_add(OLDER_MAILBOX_DAYS) < today;
        let left = self.mind.mailboxes.ids(|_, record| match record.purpose {
            Purpose::Contact { contact, epoch } => {
                let of = self.mind.contacts.get(contact);
                // Mail has come to the newer one: nothing is announced any more.
                let moved = of.is_some_and(|of| epoch < of.epoch && of.announce.is_none());
                moved && record.state == MailboxState::Open && silent(record.last_day)
            }
            _ => false,
        });
        for mailbox in left {
            self.close_mailbox(mailbox)?;
        }
        Ok(())
    }

    fn sweep_messages(&mut self, today: u32) -> Result<(), StoreTrouble> {
        loop {
            let waited = self.hands.waited_in_vain(today)?;
            if waited.is_empty() {
                return Ok(());
            }
            for (message, contact) in waited {
                self.hands.stop_waiting(message)?;
                let Some(row) = self.hands.message(message)? else {
                    continue;
                };
                let record: MessageRecord = read(&row.plain)?;
                let known = self.mind.contacts.get(contact);
                let shown = known.is_some_and(|known| record.sequence <= known.shown);
                if row.progress == Some(ACCEPTED) && !shown {
                    self.hands.set_progress(message, EXPIRED)?;
                    self.tell(contact, &EventRecord::Expired(message))?;
                    self.mind.moved += 1;
                }
            }
        }
    }
}
