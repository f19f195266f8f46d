//! A street: a relay, people with stores in files, a clock that is moved by hand.
//! Knows: how effects are carried out. Never knows: a rule.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use partywall_ground::{Pass, RelayKey};
use partywall_proof::link::Authority;
use partywall_world::{Clock, Dice, ManualClock, Wall};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::relay::{Attached, Relay};
use crate::conversation::{Effect, Engine, Input, Now, Outcome};
use crate::desk::{ContactRow, Order, Reply};
use crate::error::{AddError, InviteError, SayError};
use crate::event::{EventId, EventKind};
use crate::link::{Link, RelayLink};
use crate::message::{Message, MessageId, Page, State};
use crate::peer::ContactCard;
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
    /// The step after so many others is lost in the same way.
    pub(super) crash_in: Option<u64>,
    dice: Dice,
    folder: tempfile::TempDir,
}

#[derive(Default)]
pub(super) struct Person {
    engine: Option<Engine>,
    inputs: VecDeque<Input>,
    lines: BTreeMap<i64, (Connection, Attached)>,
    drops: BTreeMap<i64, DropPlace>,
    pub(super) offline: bool,
    connections: u64,
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
            crash_in: None,
            dice,
            folder: tempfile::tempdir().unwrap(),
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
        if crashes && self.dice.below(2) == 0 {
            return self.wakes(who);
        }
        let person = self.people.get_mut(who).unwrap();
        let Some(engine) = person.engine.as_mut() else {
            return;
        };
        let outcome = engine.step(inputs, now(&self.clock)).unwrap();
        if crashes {
            // Committed, and nothing of it was done.
            return self.wakes(who);
        }
        self.acts(who, outcome);
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

    /// Gives an order and runs until nothing moves.
    pub(super) fn asks<T>(
        &mut self,
        who: &'static str,
        order: impl FnOnce(Reply<T>) -> Order,
    ) -> Option<T> {
        let (reply, mut answer) = oneshot::channel();
        self.steps_with(who, vec![Input::Order(order(reply))]);
        self.runs();
        answer.try_recv().ok()
    }

    pub(super) fn invites(
        &mut self,
        who: &'static str,
        name: &str,
        reusable: bool,
    ) -> Result<Link, InviteError> {
        let (relay, name) = (self.relay_link(), Some(name.to_owned()));
        let made = self.asks(who, |reply| Order::Invite {
            relay,
            name,
            reusable,
            reply,
        });
        made.expect("the relay answered")
    }

    pub(super) fn adds(
        &mut self,
        who: &'static str,
        link: &Link,
        name: &str,
    ) -> Result<ContactRow, AddError> {
        let (link, name) = (link.clone(), name.to_owned());
        let collect_at = Some(self.relay_link());
        let added = self.asks(who, |reply| Order::Add {
            link,
            name,
            collect_at,
            reply,
        });
        added.expect("the relay answered")
    }

    pub(super) fn contact(&mut self, who: &'static str, name: &str) -> ContactRow {
        let name = name.to_owned();
        self.asks(who, |reply| Order::Contact { name, reply })
            .expect("the engine lives")
            .expect("there is such a contact")
    }

    pub(super) fn says(
        &mut self,
        who: &'static str,
        to: &str,
        text: &str,
    ) -> Result<MessageId, SayError> {
        let contact = self.contact(who, to);
        self.says_once(who, contact, None, text).map(|(id, _)| id)
    }

    pub(super) fn says_once(
        &mut self,
        who: &'static str,
        contact: ContactRow,
        key: Option<&[u8]>,
        text: &str,
    ) -> Result<(MessageId, bool), SayError> {
        let texts = vec![(key.map(<[u8]>::to_vec), Zeroizing::new(text.to_owned()))];
        let said = self.asks(who, |reply| Order::Say {
            contact,
            texts,
            reply,
        });
        match said.ok_or(SayError::Forgotten)? {
            Ok(sent) => Ok((sent[0].id(), sent[0].repeated())),
            Err(said) => Err(said.why),
        }
    }

    /// Says a text as an app does that may crash: again with the same key until there is an answer.
    pub(super) fn insists(&mut self, who: &'static str, to: &str, text: &str) -> MessageId {
        loop {
            let name = to.to_owned();
            let found = self.asks(who, |reply| Order::Contact { name, reply });
            let Some(contact) = found else { continue };
            let key = Some(text.as_bytes());
            if let Ok((id, _)) = self.says_once(who, contact.unwrap(), key, text) {
                return id;
            }
        }
    }

    /// Puts a copy of a person's store aside, the store closed.
    pub(super) fn copies(&mut self, who: &'static str) -> PathBuf {
        self.dies(who);
        let aside = self.folder.path().join(format!("{who}.copy"));
        std::fs::copy(self.path(who), &aside).unwrap();
        self.opens(who);
        aside
    }

    /// Puts a copy in the place of a person's store.
    pub(super) fn restores(&mut self, who: &'static str, copy: &std::path::Path) {
        self.dies(who);
        std::fs::copy(copy, self.path(who)).unwrap();
        self.opens(who);
    }

    pub(super) fn draws(&mut self, below: u64) -> u64 {
        self.dice.below(below)
    }

    pub(super) fn state(&mut self, who: &'static str, to: &str, id: MessageId) -> State {
        let contact = self.contact(who, to);
        self.asks(who, |reply| Order::StateOf { contact, id, reply })
            .expect("the engine lives")
            .unwrap()
    }

    pub(super) fn card(&mut self, who: &'static str, name: &str) -> ContactCard {
        let contact = self.contact(who, name);
        self.asks(who, |reply| Order::Card { contact, reply })
            .expect("the engine lives")
            .unwrap()
    }

    pub(super) fn history(&mut self, who: &'static str, name: &str) -> Vec<Message> {
        let contact = self.contact(who, name);
        let page = Page::latest(500);
        let order = |reply| Order::History {
            contact,
            page,
            reply,
        };
        self.asks(who, order).expect("the engine lives").unwrap()
    }

    /// Every event that is not done.
    pub(super) fn events(&mut self, who: &'static str) -> Vec<(EventId, EventKind)> {
        let mut all = Vec::new();
        let mut after = EventId(0);
        loop {
            let page = self.asks(who, |reply| Order::Events { after, reply });
            let page = page.expect("the engine lives");
            if page.events.is_empty() {
                return all;
            }
            after = page.read_to;
            all.extend(page.events);
        }
    }

    pub(super) fn done(&mut self, who: &'static str, ids: Vec<EventId>) {
        self.asks(who, |reply| Order::Done { ids, reply });
    }

    /// The texts that wait for a person, in order.
    pub(super) fn texts(&mut self, who: &'static str) -> Vec<String> {
        let events = self.events(who).into_iter();
        let texts = events.filter_map(|(_, kind)| match kind {
            EventKind::Message { text, .. } => Some(text),
            _ => None,
        });
        texts.collect()
    }

    /// Whether any waiting event fits.
    pub(super) fn was_told(
        &mut self,
        who: &'static str,
        fits: impl Fn(&EventKind) -> bool,
    ) -> bool {
        self.events(who).iter().any(|(_, kind)| fits(kind))
    }
}

impl Person {
    /// What opens the drop to which this person last opened a line.
    pub(super) fn newest_capability(&self) -> [u8; 32] {
        *self.drops.last_key_value().unwrap().1.capability
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
