//! Whoever is at the collect door: signs, reads, acknowledges.

use std::num::NonZeroU64;
use std::sync::Arc;

use partywall_ground::{Close, Credit, Seconds};
use partywall_peer::collect::{
    Ack, Attach, Attached, CloseMailbox, Create, FromClient, FromRelay, Refused, Shelve,
};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Reason, SealedBundle, ShelfBefore, Slot, Tag};
use partywall_proof::Greeting;
use partywall_world::Clock;

use super::super::world::{SHOWN, World};
use super::{Connection, Owner, open, settle};
use crate::rules::collect::{Collect, Effect, Event, Input};
use crate::rules::line::Line;
use crate::store::Reading;

/// A collect connection.
pub(crate) struct Reader {
    machine: Collect,
    line: Arc<Line<Event>>,
    greeting: Greeting,
    /// What the relay said, deliveries apart.
    pub(crate) said: Vec<FromRelay>,
    pub(crate) delivered: Vec<(u32, u64, Envelope)>,
    pub(crate) closed: Option<Close>,
}

impl Reader {
    pub(crate) fn enter(world: &World) -> Self {
        let line = Arc::new(Line::new());
        let hello = world.core.hello(world.clock.wall());
        let now = Seconds::new(world.clock.wall().seconds());
        let greeting = hello
            .clone()
            .prove(&world.settings.relay, &SHOWN, now)
            .unwrap();
        let machine = Collect::new(Arc::clone(&world.core), Arc::clone(&line), hello);
        Self {
            machine,
            line,
            greeting,
            said: Vec::new(),
            delivered: Vec::new(),
            closed: None,
        }
    }

    /// A connection on which the owner's mailbox is made and read as slot 1.
    pub(crate) fn of_new(world: &mut World, owner: &Owner) -> Self {
        let mut reader = Self::enter(world);
        reader.create(world, owner, 1);
        settle(world, &mut [&mut reader]);
        assert!(reader.attached(1).is_some());
        reader
    }

    /// A connection on which the owner's mailbox is read as slot 1.
    pub(crate) fn of(world: &mut World, owner: &Owner) -> Self {
        let mut reader = Self::enter(world);
        reader.attach(world, owner, 1);
        settle(world, &mut [&mut reader]);
        reader
    }

    pub(crate) fn create(&mut self, world: &mut World, owner: &Owner, slot: u32) {
        self.create_with(world, owner, slot, Admission::Open);
    }

    pub(crate) fn create_with(
        &mut self,
        world: &mut World,
        owner: &Owner,
        slot: u32,
        by: Admission,
    ) {
        let mut create = self.signed_create(world, owner, by);
        create.slot = Slot::new(slot); // the signature does not cover it
        self.say(world, create);
    }

    pub(crate) fn signed_create(&self, world: &mut World, owner: &Owner, by: Admission) -> Create {
        let (slot, drop) = (Slot::new(1), owner.drop());
        Create::sign(
            &owner.reader,
            &self.greeting,
            slot,
            drop,
            by,
            &mut world.dice,
        )
    }

    pub(crate) fn attach(&mut self, world: &mut World, owner: &Owner, slot: u32) {
        let attach = self.signed_attach(world, owner, slot);
        self.say(world, attach);
    }

    pub(crate) fn signed_attach(&self, world: &mut World, owner: &Owner, slot: u32) -> Attach {
        Attach::sign(
            &owner.reader,
            &self.greeting,
            Slot::new(slot),
            &mut world.dice,
        )
    }

    pub(crate) fn ack(&mut self, world: &mut World, slot: u32, tag: u64) {
        let tag = Tag::new(NonZeroU64::new(tag).unwrap());
        self.say(
            world,
            Ack {
                slot: Slot::new(slot),
                tag,
            },
        );
    }

    /// Acknowledges everything that was delivered in slot 1.
    pub(crate) fn ack_all(&mut self, world: &mut World) {
        if let Some((slot, tag, _)) = self.delivered.last() {
            let (slot, tag) = (*slot, *tag);
            self.ack(world, slot, tag);
        }
    }

