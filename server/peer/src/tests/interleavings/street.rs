//! The relay, its people, and beside them what was promised.

use std::collections::{BTreeMap, BTreeSet};

use partywall_peer::Envelope;

use super::super::people::{Connection, Owner, Reader, Writer, settle};
use super::super::world::World;
use crate::failpoint::Gap;

use super::{Happens, MAILBOXES, READERS, WRITERS};

type Id = [u8; 32];

fn id(envelope: &Envelope) -> Id {
    *envelope.id().as_bytes()
}

/// What the promise says, beside what the relay does.
#[derive(Default)]
struct Promise {
    /// What each writer left on its present connection, in order.
    left: Vec<Vec<Id>>,
    accepted: [BTreeSet<Id>; MAILBOXES],
    acknowledged: [BTreeSet<Id>; MAILBOXES],
    /// Everything that ever lay on disk, in its order there.
    order: [Vec<Id>; MAILBOXES],
    on_disk: [BTreeSet<Id>; MAILBOXES],
    /// Acknowledgements that were given, crashes taken into account.
    acks: [u64; MAILBOXES],
    /// What each attachment was handed: (connection, slot) to ids.
    handed: BTreeMap<(u64, u32), Vec<Id>>,
    /// Acknowledged up to, in each attachment.
    upto: BTreeMap<(u64, u32), u64>,
}

pub(super) struct Street {
    world: Option<World>,
    owners: Vec<Owner>,
    writers: Vec<Writer>,
    readers: Vec<Reader>,
    /// Numbers of the readers' connections, and how much of each was looked at.
    connections: Vec<(u64, usize)>,
    /// Which mailbox each slot of a connection is.
    slots: BTreeMap<(u64, u32), usize>,
    next: u64,
    promise: Promise,
}

impl Street {
    pub(super) fn with_seed(seed: u64) -> Self {
        let mut world = World::with_seed(seed);
        let owners: Vec<_> = (1..=MAILBOXES as u8).map(Owner::number).collect();
        for owner in &owners {
            drop(Reader::of_new(&mut world, owner));
        }
        let mut street = Self {
            world: Some(world),
            owners,
            writers: Vec::new(),
            readers: Vec::new(),
            connections: Vec::new(),
            slots: BTreeMap::new(),
            next: 0,
            promise: Promise::default(),
        };
        street.connect();
        street
    }

    fn world(&mut self) -> &mut World {
        self.world.as_mut().unwrap()
    }

    fn connect(&mut self) {
        let mut world = self.world.take().unwrap();
        self.writers = (0..WRITERS)
            .map(|n| Writer::to(&mut world, &self.owners[n % MAILBOXES]))
            .collect();
        self.readers = (0..READERS).map(|_| Reader::enter(&world)).collect();
        self.world = Some(world);
        self.promise.left = vec![Vec::new(); WRITERS];
        self.connections = (0..READERS).map(|_| self.number()).collect();
    }

    fn number(&mut self) -> (u64, usize) {
        self.next += 1;
        (self.next, 0)
    }

