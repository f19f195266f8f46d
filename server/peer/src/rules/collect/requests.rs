//! Requests about slots, from the frame to the answer. (SPEC §5.3, §5.4)
//! Knows: what is asked of store, writer and router, in which order. An unknown reader and a proof
//! that does not hold take the same way and get the same answer. (P-4)

use std::sync::Arc;

use partywall_ground::{Close, Credit};
use partywall_peer::collect::{Attach, Attached, Closed, Create, Detached, Shelve, Shelved};
use partywall_peer::{Acks, OneTimeLeft, Reason, ShelfBefore, Slot};
use partywall_world::Day;

use super::slots::{Found, Free, Read, State};
use super::{Collect, Effect, Event};
use crate::rules::admission::digest_of_credit;
use crate::rules::mailbox::Attachment;
use crate::rules::router::Attempt;
use crate::store::{Identified, Outcome, Write};

impl Collect {
    pub(super) fn create(&mut self, create: Create) -> Result<(), Close> {
        let slot = create.slot.value();
        if let Free::TooMany = self.slots.free(create.slot)? {
            self.refuse(slot, Reason::TooMany);
            return Ok(());
        }
        let Ok(create) = create.prove(&self.hello.challenge()) else {
            self.slots.remove(slot);
            self.refuse(slot, Reason::NoSuchMailbox);
            return Ok(());
        };
        let admit = self
            .core
            .admit(create.pass.as_ref(), create.credit.as_ref());
        let (reader, drop, mailbox) = (create.reader, create.drop, self.core.draw_key());
        let (core, line) = (Arc::clone(&self.core), Arc::clone(&self.line));
        let write = Write::Create {
            mailbox,
            reader,
            drop,
            admit,
        };
        self.core.router.submit(write, move |outcome| {
            if outcome == Outcome::Created {
                core.counters.mailboxes.add(1);
            }
            line.tell(Event::Created { slot, outcome });
        })?;
        self.slots.put(slot, State::Creating { reader });
        self.open += 1;
        Ok(())
    }

    pub(super) fn attach(&mut self, attach: Attach) -> Result<(), Close> {
        let (slot, reader) = (attach.slot.value(), attach.reader);
        if let Free::TooMany = self.slots.free(attach.slot)? {
            self.refuse(slot, Reason::TooMany);
            return Ok(());
        }
        let proven = attach.prove(&self.hello.challenge()).is_ok();
        self.slots.put(slot, State::Identifying { proven });
        self.effects.push(Effect::Identify { slot, reader });
        self.open += 1;
        Ok(())
    }

    /// P-5: an existing mailbox is attached, a new one as well.
    pub(super) fn created(&mut self, slot: u32, outcome: &Outcome) {
        let reason = match (self.slots.remove(slot), outcome) {
            (Some(State::Creating { reader }), Outcome::Created | Outcome::Existing(_)) => {
                self.slots.put(slot, State::Identifying { proven: true });
                self.effects.push(Effect::Identify { slot, reader });
                return;
            }
            (_, Outcome::Taken) => Reason::Taken,
            (_, Outcome::NotAdmitted) => Reason::Admission,
            (_, Outcome::LowDisk | Outcome::NoRoom) => Reason::LowDisk,
            _ => Reason::Busy,
        };
        self.open -= 1;
        self.refuse(slot, reason);
    }

    /// P-4: not found and not proven meet here.
    pub(super) fn identified(&mut self, slot: u32, found: Option<Identified>, today: Day) {
        match (self.slots.remove(slot), found) {
            (Some(State::Identifying { proven: true }), Some(identified)) => {
                self.try_to_read(slot, identified, today);
            }
            (_, Some(_)) if partywall_mutant::is("D05") => {
                self.open -= 1;
                self.refuse(slot, Reason::Taken);
            }
            _ => {
                self.open -= 1;
                self.refuse(slot, Reason::NoSuchMailbox);
            }
        }
    }

    pub(super) fn opened(&mut self, slot: u32, exists: bool, today: Day) {
        match self.slots.remove(slot) {
            Some(State::Opening(identified)) if exists => self.try_to_read(slot, identified, today),
            _ => {
                self.open -= 1;
                self.refuse(slot, Reason::NoSuchMailbox);
            }
        }
    }

    fn try_to_read(&mut self, slot: u32, identified: Identified, today: Day) {
        let mailbox = identified.mailbox;
        let attempt = self.core.router.attach(mailbox, slot, &self.line);
        match attempt {
            Attempt::Ask | Attempt::Wait => {
                self.slots.put(slot, State::Opening(identified));
                if matches!(attempt, Attempt::Ask) {
                    self.effects.push(Effect::Open(mailbox));
                }
            }
            Attempt::Done(None) => {
                self.open -= 1;
                self.refuse(slot, Reason::NoSuchMailbox);
            }
            Attempt::Done(Some((attachment, acks))) => {
                self.open -= 1;
                self.slots.put(
                    slot,
                    State::Read(Read {
                        mailbox,
                        attachment,
                        said: 0,
                    }),
                );
                if identified.seen != today {
                    // Should the desk be full, the daily round sees to it.
                    let seen = Write::Seen {
                        mailboxes: vec![mailbox],
                    };
                    let _later = self.core.router.submit(seen, |_| {});
                }
                self.say(Attached {
                    slot: Slot::new(slot),
                    acks: Acks::new(acks),
                    one_time_left: OneTimeLeft::new(u64::from(identified.bundles)),
                });
            }
        }
    }

