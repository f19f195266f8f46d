//! The hand-over of mailboxes as a bounded model, over the real engines: every sequence of so many happenings in the
//! midst of it, each from the beginning and each to an end at which everything has to be there. (SPEC C-1, C-2, C-3, C-6)
//! Knows: what is promised. Never knows: how it is done.

use std::sync::Mutex;

use partywall_row::Row;
use stateright::{Checker, Model, Property};

use super::moves::added_while_away;
use super::street::Street;
use crate::desk::Order;
use crate::event::EventKind;

/// What may happen while both sides move: all that a relay may do within its contract, and all that people may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Happening {
    /// Somebody says the next number.
    Says(&'static str),
    /// Who was there goes away, and who was away comes back: mail waits until then.
    Turns(&'static str),
    /// The relay lets the mailbox of the invitation wait, or no longer.
    Delays,
    /// From now on the relay keeps everything twice.
    Doubles,
    /// The next step of an engine but one is lost: before its commit, after it, or in the midst of what follows it.
    Dies,
    /// Three seconds pass: receipts, moves and renewals are told.
    Waits,
}

const HAPPENINGS: [Happening; 8] = [
    Happening::Says("alice"),
    Happening::Says("bob"),
    Happening::Turns("alice"),
    Happening::Turns("bob"),
    Happening::Delays,
    Happening::Doubles,
    Happening::Dies,
    Happening::Waits,
];

/// How often somebody tries to say a thing: an engine dies once at most in between.
const TRIES: u32 = 8;

/// Alice is away, Bob has used her invitation and moved already; she will move when she comes and he is confirmed.
struct World {
    street: Street,
    of_the_link: [u8; 32],
    said: [Vec<String>; 2],
    /// Somebody could not say what they wanted to.
    is_refused: bool,
}

impl World {
    fn begins(seed: u64) -> Self {
        let (street, of_the_link) = added_while_away(seed);
        Self {
            street,
            of_the_link,
            said: Default::default(),
            is_refused: false,
        }
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Says(who) => self.says(who),
            Happening::Turns(who) if self.street.people[who].offline => {
                self.street.comes_online(who);
            }
            Happening::Turns(who) => self.street.goes_offline(who),
            Happening::Delays => {
                // What brings the invitation's acceptance has come through; what follows it waits.
                self.street.relay.withheld = match self.street.relay.withheld {
                    None => Some((self.of_the_link, 1)),
                    Some(_) => None,
                }
            }
            Happening::Doubles => self.street.relay.faults.twice = 100,
            Happening::Dies => self.street.crash_in = Some(1),
            Happening::Waits => self.street.waits(3),
        }
    }

    /// Says the next number, unless nobody to say it to is known yet: again with the same key, as an app does that may
    /// crash.
    fn says(&mut self, who: &'static str) {
        let (to, at) = match who {
            "alice" => ("bob", 0),
            _ => ("alice", 1),
        };
        let text = format!("{who} {}", self.said[at].len());
        for _ in 0..TRIES {
            let name = to.to_owned();
            let found = self
                .street
                .asks(who, |reply| Order::Contact { name, reply });
            let contact = match found {
                None => continue,
                Some(Err(_)) => return,
                Some(Ok(contact)) => contact,
            };
            let key = Some(text.as_bytes());
            if self.street.says_once(who, contact, key, &text).is_ok() {
                self.said[at].push(text);
                return;
            }
        }
        self.is_refused = true;
    }

    /// Everybody comes, nothing is held back, and both say one thing more: what is wrong then, if anything.
    fn ends(mut self) -> Option<&'static str> {
        self.street.crash_in = None;
        self.street.relay.withheld = None;
        for _ in 0..2 {
            for who in ["alice", "bob"] {
                self.street.comes_online(who);
            }
            self.street.settles();
            for who in ["alice", "bob"] {
                self.says(who);
            }
        }
        self.street.settles();
        if self.is_refused {
            return Some("somebody was refused what they wanted to say");
        }
        let [by_alice, by_bob] = self.said.clone();
        if by_alice.len() < 2 || by_bob.len() < 2 {
            return Some("no progress: they never came to know each other");
        }
        if self.street.texts("alice") != by_bob || self.street.texts("bob") != by_alice {
            return Some("something was lost, shown twice or out of its order");
        }
        let is_odd = |kind: &EventKind| {
            matches!(
                kind,
                EventKind::Gap { .. }
                    | EventKind::Quarantined { .. }
                    | EventKind::Failed { .. }
                    | EventKind::Message { late: true, .. }
            )
        };
        if ["alice", "bob"]
            .iter()
            .any(|who| self.street.was_told(who, is_odd))
        {
            return Some("somebody was told of a gap, of poison or of a failure");
        }
        if self.street.relay.waiting() != 0 {
            return Some("mail lies there for ever");
        }
        let left = &self.street.relay.mailboxes;
        if left.len() != 2 || left.contains_key(&self.of_the_link) {
            return Some("a mailbox of first contact is still there");
        }
        None
    }
}

