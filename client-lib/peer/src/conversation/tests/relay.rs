//! A relay in memory that honours the SPEC's contract, and can be told to misbehave. (SPEC §5)
//! Knows: mailboxes. Never knows: what is in envelopes.

use std::collections::{BTreeMap, VecDeque};

use partywall_ground::Capability;
use partywall_proof::SigningKey;
use partywall_world::Dice;

use crate::seam::{Collect, CollectEvent, Refusal, Slot, Tag};

type Reader = [u8; 32];

/// One thing that happened at a door: what, at which mailbox (by its drop id or its reader id), how many bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note(
    pub(super) &'static str,
    pub(super) [u8; 32],
    pub(super) usize,
);

/// A mailbox.
#[derive(Clone, Default)]
pub(super) struct Mailbox {
    drop: [u8; 32],
    mail: VecDeque<(u64, Vec<u8>)>,
    acks: u64,
    one_time: VecDeque<Vec<u8>>,
    last_resort: Option<Vec<u8>>,
}

impl Mailbox {
    /// A lie: nothing was ever acknowledged.
    pub(super) fn forget_acks(&mut self) {
        self.acks = 0;
    }
}

/// One connection's view of a mailbox.
struct Slotted {
    reader: Reader,
    /// Numbers of what was delivered, by tag.
    delivered: Vec<u64>,
    acked: usize,
}

/// A connection of one person.
#[derive(Default)]
pub(super) struct Attached(BTreeMap<Slot, Slotted>);

impl Attached {
    /// The mailboxes that are read on it: their reader ids.
    pub(super) fn readers(&self) -> impl Iterator<Item = [u8; 32]> {
        self.0.values().map(|slotted| slotted.reader)
    }
}

/// What the relay does wrong.
#[derive(Default, Clone, Copy)]
pub(super) struct Faults {
    /// Of a hundred deposits, so many are kept twice.
    pub(super) twice: u64,
    /// Of a hundred deposits, so many are lost after they were accepted.
    pub(super) lost: u64,
    /// Deliveries come in any order.
    pub(super) shuffled: bool,
}

pub(super) struct Relay {
    pub(super) key: [u8; 32],
    pub(super) mailboxes: BTreeMap<Reader, Mailbox>,
    /// Asked for with every `create`, if set: mailboxes left.
    pub(super) pass: Option<([u8; 32], u32)>,
    pub(super) faults: Faults,
    /// From this mailbox only so many are delivered.
    pub(super) withheld: Option<(Reader, usize)>,
    /// Every envelope ever deposited.
    pub(super) seen: Vec<Vec<u8>>,
    /// What a curious relay writes down of its doors, in order.
    pub(super) notes: Vec<Note>,
    /// A lie: this is what lies on every shelf, and it stays there.
    pub(super) hands_out: Option<Vec<u8>>,
    credits: Vec<[u8; 32]>,
    dice: Dice,
    last: u64,
}

impl Relay {
    pub(super) fn new(mut dice: Dice) -> Relay {
        Relay {
            key: dice.bytes(),
            mailboxes: BTreeMap::new(),
            pass: None,
            faults: Faults::default(),
            withheld: None,
            seen: Vec::new(),
            notes: Vec::new(),
            hands_out: None,
            credits: Vec::new(),
            dice,
            last: 0,
        }
    }