    pub(super) fn detached(&mut self, attachment: Attachment) {
        if self.slots.read(attachment).is_some() {
            let slot = attachment.slot;
            self.slots.put(slot, State::Lost);
            self.hungry.retain(|hungry| *hungry != attachment);
            self.say(Detached {
                slot: Slot::new(slot),
            });
        }
    }

    pub(super) fn shelve(&mut self, shelve: Shelve) -> Result<(), Close> {
        let Some(read) = self.holds(shelve.slot)? else {
            return Ok(());
        };
        let attachment = read.attachment;
        let line = Arc::clone(&self.line);
        let write = Write::Shelve {
            mailbox: read.mailbox,
            clear: shelve.before == ShelfBefore::Cleared,
            one_time: shelve
                .one_time
                .iter()
                .map(|sealed| sealed.as_bytes().to_vec())
                .collect(),
            last_resort: shelve.last_resort.map(|sealed| sealed.as_bytes().to_vec()),
        };
        self.core.router.submit(write, move |outcome| {
            line.tell(Event::Shelved {
                attachment,
                outcome,
            });
        })?;
        self.open += 1;
        Ok(())
    }

    /// P-9: answered when durable.
    pub(super) fn shelved(&mut self, attachment: Attachment, outcome: &Outcome) {
        self.open -= 1;
        if self.slots.read(attachment).is_none() {
            return; // the slot was lost meanwhile, and the client knows
        }
        let slot = attachment.slot;
        match outcome {
            Outcome::Shelved(left) => {
                let one_time_left = OneTimeLeft::new(u64::from(*left));
                self.say(Shelved {
                    slot: Slot::new(slot),
                    one_time_left,
                });
            }
            Outcome::ShelfFull => self.refuse(slot, Reason::ShelfFull),
            Outcome::NoRoom => self.refuse(slot, Reason::LowDisk),
            _ => self.refuse(slot, Reason::NoSuchMailbox),
        }
    }

    pub(super) fn close(&mut self, slot: Slot) -> Result<(), Close> {
        let Some(read) = self.holds(slot)? else {
            return Ok(());
        };
        if !self
            .core
            .router
            .begin_closing(read.mailbox, read.attachment)
        {
            self.refuse(slot.value(), Reason::NoSuchMailbox);
            return Ok(());
        }
        let (mailbox, attachment) = (read.mailbox, read.attachment);
        let credit = self.core.draw_credit();
        let digest = credit
            .as_ref()
            .map(|credit| digest_of_credit(credit.as_bytes()));
        let (core, line) = (Arc::clone(&self.core), Arc::clone(&self.line));
        let submitted = self.core.router.submit(
            Write::Close {
                mailbox,
                credit: digest,
            },
            move |outcome| {
                if outcome == Outcome::NoRoom {
                    core.router.stays(mailbox);
                } else {
                    core.router.ended(mailbox);
                }
                if outcome == Outcome::Done {
                    core.counters.mailboxes.take(1);
                    core.chores.notify_one();
                }
                line.tell(Event::Ended {
                    attachment,
                    outcome,
                });
            },
        );
        if let Err(close) = submitted {
            self.core.router.stays(mailbox);
            return Err(close);
        }
        self.slots.put(slot.value(), State::Ending { read, credit });
        self.open += 1;
        Ok(())
    }

    pub(super) fn ended(&mut self, attachment: Attachment, outcome: &Outcome) {
        self.open -= 1;
        let slot = attachment.slot;
        if self.slots.read(attachment).is_none() {
            return;
        }
        let credit: Option<Credit> = match self.slots.remove(slot) {
            Some(State::Ending { read, .. }) if *outcome == Outcome::NoRoom => {
                self.slots.put(slot, State::Read(read));
                self.refuse(slot, Reason::LowDisk);
                return;
            }
            Some(State::Ending { credit, .. }) => credit,
            _ => None,
        };
        self.hungry.retain(|hungry| *hungry != attachment);
        if *outcome == Outcome::Done {
            self.say(Closed {
                slot: Slot::new(slot),
                credit,
            });
        } else {
            self.refuse(slot, Reason::NoSuchMailbox);
        }
    }

    /// The mailbox behind a slot, if it is still read here. A slot that was lost is answered, for
    /// the client may not know yet.
    fn holds(&mut self, slot: Slot) -> Result<Option<Read>, Close> {
        if let Found::Read(read) = self.slots.find(slot)?
            && self.core.router.is_read_by(read.mailbox, read.attachment)
        {
            return Ok(Some(read));
        }
        self.refuse(slot.value(), Reason::NoSuchMailbox);
        Ok(None)
    }
}