/// One sequence of happenings, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Past {
    happenings: Vec<Happening>,
    wrong: Option<&'static str>,
}

/// All sequences of so many happenings.
struct Handover {
    seed: u64,
    longest: usize,
    /// Steps of engines in all worlds, and how many of them were lost.
    worked: Mutex<(u64, u64)>,
}

impl Handover {
    fn past(&self, happenings: Vec<Happening>) -> Past {
        let mut world = World::begins(self.seed);
        for happening in &happenings {
            world.happens(*happening);
        }
        let wrong = {
            let mut worked = self.worked.lock().unwrap();
            worked.0 += world.street.steps;
            worked.1 += world.street.crashes;
            drop(worked);
            world.ends()
        };
        Past { happenings, wrong }
    }
}

impl Model for Handover {
    type State = Past;
    type Action = Happening;

    /// The beginning, and the midst of it: a text lies in the mailbox of the invitation and waits there.
    fn init_states(&self) -> Vec<Past> {
        let midst = vec![Happening::Says("bob"), Happening::Delays];
        vec![self.past(Vec::new()), self.past(midst)]
    }

    fn actions(&self, past: &Past, possible: &mut Vec<Happening>) {
        let begun = match past.happenings[..] {
            [Happening::Says("bob"), Happening::Delays, ..] => 2,
            _ => 0,
        };
        if past.happenings.len() < begun + self.longest {
            possible.extend(HAPPENINGS);
        }
    }

    fn next_state(&self, past: &Past, happening: Happening) -> Option<Past> {
        let mut happenings = past.happenings.clone();
        happenings.push(happening);
        Some(self.past(happenings))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "nothing is lost or shown twice, and both have moved in the end",
                |_, past: &Past| past.wrong.is_none(),
            ),
            Property::sometimes("an engine died", |model: &Self, _| {
                model.worked.lock().unwrap().1 > 0
            }),
        ]
    }
}

#[test]
fn whatever_happens_while_mailboxes_are_handed_over_everything_arrives_once_and_both_have_moved() {
    let mut row = Row::of("S10");
    let longest = usize::try_from(row.times(2, 4)).unwrap();
    let handover = Handover {
        seed: row.seed(),
        longest,
        worked: Mutex::default(),
    };
    let checker = handover.checker().threads(2).spawn_bfs().join();
    if let Some(path) =
        checker.discovery("nothing is lost or shown twice, and both have moved in the end")
    {
        panic!("{:?}", path.last_state());
    }
    checker.assert_properties();
    let (steps, deaths) = *checker.model().worked.lock().unwrap();
    row.tried(checker.unique_state_count() as u64);
    row.figure(format!(
        "every sequence of {longest} of {} happenings, from 2 beginnings: {} worlds, {steps} steps of engines, {deaths} of them lost",
        HAPPENINGS.len(),
        checker.unique_state_count(),
    ));
}
