//! Mailboxes of ours: made, read, acknowledged, closed. (SPEC §5.3, §5.5, C-7)
//! Knows: slots, counts of acknowledgements, credits. Never knows: what is in envelopes.

mod slots;

use std::collections::BTreeMap;

use partywall_ground::Capability;

use super::records::{BundleOwner, Key32, MailboxRecord, MailboxState, Purpose};
use super::turn::{Effect, Turn};
use crate::error::{RelayTrouble, StoreTrouble};
use crate::event::EventKind;
use crate::peer::Revoked;
use crate::seam::{
    Collect, CollectCommand, CollectEvent, Connection, DownReason, Refusal, RelayPlace, Slot,
};

/// What is known of a line to a relay.
#[derive(Default)]
pub(crate) struct Line {
    up: Option<Connection>,
    slots: BTreeMap<Slot, i64>,
    attached: BTreeMap<i64, Attached>,
    last_slot: u32,
    told_down: Option<DownReason>,
}

struct Attached {
    slot: Slot,
    /// Acknowledgements before this attachment.
    before: u64,
    shelf: u32,
}

impl Turn<'_, '_> {
    /// Something happened on a collect line.
    pub(super) fn collected(
        &mut self,
        relay: i64,
        event: CollectEvent,
    ) -> Result<(), StoreTrouble> {
        match event {
            CollectEvent::Up {
                connection,
                retention_days,
            } => self.line_up(relay, connection, retention_days),
            CollectEvent::Attached { slot, acks, shelf } => self.attached(relay, slot, acks, shelf),
            CollectEvent::Refused { slot, reason } => self.refused(relay, slot, reason),
            CollectEvent::Detached { slot } => {
                if let Some(mailbox) = self.mailbox_of(relay, slot)
                    && let Some(line) = self.mind.lines.get_mut(&relay)
                {
                    line.attached.remove(&mailbox);
                    if let Some(relay) = self.host(relay) {
                        self.effect(Effect::Fleeting(EventKind::ReadElsewhere { relay }));
                    }
                }
                Ok(())
            }
            CollectEvent::Shelved { slot, shelf } => match self.mailbox_of(relay, slot) {
                Some(mailbox) => self.shelved(relay, mailbox, shelf),
                None => Ok(()),
            },
            CollectEvent::Delivered {
                slot,
                tag,
                envelope,
            } => self.delivered(relay, slot, tag, &envelope),
            CollectEvent::Closed { slot, credit } => self.closed(relay, slot, credit),
            CollectEvent::Down { reason } => self.line_down(relay, reason),
        }
    }

    /// Makes sure that a relay's line is there.
    pub(super) fn open_line(&mut self, relay: i64) {
        let Some(known) = self.mind.relays.get(relay) else {
            return;
        };
        let place = RelayPlace {
            authorities: known.authorities.clone(),
            key: known.key.0,
        };
        if let std::collections::btree_map::Entry::Vacant(none) = self.mind.lines.entry(relay) {
            none.insert(Line::default());
            self.effect(Effect::Collect(relay, place));
        }
    }

    fn line_up(
        &mut self,
        relay: i64,
        connection: Connection,
        retention: u32,
    ) -> Result<(), StoreTrouble> {
        let fresh = Line {
            up: Some(connection),
            ..Line::default()
        };
        self.mind.lines.insert(relay, fresh);
        if self.setting().retention < retention {
            // More than ten years is nobody's retention; a sum of days must stay a date.
            self.edit_setting().retention = retention.min(3_650);
        }
        if let Some(relay) = self.host(relay) {
            self.effect(Effect::Fleeting(EventKind::RelayReachable { relay }));
        }
        for mailbox in self.mind.mailboxes.ids(|_, record| record.relay == relay) {
            self.attach(mailbox)?;
        }
        Ok(())
    }

