//! People who go on, however often the relay dies: they say again what was not accepted (SPEC P-19), and take
//! no notice of what they have already (SPEC C-2). They note what happens to them, and nothing else.
//! Knows: the peer wing's wire. Never knows: what is done to the relay.

use std::collections::BTreeSet;

use partywall_test_histories::{History, Judged, Letter, Violation, judge};

use crate::mailbox::{Door, Mailbox, Reader, Writer};

/// Letters that an author leaves without waiting for an answer.
const UNANSWERED: u32 = 16;

/// Somebody who writes to one mailbox.
pub struct Author {
    mailbox: Mailbox,
    who: u32,
    /// How many letters were accepted so far: all up to this one.
    pub accepted: u32,
    /// How many bytes a letter has.
    pub size: usize,
    /// What happened to them.
    pub history: History,
}

/// Somebody who reads one mailbox.
pub struct Subscriber {
    mailbox: Mailbox,
    known: BTreeSet<(u32, u32)>,
    /// What happened to them.
    pub history: History,
}

fn letter(mailbox: Mailbox, (who, number): (u32, u32)) -> Letter {
    Letter {
        conversation: mailbox.0.into(),
        sender: who.into(),
        number: number.into(),
    }
}

impl Author {
    /// Somebody who has said nothing yet.
    #[must_use]
    pub fn new(mailbox: Mailbox, who: u32) -> Self {
        Self {
            mailbox,
            who,
            accepted: 0,
            size: 4_096,
            history: History::default(),
        }
    }

    /// Writes until so many letters are accepted, or the relay is gone or refuses: then with the code that
    /// it closes with, if it says one.
    ///
    /// # Errors
    /// What ended it.
    pub fn write(&mut self, relay: &impl Door, up_to: u32) -> Result<(), Option<u16>> {
        if self.accepted >= up_to {
            return Ok(());
        }
        let mut writer = Writer::open(relay, self.mailbox, self.who).map_err(|_| None)?;
        writer.before = self.accepted;
        loop {
            while writer.before + writer.left < up_to && writer.left < writer.accepted + UNANSWERED
            {
                writer.leave_of(self.size);
            }
            let ended = writer.wait_for(writer.accepted + 1);
            while self.accepted < writer.before + writer.accepted {
                self.accepted += 1;
                let letter = letter(self.mailbox, (self.who, self.accepted));
                self.history.accepted(letter);
            }
            ended?;
            if self.accepted >= up_to {
                return Ok(());
            }
        }
    }
}

impl Subscriber {
    /// Somebody who makes this mailbox.
    ///
    /// # Errors
    /// What came instead.
    pub fn new(relay: &impl Door, mailbox: Mailbox) -> Result<Self, String> {
        Reader::create(relay, mailbox)?;
        Ok(Self {
            mailbox,
            known: BTreeSet::new(),
            history: History::default(),
        })
    }

    /// Reads until these have come, or the relay is gone.
    ///
    /// # Errors
    /// What ended it.
    pub fn read(&mut self, relay: &impl Door, until: &[(u32, u32)]) -> Result<(), String> {
        let mut reader = Reader::attach(relay, self.mailbox)?;
        while !until.iter().all(|last| self.known.contains(last)) {
            let ended = reader.collect(1);
            ended.map_err(|code| format!("the connection ended with {code:?}"))?;
            for which in reader.delivered.drain(..) {
                if self.known.insert(which) {
                    let letter = letter(self.mailbox, which);
                    self.history.surfaced(letter);
                    self.history.done(letter);
                }
            }
            reader.acknowledge();
        }
        // Whoever leaves at once may be gone before it is heard.
        reader.is_heard()
    }
}

/// Some mailboxes, each with one reader and some writers.
pub struct Town {
    /// Who writes.
    pub authors: Vec<Author>,
    /// Who reads: one for each mailbox.
    pub subscribers: Vec<Subscriber>,
}

/// A number that no writer reaches before the relay is gone.
const EVER: u32 = u32::MAX / 2;
/// What nobody ever writes: whoever reads for it reads until the relay is gone.
const NEVER: (u32, u32) = (u32::MAX, 0);

