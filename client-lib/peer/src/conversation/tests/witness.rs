//! Apps on the street that note what happens to them, for a judge who reads nothing else. They die with their engines.
//! Knows: what an app sees. Never knows: what was done to anybody. (SPEC C-2, C-3)

use std::collections::{BTreeMap, BTreeSet};

use partywall_test_histories::{History, Judged, Letter, judge};

use super::street::Street;
use crate::desk::Order;
use crate::event::{EventId, EventKind};
use crate::message::{MessageId, State};

/// Everybody's apps.
#[derive(Default)]
pub(super) struct Witness {
    apps: BTreeMap<&'static str, App>,
    said: Vec<Said>,
    /// What nobody should be told of when nobody lies.
    pub(super) odd: Vec<(&'static str, EventKind)>,
}

/// One person's app, over all of its lives.
#[derive(Default)]
struct App {
    history: History,
    life: u64,
    /// Handed out in this life and not done.
    shown: BTreeMap<EventId, Option<Letter>>,
    /// Said to be done; the answer did not come before the app died.
    unsure: BTreeMap<EventId, Option<Letter>>,
    /// Told already, whichever life.
    odd: BTreeSet<EventId>,
    numbers: u64,
}

struct Said {
    from: &'static str,
    to: &'static str,
    id: MessageId,
    letter: Letter,
}

/// Two people have one conversation; a text says whose it is, in which, and the how manieth.
fn letter(from: &str, to: &str, number: u64) -> Letter {
    let name = |who: &str| u64::from(who.as_bytes()[0]);
    let (low, high) = (name(from).min(name(to)), name(from).max(name(to)));
    Letter {
        conversation: (low << 8) | high,
        sender: name(from),
        number,
    }
}

impl Witness {
    /// Somebody says the next thing, as an app does that may die: until there is an answer.
    pub(super) fn says(&mut self, street: &mut Street, from: &'static str, to: &'static str) {
        let app = self.apps.entry(from).or_default();
        app.numbers += 1;
        let letter = letter(from, to, app.numbers);
        let text = format!("{from} {to} {}", letter.number);
        let id = street.insists(from, to, &text);
        self.said.push(Said {
            from,
            to,
            id,
            letter,
        });
    }

    /// How much was said.
    pub(super) fn said(&self) -> u64 {
        self.said.len() as u64
    }

    /// Somebody's app looks at what is there, and is done with all of it or with some.
    pub(super) fn reads(&mut self, street: &mut Street, who: &'static str, all: bool) {
        let app = self.apps.entry(who).or_default();
        let life = street.people[who].lives;
        let Some(page) = page(street, who) else {
            return;
        };
        if street.people[who].lives != life {
            return;
        }
        app.begins(life, &page);
        for (id, kind) in page {
            if app.shown.contains_key(&id) {
                continue;
            }
            let letter = match &kind {
                EventKind::Message { from, text, .. } => Some(read(from, text)),
                EventKind::NewContact { .. } | EventKind::Confirmed { .. } => None,
                _ => {
                    if app.odd.insert(id) {
                        self.odd.push((who, kind));
                    }
                    None
                }
            };
            if let Some(letter) = letter {
                app.history.surfaced(letter);
            }
            app.shown.insert(id, letter);
        }
        let draws = &mut |below| street.draws(below);
        let done = app.shown.keys().filter(|_| all || draws(4) > 0);
        let done: Vec<EventId> = done.copied().collect();
        app.is_done_with(street, who, done);
    }

    /// At the end of a story: everybody has read everything, and was told what became of what was said.
    pub(super) fn ends(mut self, street: &mut Street) -> Judged {
        for said in &self.said {
            let app = self.apps.entry(said.from).or_default();
            match street.state(said.from, said.to, said.id) {
                State::Accepted | State::Delivered => app.history.accepted(said.letter),
                State::Failed => app.history.failed(said.letter),
                State::Queued | State::Expired => {}
            }
        }
        let histories = self.apps.into_values().map(|app| app.history);
        let histories: Vec<History> = histories.collect();
        judge(&histories).expect("what was promised")
    }
}

impl App {
    /// In a new life: what was said to be done in an earlier one either is, or comes again.
    fn begins(&mut self, life: u64, page: &[(EventId, EventKind)]) {
        if self.life == life {
            return;
        }
        for (id, letter) in std::mem::take(&mut self.unsure) {
            let comes_again = page.iter().any(|(there, _)| *there == id);
            if let (Some(letter), false) = (letter, comes_again) {
                self.history.done(letter);
            }
        }
        self.history.restarted();
        self.shown.clear();
        self.life = life;
    }

    fn is_done_with(&mut self, street: &mut Street, who: &'static str, ids: Vec<EventId>) {
        for id in &ids {
            if let Some(letter) = self.shown.remove(id) {
                self.unsure.insert(*id, letter);
            }
        }
        let done = street.asks(who, |reply| Order::Done { ids, reply });
        if done.is_some() && street.people[who].lives == self.life {
            for letter in std::mem::take(&mut self.unsure).into_values().flatten() {
                self.history.done(letter);
            }
        }
    }
}

/// Every event that is not done, if the app lives to see it.
fn page(street: &mut Street, who: &'static str) -> Option<Vec<(EventId, EventKind)>> {
    let (mut all, mut after) = (Vec::new(), EventId(0));
    loop {
        let page = street.asks(who, |reply| Order::Events { after, reply })?;
        if page.events.is_empty() {
            return Some(all);
        }
        after = page.read_to;
        all.extend(page.events);
    }
}

/// Which letter a text is, from whom it is said to come.
fn read(from: &str, text: &str) -> Letter {
    let words: Vec<&str> = text.split(' ').collect();
    let [sender, reader, number] = words[..] else {
        panic!("a text that nobody said");
    };
    assert_eq!(sender, from, "it is told who wrote it");
    letter(sender, reader, number.parse().unwrap())
}