    fn line_down(&mut self, relay: i64, reason: DownReason) -> Result<(), StoreTrouble> {
        let line = self.mind.lines.entry(relay).or_default();
        let fresh = line.up.is_some() || line.told_down != Some(reason);
        *line = Line {
            told_down: Some(reason),
            ..Line::default()
        };
        if fresh && let Some(relay) = self.host(relay) {
            self.effect(Effect::Fleeting(EventKind::RelayUnreachable {
                relay,
                reason,
            }));
        }
        let failed = RelayTrouble::Down(reason);
        for mailbox in self.mind.mailboxes.ids(|_, record| record.relay == relay) {
            self.mind.acks.remove(&mailbox);
            self.give_up_on(mailbox, failed)?;
        }
        Ok(())
    }

    /// Draws a mailbox and has it made.
    pub(super) fn draw_mailbox(
        &mut self,
        relay: i64,
        capability: [u8; 32],
        purpose: Purpose,
    ) -> Result<i64, StoreTrouble> {
        let record = MailboxRecord {
            relay,
            reader: Key32(self.mind.dice.bytes()),
            capability: Key32(capability),
            state: MailboxState::Drawn,
            acks: 0,
            purpose,
            last_day: self.today(),
            was_open: false,
            credit: None,
        };
        let mailbox = self.mind.mailboxes.insert(record, self.hands)?;
        self.open_line(relay);
        self.attach(mailbox)?;
        Ok(mailbox)
    }

    /// Asks for a mailbox on the present connection, if there is one.
    pub(super) fn attach(&mut self, mailbox: i64) -> Result<(), StoreTrouble> {
        let record = self.mind.mailboxes.edit(mailbox);
        let record = record.ok_or(StoreTrouble::Damaged)?;
        let line = self.mind.lines.get_mut(&record.relay);
        let Some(line) = line.filter(|line| line.up.is_some()) else {
            return Ok(());
        };
        let relay = self.mind.relays.edit(record.relay);
        let relay = relay.ok_or(StoreTrouble::Damaged)?;
        let drawn = record.state == MailboxState::Drawn;
        if drawn && record.credit.is_none() && !relay.credits.is_empty() {
            record.credit = Some(relay.credits.remove(0));
        }
        let record = record.clone();
        let credit = record.credit.as_ref().map(Key32::wiped);
        let pass = relay.pass.as_ref().map(Key32::wiped);
        line.last_slot += 1;
        let slot = Slot(line.last_slot);
        line.slots.insert(slot, mailbox);
        let reader = record.reader.wiped();
        let what = if drawn {
            let capability = Capability::new(record.capability.0);
            Collect::Create {
                slot,
                reader,
                drop: partywall_peer::drop_id(&capability).into_bytes(),
                pass: if credit.is_none() { pass } else { None },
                credit,
            }
        } else {
            Collect::Attach { slot, reader }
        };
        self.command(record.relay, what);
        Ok(())
    }

    pub(super) fn command(&mut self, relay: i64, what: Collect) {
        let line = self.mind.lines.get(&relay);
        if let Some(connection) = line.and_then(|line| line.up) {
            let command = CollectCommand { connection, what };
            self.effect(Effect::Command(relay, command));
        }
    }

    fn attached(
        &mut self,
        relay: i64,
        slot: Slot,
        acks: u64,
        shelf: u32,
    ) -> Result<(), StoreTrouble> {
        let Some(mailbox) = self.mailbox_of(relay, slot) else {
            return Ok(());
        };
        let attachment = Attached {
            slot,
            before: acks,
            shelf,
        };
        if let Some(line) = self.mind.lines.get_mut(&relay) {
            line.attached.insert(mailbox, attachment);
        }
        let Some(record) = self.mind.mailboxes.edit(mailbox) else {
            return Ok(());
        };
        // More was acknowledged than this store knows of: it is an older copy. (C-7)
        let older_copy = acks > record.acks && record.was_open && !partywall_mutant::is("X19");
        record.acks = record.acks.max(acks);
        let first = record.state == MailboxState::Drawn;
        record.was_open = true;
        if first {
            record.state = MailboxState::Open;
            record.credit = None;
        }
        if self.state_of(mailbox) == Some(MailboxState::Closing) {
            self.command(relay, Collect::Close { slot });
            return Ok(());
        }
        if older_copy {
            self.older_copy(mailbox)?;
        } else {
            self.newest_copy(mailbox);
        }
        if let Some(contact) = self.contact_of(mailbox) {
            self.mind.touched.insert(contact);
        }
        self.fill_shelf(mailbox)?;
        self.add_may_take(mailbox)
    }

