//! A street: a relay, people with stores in files, a clock that is moved by hand.
//! Knows: how effects are carried out. Never knows: a rule.

mod asking;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use partywall_ground::{Pass, RelayKey};
use partywall_proof::link::Authority;
use partywall_world::{Clock, Dice, ManualClock, Wall};

use super::relay::{Attached, Note, Relay};
use crate::conversation::{Effect, Engine, Input, Now, Outcome};
use crate::event::EventKind;
use crate::link::RelayLink;
use crate::seam::{
    CollectEvent, Connection, Deposit, DepositEvent, DownReason, DropPlace, OutboxId,
};
use crate::store::{LITTLE, Vault};

pub(super) const PASSPHRASE: &str = "correct horse battery staple";
const WRITTEN_AT: u64 = 1_800_000_000;

pub(super) struct Street {
    pub(super) relay: Relay,
    pub(super) clock: ManualClock,
    pub(super) people: BTreeMap<&'static str, Person>,
    /// One in so many steps is lost with its engine: half before the commit, half after it.
    pub(super) crash_odds: Option<u64>,
    pub(super) crashes: u64,
    /// Of them: before the commit, after it, in the midst of what follows it.
    pub(super) died: [u64; 3],
    /// Engine steps so far.
    pub(super) steps: u64,
    /// The step after so many others is lost in the same way.
    pub(super) crash_in: Option<u64>,
    dice: Dice,
    folder: tempfile::TempDir,
}

#[derive(Default)]
pub(super) struct Person {
    engine: Option<Engine>,
    inputs: VecDeque<Input>,
    pub(super) lines: BTreeMap<i64, (Connection, Attached)>,
    drops: BTreeMap<i64, DropPlace>,
    pub(super) offline: bool,
    connections: u64,
    /// How often this person's app was started.
    pub(super) lives: u64,
    pub(super) fleeting: Vec<EventKind>,
}

impl Street {
    pub(super) fn with_seed(seed: u64) -> Street {
        let mut dice = Dice::seeded(seed);
        Street {
            relay: Relay::new(dice.stream("relay")),
            clock: ManualClock::at(Wall::from_seconds(WRITTEN_AT)),
            people: BTreeMap::new(),
            crash_odds: None,
            crashes: 0,
            died: [0; 3],
            steps: 0,
            crash_in: None,
            dice,
            folder: folder(),
        }
    }

    /// Alice, who made an invitation, and Bob, who used it: both have gone through first contact.
    pub(super) fn with_friends(seed: u64) -> Street {
        let mut street = Street::with_seed(seed);
        street.opens("alice");
        street.opens("bob");
        let link = street.invites("alice", "bob", false).unwrap();
        street.adds("bob", &link, "alice").unwrap();
        street.settles();
        street
    }

    pub(super) fn path(&self, who: &'static str) -> PathBuf {
        self.folder.path().join(format!("{who}.store"))
    }

    pub(super) fn relay_link(&self) -> RelayLink {
        let authority = Authority::new("relay.example", 7_443).unwrap();
        let pass = self.relay.pass.map(|(pass, _)| Pass::new(pass));
        let link = partywall_peer::RelayLink::new(authority, RelayKey::new(self.relay.key), pass);
        partywall_peer::Link::from(link)
            .as_web_link()
            .parse()
            .unwrap()
    }

    /// Opens a person's store and runs until nothing moves.
    pub(super) fn opens(&mut self, who: &'static str) {
        self.wakes(who);
        self.runs();
    }

    fn wakes(&mut self, who: &'static str) {
        let path = self.path(who);
        let person = self.people.entry(who).or_default();
        person.lives += 1;
        person.engine = None;
        let vault = Vault::open(&path, PASSPHRASE, LITTLE, self.dice.stream("store")).unwrap();
        let engine = Engine::open(vault, LITTLE, self.dice.stream("engine")).unwrap();
        person.engine = Some(engine);
        person.lines.clear();
        person.drops.clear();
        person.inputs.clear();
        let outcome = person
            .engine
            .as_mut()
            .unwrap()
            .begin(now(&self.clock))
            .unwrap();
        self.acts(who, outcome);
    }

    /// Closes a person's store, as a crash would.
    pub(super) fn dies(&mut self, who: &'static str) {
        let person = self.people.get_mut(who).unwrap();
        person.engine = None;
        person.lines.clear();
        person.drops.clear();
        person.inputs.clear();
    }