    pub(super) fn collect(&mut self, on: &mut Attached, what: Collect) -> Option<CollectEvent> {
        match what {
            Collect::Create {
                slot,
                reader,
                drop,
                pass,
                credit,
            } => {
                let reader = public(&reader);
                if !self.mailboxes.contains_key(&reader) {
                    if !self.admits(pass.as_deref(), credit.as_deref()) {
                        let reason = Refusal::Admission;
                        return Some(CollectEvent::Refused { slot, reason });
                    }
                    let mailbox = Mailbox {
                        drop,
                        ..Mailbox::default()
                    };
                    self.mailboxes.insert(reader, mailbox);
                }
                self.notes.push(Note("creates", reader, 0));
                self.notes.push(Note("names it", drop, 0));
                Some(self.attach(on, slot, reader))
            }
            Collect::Attach { slot, reader } => {
                self.notes.push(Note("attaches", public(&reader), 0));
                Some(self.attach(on, slot, public(&reader)))
            }
            Collect::Shelve {
                slot,
                clear,
                one_time,
                last_resort,
            } => {
                let reader = on.0.get(&slot)?.reader;
                self.notes.push(Note("shelves", reader, one_time.len()));
                let mailbox = self.mailboxes.get_mut(&reader)?;
                if clear {
                    mailbox.one_time.clear();
                    mailbox.last_resort = None;
                }
                mailbox.one_time.extend(one_time);
                if last_resort.is_some() {
                    mailbox.last_resort = last_resort;
                }
                let shelf = u32::try_from(mailbox.one_time.len()).unwrap();
                Some(CollectEvent::Shelved { slot, shelf })
            }
            Collect::Close { slot } => {
                let slotted = on.0.remove(&slot)?;
                self.notes.push(Note("closes", slotted.reader, 0));
                self.mailboxes.remove(&slotted.reader)?;
                let credit = self.pass.map(|_| self.dice.bytes());
                self.credits.extend(credit);
                Some(CollectEvent::Closed { slot, credit })
            }
            Collect::Ack { slot, tag } => {
                let slotted = on.0.get_mut(&slot)?;
                let mailbox = self.mailboxes.get_mut(&slotted.reader)?;
                let upto = usize::try_from(tag.0).unwrap();
                self.notes
                    .push(Note("acknowledges", slotted.reader, upto - slotted.acked));
                assert!(upto <= slotted.delivered.len(), "a tag not yet delivered");
                for number in &slotted.delivered[slotted.acked.min(upto)..upto] {
                    mailbox.mail.retain(|(there, _)| there != number);
                    mailbox.acks += 1;
                }
                slotted.acked = slotted.acked.max(upto);
                None
            }
        }
    }

    fn admits(&mut self, pass: Option<&[u8; 32]>, credit: Option<&[u8; 32]>) -> bool {
        let Some((good, left)) = &mut self.pass else {
            return true;
        };
        if let Some(credit) = credit {
            let there = self.credits.iter().position(|known| known == credit);
            return there.map(|at| self.credits.remove(at)).is_some();
        }
        let admitted = pass == Some(good) && *left > 0;
        *left -= u32::from(admitted);
        admitted
    }

    fn attach(&mut self, on: &mut Attached, slot: Slot, reader: Reader) -> CollectEvent {
        let Some(mailbox) = self.mailboxes.get(&reader) else {
            let reason = Refusal::NoSuchMailbox;
            return CollectEvent::Refused { slot, reason };
        };
        let slotted = Slotted {
            reader,
            delivered: Vec::new(),
            acked: 0,
        };
        on.0.insert(slot, slotted);
        CollectEvent::Attached {
            slot,
            acks: mailbox.acks,
            shelf: u32::try_from(mailbox.one_time.len()).unwrap(),
        }
    }

    /// What is to be delivered on a connection now.
    pub(super) fn deliveries(&mut self, on: &mut Attached) -> Vec<CollectEvent> {
        let mut events = Vec::new();
        for (slot, slotted) in &mut on.0 {
            let Some(mailbox) = self.mailboxes.get(&slotted.reader) else {
                continue;
            };
            let mut new: Vec<_> = mailbox.mail.iter().collect();
            new.retain(|(number, _)| !slotted.delivered.contains(number));
            if let Some((reader, most)) = self.withheld
                && reader == slotted.reader
            {
                new.truncate(most.saturating_sub(slotted.delivered.len()));
            }
            if self.faults.shuffled {
                for at in (1..new.len()).rev() {
                    let other = usize::try_from(self.dice.below(at as u64 + 1)).unwrap();
                    new.swap(at, other);
                }
            }
            for (number, envelope) in new {
                slotted.delivered.push(*number);
                events.push(CollectEvent::Delivered {
                    slot: *slot,
                    tag: Tag(slotted.delivered.len() as u64),
                    envelope: envelope.clone(),
                });
            }
        }
        events
    }