    fn refused(&mut self, relay: i64, slot: Slot, reason: Refusal) -> Result<(), StoreTrouble> {
        let Some(mailbox) = self.mailbox_of(relay, slot) else {
            return Ok(());
        };
        let state = self.state_of(mailbox);
        match (reason, state) {
            (Refusal::ShelfFull, _) => self.shelved(relay, mailbox, u32::MAX),
            (Refusal::NoSuchMailbox, Some(MailboxState::Drawn)) => Ok(()),
            (Refusal::NoSuchMailbox, _) => self.mailbox_is_gone(mailbox),
            (Refusal::Admission, Some(MailboxState::Drawn)) => {
                let record = self.mind.mailboxes.edit(mailbox);
                if record.is_some_and(|record| record.credit.take().is_some()) {
                    return self.attach(mailbox);
                }
                let known = self.mind.relays.get(relay);
                let trouble = match known.and_then(|known| known.pass.as_ref()) {
                    Some(_) => RelayTrouble::PassSpent,
                    None => RelayTrouble::NeedsPass,
                };
                self.give_up_on(mailbox, trouble)
            }
            _ => self.give_up_on(mailbox, RelayTrouble::NoRoom),
        }
    }

    /// Has a mailbox erased at its relay, now or when it is reached again.
    pub(super) fn close_mailbox(&mut self, mailbox: i64) -> Result<(), StoreTrouble> {
        let Some(record) = self.mind.mailboxes.edit(mailbox) else {
            return Ok(());
        };
        record.state = MailboxState::Closing;
        let relay = record.relay;
        self.open_line(relay);
        let line = self.mind.lines.get(&relay);
        match line.and_then(|line| line.attached.get(&mailbox)) {
            Some(attached) => {
                let slot = attached.slot;
                self.command(relay, Collect::Close { slot });
                Ok(())
            }
            None => self.attach(mailbox),
        }
    }

    fn closed(
        &mut self,
        relay: i64,
        slot: Slot,
        credit: Option<[u8; 32]>,
    ) -> Result<(), StoreTrouble> {
        let Some(mailbox) = self.mailbox_of(relay, slot) else {
            return Ok(());
        };
        if let (Some(credit), Some(known)) = (credit, self.mind.relays.edit(relay)) {
            known.credits.push(Key32(credit));
        }
        self.mailbox_is_gone(mailbox)
    }

    /// The relay does not have it (any more).
    fn mailbox_is_gone(&mut self, mailbox: i64) -> Result<(), StoreTrouble> {
        let Some(record) = self.mind.mailboxes.get(mailbox) else {
            return Ok(());
        };
        let (relay, purpose) = (record.relay, record.purpose.clone());
        self.give_up_on(mailbox, RelayTrouble::NoRoom)?;
        self.link_has_ended(mailbox, Revoked::AtTheRelay);
        self.mind.mailboxes.remove(mailbox, self.hands)?;
        if let Some(line) = self.mind.lines.get_mut(&relay) {
            line.slots.retain(|_, there| *there != mailbox);
            line.attached.remove(&mailbox);
        }
        match purpose {
            Purpose::Contact { contact, epoch } => {
                let ours = self.mind.contacts.get(contact);
                if ours.is_some_and(|record| record.epoch == epoch) {
                    // The newest one: draw another and tell.
                    self.next_mailbox(contact, relay)?;
                }
            }
            Purpose::Link(_) => self.erase_bundles(BundleOwner::Mailbox(mailbox))?,
            Purpose::Adding => {}
        }
        if self
            .mind
            .mailboxes
            .ids(|_, record| record.relay == relay)
            .is_empty()
        {
            self.mind.lines.remove(&relay);
            self.effect(Effect::Hang(relay));
        }
        Ok(())
    }
}