    pub(super) fn goes_offline(&mut self, who: &'static str) {
        let person = self.people.get_mut(who).unwrap();
        person.offline = true;
        for (relay, (_, attached)) in &mut person.lines {
            *attached = Attached::default();
            let reason = DownReason::Lost;
            let event = CollectEvent::Down { reason };
            person.inputs.push_back(Input::Collect(*relay, event));
        }
        self.runs();
    }

    /// The lines to the mailboxes that this person writes to break; gives what was told of it.
    pub(super) fn loses_drops(&mut self, who: &'static str) -> Vec<EventKind> {
        let person = self.people.get_mut(who).unwrap();
        person.fleeting.clear();
        for target in person.drops.keys() {
            let reason = DownReason::Lost;
            let event = DepositEvent::Down { reason };
            person.inputs.push_back(Input::Deposit(*target, event));
        }
        assert!(!person.inputs.is_empty(), "there are such lines");
        self.runs();
        self.people[who].fleeting.clone()
    }

    /// The lines to the mailboxes that this person writes to break, if there are any.
    pub(super) fn breaks_drops(&mut self, who: &'static str) {
        let person = self.people.get_mut(who).unwrap();
        for target in person.drops.keys() {
            let reason = DownReason::Lost;
            let event = DepositEvent::Down { reason };
            person.inputs.push_back(Input::Deposit(*target, event));
        }
        self.runs();
    }

    pub(super) fn comes_online(&mut self, who: &'static str) {
        // Lines that were open resubmit by themselves; a fresh engine does so too.
        self.people.get_mut(who).unwrap().offline = false;
        self.opens(who);
    }

    /// Lets everything happen that can.
    pub(super) fn runs(&mut self) {
        let names: Vec<&'static str> = self.people.keys().copied().collect();
        loop {
            let mut moved = false;
            for who in &names {
                moved |= self.one_turn(who);
            }
            if !moved {
                return;
            }
        }
    }

