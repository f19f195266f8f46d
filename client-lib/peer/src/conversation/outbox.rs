//! From the outbox to the deposit lines, and what comes back. After `compose`.
//! Knows: which envelopes are under way. Never knows: what is in them. (SPEC §5.6)

use std::collections::VecDeque;

use super::compose::{ACCEPTED, FAILED, QUEUED};
use super::records::{EventRecord, TargetRecord};
use super::turn::{Effect, Turn};
use crate::error::StoreTrouble;
use crate::event::EventKind;
use crate::message::MessageId;
use crate::seam::{Deposit, DepositEvent, DownReason, DropPlace, OutboxId, RelayPlace};

/// Envelopes on their way to one drop: as many as the relay reads on. (P-18)
const UNDER_WAY: usize = 64;
const UNDER_WAY_BYTES: usize = 256 << 10;

/// What is known of a line to a drop.
#[derive(Default)]
pub(crate) struct DropLine {
    open: bool,
    /// There may be rows that are not under way.
    pub(super) waiting: bool,
    last: i64,
    under_way: VecDeque<(i64, usize)>,
    /// A bundle was asked for.
    pub(super) taking: bool,
    /// It was told that this line is down.
    told_down: bool,
}

impl Turn<'_, '_> {
    /// Something happened on a deposit line.
    pub(super) fn deposited(
        &mut self,
        target: i64,
        event: DepositEvent,
    ) -> Result<(), StoreTrouble> {
        match event {
            DepositEvent::Up | DepositEvent::Full => Ok(()),
            DepositEvent::Accepted { id } => self.accepted(target, id),
            DepositEvent::Taken { sealed } => {
                if let Some(line) = self.mind.drops.get_mut(&target) {
                    line.taking = false;
                }
                self.taken(target, sealed)
            }
            DepositEvent::NoSuchDrop => self.no_such_drop(target),
            DepositEvent::Down { reason } => {
                self.add_failed_at(target, reason)?;
                self.line_to_drop_is_down(target, reason);
                Ok(())
            }
        }
    }

    /// A line that nothing waits for may rest; of any other it is told, until something is accepted.
    fn line_to_drop_is_down(&mut self, target: i64, reason: DownReason) {
        let Some(line) = self.mind.drops.get_mut(&target) else {
            return;
        };
        if line.under_way.is_empty() && !line.waiting && !line.taking {
            return;
        }
        line.told_down = true;
        if let Some(relay) = self.host_of_target(target) {
            self.effect(Effect::Fleeting(EventKind::RelayUnreachable {
                relay,
                reason,
            }));
        }
    }

    /// What was told to be unreachable is not.
    fn line_to_drop_is_up(&mut self, target: i64) {
        let line = self.mind.drops.get_mut(&target);
        if line.is_some_and(|line| std::mem::take(&mut line.told_down))
            && let Some(relay) = self.host_of_target(target)
        {
            self.effect(Effect::Fleeting(EventKind::RelayReachable { relay }));
        }
    }

    fn host_of_target(&self, target: i64) -> Option<String> {
        let known = self.mind.targets.get(target)?;
        known.authorities.first().cloned()
    }

    fn accepted(&mut self, target: i64, id: OutboxId) -> Result<(), StoreTrouble> {
        self.line_to_drop_is_up(target);
        let up_to = i64::try_from(id.0).map_err(|_| StoreTrouble::Damaged)?;
        let mut done = Vec::new();
        if let Some(line) = self.mind.drops.get_mut(&target) {
            let count = line.under_way.iter().take_while(|(id, _)| *id <= up_to);
            let count = count.count();
            done.extend(line.under_way.drain(..count).map(|(id, _)| id));
            line.waiting = true;
        }
        let until = self.keep_until();
        for id in done {
            let Some((contact, message)) = self.hands.take_outbox_row(id)? else {
                continue;
            };
            self.mind.moved += 1;
            let Some(message) = message else { continue };
            if self.hands.progress(message)? == Some(QUEUED) {
                self.hands.set_progress(message, ACCEPTED)?;
                self.hands.await_sign(message, contact, until)?;
            }
            if let (Some(to), Some(id)) = (self.name(contact), self.id_of(message)?) {
                self.effect(Effect::Fleeting(EventKind::Accepted { to, id }));
            }
        }
        self.mind.deleted = true;
        Ok(())
    }