impl Town {
    /// So many mailboxes, with so many writers each.
    ///
    /// # Errors
    /// What came instead of a mailbox.
    pub fn of(relay: &impl Door, mailboxes: u16, writers: u32) -> Result<Self, String> {
        let boxes = || (1..=mailboxes).map(Mailbox);
        let each = |mailbox: Mailbox| {
            let first = u32::from(mailbox.0) * 100;
            (first..first + writers).map(move |who| Author::new(mailbox, who))
        };
        Ok(Self {
            authors: boxes().flat_map(each).collect(),
            subscribers: boxes()
                .map(|mailbox| Subscriber::new(relay, mailbox))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Everybody writes, and some read, while something is done to the relay that it does not survive.
    /// The codes with which the writers' connections ended.
    pub fn live<T>(
        &mut self,
        at: &str,
        reads: impl Fn(Mailbox) -> bool,
        meanwhile: impl FnOnce() -> T,
    ) -> (T, Vec<Option<u16>>) {
        let at = &at.to_owned();
        std::thread::scope(|scope| {
            let writing: Vec<_> = self
                .authors
                .iter_mut()
                .map(|author| scope.spawn(move || author.write(at, EVER)))
                .collect();
            for subscriber in &mut self.subscribers {
                if reads(subscriber.mailbox) {
                    scope.spawn(move || subscriber.read(at, &[NEVER]));
                }
            }
            let done = meanwhile();
            let ended = writing
                .into_iter()
                .filter_map(|each| each.join().ok()?.err());
            (done, ended.collect())
        })
    }

    /// Everybody writes up to so many letters more while something happens; nobody reads. The codes with
    /// which those were ended who did not come to their last.
    pub fn write(
        &mut self,
        at: &impl Door,
        letters: u32,
        meanwhile: impl FnOnce(),
    ) -> Vec<Option<u16>> {
        let at = &at.peer().to_owned();
        std::thread::scope(|scope| {
            let writing: Vec<_> = self
                .authors
                .iter_mut()
                .map(|author| {
                    let up_to = author.accepted + letters;
                    scope.spawn(move || author.write(at, up_to))
                })
                .collect();
            meanwhile();
            let ended = writing.into_iter();
            ended.filter_map(|each| each.join().ok()?.err()).collect()
        })
    }

    /// Everybody writes so many letters more, and reads all there is, side by side.
    ///
    /// # Errors
    /// When the relay does not serve somebody.
    pub fn go_on(&mut self, at: &impl Door, letters: u32) -> Result<(), String> {
        let at = &at.peer().to_owned();
        let wanted: Vec<_> = self
            .authors
            .iter()
            .map(|author| (author.mailbox, author.who, author.accepted + letters))
            .collect();
        let wanted = &wanted;
        std::thread::scope(|scope| {
            let mut all = Vec::new();
            for (author, (_, _, up_to)) in self.authors.iter_mut().zip(wanted) {
                let written = move || {
                    let ended = author.write(at, *up_to);
                    ended.map_err(|code| format!("a writer was closed with {code:?}"))
                };
                all.push(scope.spawn(written));
            }
            for subscriber in &mut self.subscribers {
                let comes =
                    |each: &&(Mailbox, u32, u32)| each.0 == subscriber.mailbox && each.2 > 0;
                let of_mailbox = wanted.iter().filter(comes);
                let last: Vec<_> = of_mailbox.map(|each| (each.1, each.2)).collect();
                all.push(scope.spawn(move || subscriber.read(at, &last)));
            }
            let mut joined = all.into_iter().map(|each| each.join());
            joined.try_for_each(|each| each.unwrap_or_else(|_| Err("somebody panicked".to_owned())))
        })
    }

    /// Everybody writes one letter more and reads everything; then the histories are judged.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn judged(&mut self, at: &impl Door) -> Result<Judged, String> {
        self.go_on(at, 1)?;
        self.verdict().map_err(|violation| violation.to_string())
    }

    /// The judgement over what was noted so far.
    ///
    /// # Errors
    /// The violation.
    pub fn verdict(&self) -> Result<Judged, Violation> {
        let writers = self.authors.iter().map(|author| author.history.clone());
        let readers = self.subscribers.iter().map(|one| one.history.clone());
        judge(&writers.chain(readers).collect::<Vec<_>>())
    }

    /// How many letters were accepted so far.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        let each = self.authors.iter().map(|author| u64::from(author.accepted));
        each.sum()
    }
}