    /// Lets time pass in small steps.
    pub(super) fn waits(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.clock.advance(Duration::from_secs(1));
            self.relay.notes.push(Note("a second passes", [0; 32], 0));
            let names: Vec<&'static str> = self.people.keys().copied().collect();
            for who in names {
                self.steps_with(who, Vec::new());
            }
            self.runs();
        }
    }

    /// First contact, moves, renewals and receipts are through.
    pub(super) fn settles(&mut self) {
        self.runs();
        self.waits(20);
    }

    fn one_turn(&mut self, who: &'static str) -> bool {
        let person = self.people.get_mut(who).unwrap();
        if person.engine.is_none() {
            return false;
        }
        if !person.offline {
            for (relay, (_, attached)) in &mut person.lines {
                let new = self.relay.deliveries(attached);
                let new = new.into_iter().map(|event| Input::Collect(*relay, event));
                person.inputs.extend(new);
            }
        }
        if person.inputs.is_empty() {
            return false;
        }
        // Sometimes many inputs share a step, sometimes each has its own.
        let most = 1 + usize::try_from(self.dice.below(8)).unwrap();
        let count = person.inputs.len().min(most);
        let inputs: Vec<Input> = person.inputs.drain(..count).collect();
        self.steps_with(who, inputs);
        true
    }

    fn steps_with(&mut self, who: &'static str, inputs: Vec<Input>) {
        let odds = self.crash_odds;
        let by_chance = odds.is_some_and(|odds| self.dice.below(odds) == 0);
        let crashes = by_chance || self.crash_in == Some(0);
        self.crash_in = self.crash_in.and_then(|steps| steps.checked_sub(1));
        self.crashes += u64::from(crashes);
        let place = crashes.then(|| self.dice.below(3));
        if let Some(place) = place {
            self.died[usize::try_from(place).unwrap()] += 1;
        }
        if place == Some(0) {
            return self.is_killed(who);
        }
        self.steps += 1;
        let person = self.people.get_mut(who).unwrap();
        let Some(engine) = person.engine.as_mut() else {
            return;
        };
        let mut outcome = engine.step(inputs, now(&self.clock)).unwrap();
        match place {
            None => self.acts(who, outcome),
            // Committed, and nothing of it was done.
            Some(1) => self.is_killed(who),
            // Some of it was done.
            Some(_) => {
                let most = outcome.effects.len() as u64 + 1;
                let done = usize::try_from(self.dice.below(most)).unwrap();
                outcome.effects.truncate(done);
                self.acts(who, outcome);
                self.is_killed(who);
            }
        }
    }

    /// As SIGKILL leaves it: what was written stays as it was written, nothing is tidied up. Begins again.
    fn is_killed(&mut self, who: &'static str) {
        let path = self.path(who);
        let files = ["", "-wal"].map(|end| {
            let mut name = path.clone().into_os_string();
            name.push(end);
            PathBuf::from(name)
        });
        let left = files.clone().map(|file| std::fs::read(file).ok());
        self.dies(who);
        for (file, bytes) in files.iter().zip(left) {
            match bytes {
                Some(bytes) => std::fs::write(file, bytes).unwrap(),
                None => drop(std::fs::remove_file(file)),
            }
        }
        self.wakes(who);
    }

    fn acts(&mut self, who: &'static str, outcome: Outcome) {
        for effect in outcome.effects {
            let person = self.people.get_mut(who).unwrap();
            match effect {
                Effect::Answer(answer) => answer(),
                Effect::Fleeting(kind) => person.fleeting.push(kind),
                Effect::Hang(relay) => drop(person.lines.remove(&relay)),
                Effect::Leave(target) => drop(person.drops.remove(&target)),
                Effect::Collect(relay, _) => person.connects(relay),
                Effect::Command(relay, command) => {
                    let Some((connection, attached)) = person.lines.get_mut(&relay) else {
                        continue;
                    };
                    if *connection == command.connection && !person.offline {
                        let event = self.relay.collect(attached, command.what);
                        let event = event.map(|event| Input::Collect(relay, event));
                        person.inputs.extend(event);
                    }
                }
                Effect::Deposit(target, place) => {
                    let event = if person.offline {
                        let reason = DownReason::Unreachable;
                        Some(DepositEvent::Down { reason })
                    } else if self.relay.knows(&place.capability) {
                        Some(DepositEvent::Up)
                    } else {
                        Some(DepositEvent::NoSuchDrop)
                    };
                    person.drops.insert(target, place);
                    let event = event.map(|event| Input::Deposit(target, event));
                    person.inputs.extend(event);
                }
                Effect::Put(target, what) => {
                    let Some(place) = person.drops.get(&target).filter(|_| !person.offline) else {
                        continue;
                    };
                    let to = &place.capability;
                    let event = match what {
                        Deposit::Take => DepositEvent::Taken {
                            sealed: self.relay.take(to),
                        },
                        Deposit::Submit { id, envelope } => {
                            submitted(&mut self.relay, to, id, &envelope)
                        }
                    };
                    person.inputs.push_back(Input::Deposit(target, event));
                }
            }
        }
    }

    /// Whether a person's engine would lie still for ever if nothing more came.
    pub(super) fn is_still(&self, who: &'static str) -> bool {
        let engine = self.people[who].engine.as_ref();
        engine.is_some_and(|engine| engine.next_due().is_none() && !engine.waits())
    }

    pub(super) fn draws(&mut self, below: u64) -> u64 {
        self.dice.below(below)
    }
}

impl Person {
    /// What opens the drop to which this person last opened a line.
    pub(super) fn newest_capability(&self) -> [u8; 32] {
        *self.drops.last_key_value().unwrap().1.capability
    }

    /// As [`Person::newest_capability`], if there is such a line.
    pub(super) fn some_capability(&self) -> Option<[u8; 32]> {
        let (_, place) = self.drops.last_key_value()?;
        Some(*place.capability)
    }

    fn connects(&mut self, relay: i64) {
        self.connections += 1;
        let connection = Connection(self.connections);
        self.lines.insert(relay, (connection, Attached::default()));
        let event = if self.offline {
            let reason = DownReason::Unreachable;
            CollectEvent::Down { reason }
        } else {
            let retention_days = 30;
            CollectEvent::Up {
                connection,
                retention_days,
            }
        };
        self.inputs.push_back(Input::Collect(relay, event));
    }
}

/// In memory where there is such a place: here processes die, and no machine loses its power.
fn folder() -> tempfile::TempDir {
    let in_memory = tempfile::tempdir_in("/dev/shm");
    in_memory.or_else(|_| tempfile::tempdir()).unwrap()
}

fn now(clock: &ManualClock) -> Now {
    Now {
        wall: clock.wall(),
        monotonic: clock.monotonic(),
    }
}

fn submitted(relay: &mut Relay, to: &[u8; 32], id: OutboxId, envelope: &[u8]) -> DepositEvent {
    if relay.deposit(to, envelope) {
        DepositEvent::Accepted { id }
    } else {
        DepositEvent::NoSuchDrop
    }
}