    pub(super) fn happen(&mut self, what: &Happens) {
        let mut world = self.world.take().unwrap();
        match *what {
            Happens::Leave { writer: n, size } => {
                if self.writers[n].reads() {
                    let envelope = world.envelope_of(size);
                    self.promise.left[n].push(id(&envelope));
                    self.writers[n].leaves(&mut world, &envelope);
                }
            }
            Happens::Attach { reader: n, mailbox } => {
                let (connection, _) = self.connections[n];
                let slot = (self.slots.keys().filter(|(c, _)| *c == connection).count() + 1) as u32;
                self.slots.insert((connection, slot), mailbox);
                self.readers[n].attach(&mut world, &self.owners[mailbox], slot);
            }
            Happens::AttachAndTake { reader, mailbox } => {
                self.world = Some(world);
                self.happen(&Happens::Attach { reader, mailbox });
                world = self.world.take().unwrap();
                while world.answer_one() | self.readers[reader].pump(&mut world) {}
            }
            Happens::Acknowledge {
                reader: n,
                mailbox,
                of_eight,
            } => {
                self.acknowledge(&mut world, n, mailbox, of_eight);
            }
            Happens::Leaves { reader: n } => {
                self.readers[n] = Reader::enter(&world);
                self.connections[n] = self.number();
            }
            Happens::PumpReader(n) => drop(self.readers[n].pump(&mut world)),
            Happens::PumpWriter(n) => drop(self.writers[n].pump(&mut world)),
            Happens::Answer => drop(world.answer_one()),
            Happens::Commit => drop(world.commit()),
            Happens::CommitWith(ref before, ref after) => {
                world = world.commit_with(|world, gap| {
                    self.world = Some(world);
                    let then = match gap {
                        Gap::BeforeCommit => before,
                        Gap::AfterCommit => after,
                        Gap::BeforeBatch | Gap::BeforeWipe => return self.world.take().unwrap(),
                    };
                    for what in then {
                        self.happen(what);
                    }
                    self.world.take().unwrap()
                });
            }
            Happens::Gather => world.core.router.gather(),
            Happens::Crash => {
                self.readers.clear();
                self.writers.clear();
                self.world = Some(world.crash());
                self.connect();
                self.forget_what_was_lost();
                return self.look();
            }
        }
        self.world = Some(world);
        self.look();
    }

    /// Acknowledges a part of what each slot of that mailbox was handed; those that were lost may
    /// not know it.
    fn acknowledge(&mut self, world: &mut World, n: usize, mailbox: usize, of_eight: u64) {
        let (connection, _) = self.connections[n];
        let slots = self
            .slots
            .iter()
            .filter(|((c, _), m)| *c == connection && **m == mailbox);
        for key in slots.map(|(key, _)| *key).collect::<Vec<_>>() {
            let handed = self.promise.handed.get(&key).map_or(0, Vec::len) as u64;
            let tag = handed * of_eight / 8;
            if tag == 0 {
                continue;
            }
            let before = world.gauges().acknowledged;
            self.readers[n].ack(world, key.1, tag);
            let counted = world.gauges().acknowledged - before;
            // None, when somebody else has the mailbox by now.
            if counted > 0 {
                let upto = self.promise.upto.entry(key).or_insert(0);
                assert_eq!(counted, tag - *upto);
                for id in &self.promise.handed[&key][*upto as usize..tag as usize] {
                    assert!(
                        self.promise.acknowledged[mailbox].insert(*id),
                        "counted once"
                    );
                }
                *upto = tag;
                self.promise.acks[mailbox] += counted;
            }
        }
    }

    /// After a crash: acknowledgements that were not on disk never were.
    fn forget_what_was_lost(&mut self) {
        for mailbox in 0..MAILBOXES {
            let world = self.world.as_ref().unwrap();
            let lying: BTreeSet<Id> = world
                .on_disk(&self.owners[mailbox])
                .iter()
                .map(id)
                .collect();
            let acks = world.numbers(&self.owners[mailbox]).unwrap().acks;
            self.promise.acknowledged[mailbox].retain(|id| !lying.contains(id));
            assert!(acks <= self.promise.acks[mailbox]);
            self.promise.acks[mailbox] = acks;
        }
    }

    /// Holds everything that shows against the promise.
    fn look(&mut self) {
        for n in 0..WRITERS {
            let accepted = self.writers[n].accepted() as usize;
            let accepted = self.promise.left[n][..accepted].to_vec();
            self.promise.accepted[n % MAILBOXES].extend(accepted);
            assert_eq!(self.writers[n].closed, None);
        }
        for mailbox in 0..MAILBOXES {
            let lying = self.world.as_ref().unwrap().on_disk(&self.owners[mailbox]);
            let lying: Vec<Id> = lying.iter().map(id).collect();
            let known: BTreeSet<Id> = self.promise.order[mailbox].iter().copied().collect();
            let new = lying.iter().filter(|id| !known.contains(*id));
            self.promise.order[mailbox].extend(new);
            self.promise.on_disk[mailbox] = lying.iter().copied().collect();
            for id in &self.promise.accepted[mailbox] {
                let safe = self.promise.on_disk[mailbox].contains(id)
                    || self.promise.acknowledged[mailbox].contains(id);
                assert!(safe, "accepted, not acknowledged, and not on disk");
            }
        }
        for n in 0..READERS {
            assert_eq!(self.readers[n].closed, None);
            let (connection, looked) = self.connections[n];
            let new = self.readers[n].delivered[looked..].to_vec();
            self.connections[n].1 += new.len();
            for (slot, tag, envelope) in new {
                let mailbox = self.slots[&(connection, slot)];
                let handed = self.promise.handed.entry((connection, slot)).or_default();
                assert!(!handed.contains(&id(&envelope)), "twice to one reader");
                handed.push(id(&envelope));
                assert_eq!(handed.len() as u64, tag, "tags count");
                let gone = &self.promise.acknowledged[mailbox];
                assert!(
                    !gone.contains(&id(&envelope)),
                    "delivered again after its acknowledgement"
                );
            }
        }
    }