    pub(crate) fn close(&mut self, world: &mut World, slot: u32) {
        self.say(
            world,
            CloseMailbox {
                slot: Slot::new(slot),
            },
        );
    }

    pub(crate) fn shelve(
        &mut self,
        world: &mut World,
        before: ShelfBefore,
        one_time: &[SealedBundle],
        last_resort: Option<&SealedBundle>,
    ) {
        let one_time = one_time.to_vec().try_into().unwrap();
        let last_resort = last_resort.cloned();
        self.say(
            world,
            Shelve {
                slot: Slot::new(1),
                before,
                one_time,
                last_resort,
            },
        );
    }

    /// Says a frame, over the wire's own encoding.
    pub(crate) fn say(&mut self, world: &mut World, word: impl Into<FromClient>) {
        let word = FromClient::decode(&word.into().encode()).unwrap();
        assert!(self.machine.reads(), "said more than the relay reads");
        self.step(world, vec![Input::Request(Box::new(word))]);
    }

    pub(crate) fn reads(&self) -> bool {
        self.machine.reads()
    }

    fn step(&mut self, world: &mut World, inputs: Vec<Input>) {
        for effect in self.machine.step(inputs, world.today()) {
            match effect {
                Effect::Say(word) => self.said.push(word),
                Effect::Deliver { slot, tag, cargo } => {
                    self.delivered.push((slot, tag, cargo.envelope().clone()));
                }
                Effect::Close(close) => self.closed = Some(close),
                Effect::Identify { slot, reader } => {
                    let line = Arc::clone(&self.line);
                    world.ask(move |world| {
                        let found = world.reading.identify(&reader).unwrap();
                        line.tell(Event::Identified { slot, found });
                    });
                }
                Effect::Open(mailbox) => world.ask(move |world| open(world, mailbox)),
                Effect::Page {
                    attachment,
                    mailbox,
                    shown,
                    room,
                } => {
                    let line = Arc::clone(&self.line);
                    world.ask(move |world| {
                        let page = world.reading.page(mailbox, &shown, room).unwrap();
                        let load = |(place, bytes)| {
                            (place, World::cargo(&Envelope::try_from(bytes).unwrap()))
                        };
                        let (rows, more) = (page.rows.into_iter().map(load).collect(), page.more);
                        line.tell(Event::Page {
                            attachment,
                            mailbox,
                            rows,
                            more,
                        });
                    });
                }
            }
        }
    }

    /// The envelopes of slot 1, in the order in which they came.
    pub(crate) fn envelopes(&self) -> Vec<Envelope> {
        self.delivered
            .iter()
            .map(|(_, _, envelope)| envelope.clone())
            .collect()
    }

    /// The last `attached` of a slot: acknowledgements, one-time bundles.
    pub(crate) fn attached(&self, slot: u32) -> Option<(u64, u64)> {
        self.said.iter().rev().find_map(|word| match word {
            FromRelay::Attached(Attached {
                slot: said,
                acks,
                one_time_left,
            }) if said.value() == slot => Some((acks.value(), one_time_left.value())),
            _ => None,
        })
    }

    /// The last refusal.
    pub(crate) fn refused(&self) -> Option<Reason> {
        self.said.iter().rev().find_map(|word| match word {
            FromRelay::Refused(Refused { reason, .. }) => Some(*reason),
            _ => None,
        })
    }

    /// How many slots were detached.
    pub(crate) fn detached(&self) -> usize {
        let is = |word: &&FromRelay| matches!(word, FromRelay::Detached(_));
        self.said.iter().filter(is).count()
    }

    /// How many mailboxes were closed, and the last credit.
    pub(crate) fn closed_mailbox(&mut self) -> Option<Option<Credit>> {
        let at = self
            .said
            .iter()
            .rposition(|word| matches!(word, FromRelay::Closed(_)))?;
        match self.said.remove(at) {
            FromRelay::Closed(closed) => Some(closed.credit),
            _ => None,
        }
    }
}

impl Connection for Reader {
    fn pump(&mut self, world: &mut World) -> bool {
        let told = self.line.take();
        let moved = !told.is_empty();
        self.step(world, told.into_iter().map(Input::Event).collect());
        moved
    }
}