    /// A lie: more was acknowledged than was.
    pub(super) fn invent_acks(&mut self, capability: &[u8; 32]) {
        let drop = drop_of(capability);
        let mut mailboxes = self.mailboxes.values_mut();
        let mailbox = mailboxes.find(|mailbox| mailbox.drop == drop);
        mailbox.expect("there is such a drop").acks += 3;
    }

    /// What the mailbox with this reader is written to by.
    pub(super) fn drop_read_by(&self, reader: &Reader) -> [u8; 32] {
        self.mailboxes[reader].drop
    }

    /// Whether there is such a drop.
    pub(super) fn knows(&self, capability: &[u8; 32]) -> bool {
        let drop = drop_of(capability);
        self.mailboxes.values().any(|mailbox| mailbox.drop == drop)
    }

    /// Leaves an envelope; whether there was where.
    pub(super) fn deposit(&mut self, capability: &[u8; 32], envelope: &[u8]) -> bool {
        let drop = drop_of(capability);
        self.seen.push(envelope.to_vec());
        self.notes.push(Note("deposits", drop, envelope.len()));
        let copies = match self.dice.below(100) {
            draw if draw < self.faults.lost => 0,
            draw if draw < self.faults.lost + self.faults.twice => 2,
            _ => 1,
        };
        let mut mailboxes = self.mailboxes.values_mut();
        let Some(mailbox) = mailboxes.find(|mailbox| mailbox.drop == drop) else {
            return false;
        };
        for _ in 0..copies {
            self.last += 1;
            mailbox.mail.push_back((self.last, envelope.to_vec()));
        }
        true
    }

    pub(super) fn take(&mut self, capability: &[u8; 32]) -> Option<Vec<u8>> {
        let drop = drop_of(capability);
        self.notes.push(Note("takes", drop, 0));
        if let Some(lie) = &self.hands_out {
            return Some(lie.clone());
        }
        let mut mailboxes = self.mailboxes.values_mut();
        let mailbox = mailboxes.find(|mailbox| mailbox.drop == drop)?;
        let one_time = mailbox.one_time.pop_front();
        one_time.or_else(|| mailbox.last_resort.clone())
    }

    /// What lies on a shelf: the oldest one-time bundle, and the last resort.
    pub(super) fn shelf(&self, capability: &[u8; 32]) -> (Vec<u8>, Vec<u8>) {
        let drop = drop_of(capability);
        let mut mailboxes = self.mailboxes.values();
        let mailbox = mailboxes.find(|mailbox| mailbox.drop == drop).unwrap();
        let last_resort = mailbox.last_resort.clone().unwrap();
        let oldest = mailbox.one_time.front().cloned();
        (oldest.unwrap_or_default(), last_resort)
    }

    /// Whether these bytes stand anywhere in what was ever deposited, shelved or said of a mailbox.
    pub(super) fn was_ever_shown(&self, bytes: &[u8]) -> bool {
        let shelved = self.mailboxes.values().flat_map(|mailbox| {
            let last = mailbox.last_resort.iter();
            mailbox.one_time.iter().chain(last)
        });
        let named = self.notes.iter().map(|note| note.1.as_slice());
        let all = self.seen.iter().chain(shelved).map(Vec::as_slice);
        let mut all = all.chain(named);
        all.any(|one| one.windows(bytes.len()).any(|part| part == bytes))
    }

    /// Envelopes that wait for somebody.
    pub(super) fn waiting(&self) -> usize {
        self.mailboxes
            .values()
            .map(|mailbox| mailbox.mail.len())
            .sum()
    }
}

fn public(seed: &[u8; 32]) -> Reader {
    *SigningKey::from_seed(seed).public().as_bytes()
}

fn drop_of(capability: &[u8; 32]) -> [u8; 32] {
    partywall_peer::drop_id(&Capability::new(*capability)).into_bytes()
}
