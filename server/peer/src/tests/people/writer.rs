//! Whoever is at the deposit door: leaves envelopes, takes bundles.

use std::sync::Arc;

use partywall_ground::{Capability, Close};
use partywall_peer::{Envelope, Number, SealedBundle, deposit};
use partywall_world::Clock;

use super::super::world::World;
use super::{Connection, Owner, open, settle};
use crate::rules::deposit as depositing;
use crate::rules::line::Line;
use crate::store::Reading;

/// A deposit connection.
pub(crate) struct Writer {
    machine: depositing::Deposit,
    line: Arc<Line<depositing::Event>>,
    next: Number,
    pub(crate) said: Vec<deposit::FromRelay>,
    pub(crate) closed: Option<Close>,
}

impl Writer {
    pub(crate) fn enter(world: &World) -> Self {
        let line = Arc::new(Line::new());
        let machine = depositing::Deposit::new(Arc::clone(&world.core), Arc::clone(&line));
        Self {
            machine,
            line,
            next: Number::FIRST,
            said: Vec::new(),
            closed: None,
        }
    }

    /// A connection that uses the owner's drop.
    pub(crate) fn to(world: &mut World, owner: &Owner) -> Self {
        let mut writer = Self::enter(world);
        writer.uses(world, owner.capability);
        settle(world, &mut [&mut writer]);
        writer
    }

    pub(crate) fn uses(&mut self, world: &mut World, capability: [u8; 32]) {
        self.say(
            world,
            deposit::Use {
                capability: Capability::new(capability),
            },
        );
    }

    pub(crate) fn leaves(&mut self, world: &mut World, envelope: &Envelope) {
        let number = self.next;
        self.next = number.next();
        self.say(
            world,
            deposit::Deposit {
                number,
                envelope: envelope.clone(),
            },
        );
    }

    pub(crate) fn takes(&mut self, world: &mut World) {
        self.say(world, deposit::Take {});
    }

    /// Says a frame, over the wire's own encoding.
    pub(crate) fn say(&mut self, world: &mut World, word: impl Into<deposit::FromClient>) {
        use depositing::Request;
        let word = deposit::FromClient::decode(&word.into().encode()).unwrap();
        let request = match word {
            deposit::FromClient::Use(said) => Request::of_use(&said.capability),
            deposit::FromClient::Deposit(said) => {
                Request::Deposit(said.number, World::cargo(&said.envelope))
            }
            deposit::FromClient::Take(_) => Request::Take,
        };
        self.step(world, vec![depositing::Input::Request(request)]);
    }

    pub(crate) fn reads(&self) -> bool {
        self.machine.reads()
    }

    fn step(&mut self, world: &mut World, inputs: Vec<depositing::Input>) {
        use depositing::Effect;
        for effect in self.machine.step(inputs, world.clock.monotonic()) {
            match effect {
                Effect::Say(word) => self.said.push(word),
                Effect::Close(close) => self.closed = Some(close),
                Effect::Find(drop) => {
                    let line = Arc::clone(&self.line);
                    world.ask(move |world| {
                        line.tell(depositing::Event::Found(world.reading.find(&drop).unwrap()));
                    });
                }
                Effect::Open(mailbox) => world.ask(move |world| open(world, mailbox)),
            }
        }
    }

    /// The last number that was accepted, 0 for none.
    pub(crate) fn accepted(&self) -> u64 {
        let number = self.said.iter().rev().find_map(|word| match word {
            deposit::FromRelay::Accepted(accepted) => Some(accepted.number.value().get()),
            _ => None,
        });
        number.unwrap_or(0)
    }

    /// The bundles that were handed out, `None` for a bare shelf.
    pub(crate) fn taken(&self) -> Vec<Option<SealedBundle>> {
        let taken = self.said.iter().filter_map(|word| match word {
            deposit::FromRelay::Taken(taken) => Some(taken.bundle.clone()),
            _ => None,
        });
        taken.collect()
    }
}

impl Connection for Writer {
    fn pump(&mut self, world: &mut World) -> bool {
        let told = self.line.take();
        let moved = !told.is_empty();
        self.step(
            world,
            told.into_iter().map(depositing::Input::Event).collect(),
        );
        moved
    }
}