    /// Nobody reads there: what is for it goes to where the contact reads now, or has failed.
    fn no_such_drop(&mut self, target: i64) -> Result<(), StoreTrouble> {
        self.mind.drops.remove(&target);
        self.effect(Effect::Leave(target));
        let Some(known) = self.mind.targets.edit(target) else {
            return Ok(());
        };
        known.gone = true;
        let contact = known.contact;
        self.add_found_nobody(target)?;
        let now_at = self.mind.contacts.get(contact).map(|record| record.target);
        if let Some(elsewhere) = now_at.filter(|elsewhere| *elsewhere != target) {
            self.hands.redirect_outbox(target, elsewhere)?;
            // A fresh line, so that older envelopes go before newer ones again.
            self.leave_drop(elsewhere);
            let line = self.mind.drops.entry(elsewhere).or_default();
            line.waiting = true;
            return self.mind.targets.remove(target, self.hands);
        }
        for (contact, message) in self.hands.take_outbox(target)? {
            self.mind.moved += 1;
            let Some(message) = message else { continue };
            self.hands.set_progress(message, FAILED)?;
            self.tell(contact, &EventRecord::Failed(message))?;
        }
        Ok(())
    }

    /// Brings under way what may be.
    pub(super) fn pump(&mut self) -> Result<(), StoreTrouble> {
        let waiting = |line: &DropLine| line.waiting;
        let targets: Vec<i64> = self
            .mind
            .drops
            .iter()
            .filter(|(_, line)| waiting(line))
            .map(|(target, _)| *target)
            .collect();
        for target in targets {
            self.pump_one(target)?;
        }
        Ok(())
    }

    fn pump_one(&mut self, target: i64) -> Result<(), StoreTrouble> {
        let Some(line) = self.mind.drops.get_mut(&target) else {
            return Ok(());
        };
        line.waiting = false;
        let bytes: usize = line.under_way.iter().map(|(_, length)| length).sum();
        let mut room = UNDER_WAY_BYTES.saturating_sub(bytes);
        let count = UNDER_WAY.saturating_sub(line.under_way.len());
        let after = line.last;
        if count == 0 || room == 0 {
            return Ok(());
        }
        let count = u32::try_from(count).unwrap_or(1);
        for row in self.hands.outbox(target, after, count)? {
            let length = row.envelope.len();
            let Some(line) = self.mind.drops.get_mut(&target) else {
                break;
            };
            if length > room && !line.under_way.is_empty() {
                break;
            }
            room = room.saturating_sub(length);
            line.last = row.id;
            line.under_way.push_back((row.id, length));
            self.open_drop(target);
            let submit = Deposit::Submit {
                id: OutboxId(row.id.unsigned_abs()),
                envelope: row.envelope,
            };
            if partywall_mutant::is("G08") {
                for mailbox in self.mind.mailboxes.ids(|_, _| true) {
                    self.attach(mailbox)?;
                }
            }
            self.effect(Effect::Put(target, submit));
            if partywall_mutant::is("X03") {
                self.hands.take_outbox_row(row.id)?;
            }
        }
        Ok(())
    }

    /// Begins a line to a drop if there is none.
    pub(super) fn open_drop(&mut self, target: i64) {
        let Some(known) = self.mind.targets.get(target) else {
            return;
        };
        let place = DropPlace {
            relay: place_of(known),
            capability: known.capability.wiped(),
        };
        let line = self.mind.drops.entry(target).or_default();
        if !line.open {
            line.open = true;
            self.effect(Effect::Deposit(target, place));
        }
    }

    /// Ends the line to a drop that is not needed any more.
    pub(super) fn leave_drop(&mut self, target: i64) {
        if self.mind.drops.remove(&target).is_some() {
            self.effect(Effect::Leave(target));
        }
    }

    pub(super) fn id_of(&mut self, message: i64) -> Result<Option<MessageId>, StoreTrouble> {
        let Some(row) = self.hands.message(message)? else {
            return Ok(None);
        };
        let record = super::rows::read(&row.plain)?;
        super::compose::name_of(&record).map(Some)
    }

    pub(super) fn name(&self, contact: i64) -> Option<String> {
        let record = self.mind.contacts.get(contact)?;
        Some(record.name.clone())
    }
}

fn place_of(target: &TargetRecord) -> RelayPlace {
    RelayPlace {
        authorities: target.authorities.clone(),
        key: target.key.0,
    }
}