    /// Everything that every reader was handed came in the order in which it lies on disk, and of
    /// one writer in the order in which it was left.
    fn check_order(&self) {
        for (key, handed) in &self.promise.handed {
            let order = &self.promise.order[self.slots[key]];
            let places: Vec<_> = handed
                .iter()
                .filter_map(|id| order.iter().position(|known| known == id))
                .collect();
            assert!(places.is_sorted(), "delivery order is acceptance order");
            for left in &self.promise.left {
                let sent: Vec<_> = handed
                    .iter()
                    .filter_map(|id| left.iter().position(|known| known == id))
                    .collect();
                assert!(sent.is_sorted(), "a writer's order is kept");
            }
        }
    }

    /// Whoever reads a mailbox now gets everything there is without coming again.
    fn take_everything(&mut self) {
        loop {
            let mut world = self.world.take().unwrap();
            for reader in &mut self.readers {
                settle(&mut world, &mut [reader]);
            }
            self.world = Some(world);
            self.look();
            let before: u64 = self.promise.acks.iter().sum();
            for (n, mailbox) in (0..READERS).flat_map(|n| (0..MAILBOXES).map(move |m| (n, m))) {
                self.happen(&Happens::Acknowledge {
                    reader: n,
                    mailbox,
                    of_eight: 8,
                });
            }
            if before == self.promise.acks.iter().sum() {
                break;
            }
        }
        self.happen(&Happens::Gather);
        settle(self.world(), &mut []);
        let world = self.world.as_ref().unwrap();
        for owner in &self.owners {
            if world
                .core
                .router
                .read_now()
                .contains(&world.key(owner).unwrap())
            {
                assert!(
                    world.on_disk(owner).is_empty(),
                    "a reader was not handed everything"
                );
            }
        }
    }

    /// In the end a reader comes, takes everything, and the relay is empty.
    pub(super) fn finish(mut self) {
        let mut world = self.world.take().unwrap();
        for writer in &mut self.writers {
            settle(&mut world, &mut [writer]);
        }
        world.core.router.gather();
        settle(&mut world, &mut []);
        self.world = Some(world);
        self.look();
        self.take_everything();
        self.check_order();
        for mailbox in 0..MAILBOXES {
            let lying = self.world.as_ref().unwrap().on_disk(&self.owners[mailbox]);
            let owner = Owner::number(mailbox as u8 + 1);
            let expected = self.promise.acks[mailbox];
            let mut reader = Reader::of(self.world(), &owner);
            assert_eq!(
                reader.attached(1),
                Some((expected, 0)),
                "the count is exact"
            );
            loop {
                let before = reader.delivered.len();
                reader.ack_all(self.world());
                settle(self.world(), &mut [&mut reader]);
                if reader.delivered.len() == before {
                    break;
                }
            }
            assert_eq!(reader.envelopes(), lying);
            self.world().core.router.gather();
            settle(self.world(), &mut [&mut reader]);
            assert!(self.world().on_disk(&owner).is_empty());
            let acks = self.world().numbers(&owner).unwrap().acks;
            assert_eq!(acks, expected + lying.len() as u64);
            drop(reader);
        }
    }
}
