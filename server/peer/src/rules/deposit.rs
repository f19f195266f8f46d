//! The deposit door's rules: one drop, envelopes in order, answers in order. (SPEC §5.6)
//! Knows: one connection's requests. Never knows: who deposits, whether somebody reads.

use std::collections::VecDeque;
use std::sync::Arc;

use partywall_ground::{Close, DropId};
use partywall_peer::deposit::{Accepted, FromRelay, Opened, Taken};
use partywall_peer::{Number, SealedBundle, drop_id};
use partywall_world::Monotonic;

use super::flow::Flow;
use super::limits::{UNANSWERED, UNANSWERED_BYTES};
use super::line::Line;
use super::router::Attempt;
use crate::core::Core;
use crate::store::{Cargo, MailboxKey, Outcome, Write};

/// Something was said on the connection.
pub(crate) enum Request {
    /// A drop is named; the capability is hashed already and gone.
    Use(DropId),
    /// An envelope.
    Deposit(Number, Arc<Cargo>),
    /// A bundle is asked for.
    Take,
}

/// Something happened elsewhere.
pub(crate) enum Event {
    /// The look-up of the drop.
    Found(Option<MailboxKey>),
    /// The mailbox is in memory now, or does not exist.
    Opened(bool),
    /// The oldest unanswered envelope is durable, or why it is not.
    Written(Result<(), Close>),
    /// A bundle was taken off the shelf, durably.
    Taken(Result<Option<Vec<u8>>, Close>),
}

/// What a connection's task gives its machine.
pub(crate) enum Input {
    Request(Request),
    Event(Event),
}

/// What a connection's task has to do, in this order.
pub(crate) enum Effect {
    Say(FromRelay),
    /// Look a drop up and tell the line. (P-16)
    Find(DropId),
    /// Read a mailbox's numbers and tell the router.
    Open(MailboxKey),
    /// Say this and nothing more.
    Close(Close),
}

/// One deposit connection.
pub(crate) struct Deposit {
    core: Arc<Core>,
    line: Arc<Line<Event>>,
    flow: Arc<Flow>,
    state: State,
    /// Read, and not yet handed on: waiting for the drop or for the mailbox.
    backlog: VecDeque<Request>,
    /// Handed on and not answered, in order: the size of each.
    owed: VecDeque<Owed>,
    /// The number that the next deposit has to have.
    next: Number,
    /// The last that was answered.
    accepted: Option<Number>,
    /// One was not taken, so none after it is said to be.
    broken: bool,
    unanswered: usize,
    unanswered_bytes: usize,
    effects: Vec<Effect>,
}

enum State {
    Fresh,
    Finding,
    /// The drop is known.
    Using(MailboxKey),
    /// The drop is known, and its mailbox is being read into memory.
    Waiting(MailboxKey),
    /// Ends with this code as soon as all that is owed was answered. (P-17)
    Ending(Close),
    Ended,
}

enum Owed {
    Accepted(Number, usize),
    Taken,
}

impl Deposit {
    pub(crate) fn new(core: Arc<Core>, line: Arc<Line<Event>>) -> Self {
        Self {
            core,
            line,
            flow: Arc::default(),
            state: State::Fresh,
            backlog: VecDeque::new(),
            owed: VecDeque::new(),
            next: Number::FIRST,
            accepted: None,
            broken: false,
            unanswered: 0,
            unanswered_bytes: 0,
            effects: Vec::new(),
        }
    }

    /// Whether the connection is read: not beyond 64 deposits or 256 KiB unanswered. (P-18)
    pub(crate) fn reads(&self) -> bool {
        self.reads_beyond(0, 0)
    }

    /// The same, with so many requests and bytes of envelopes read already and not stepped yet.
    pub(crate) fn reads_beyond(&self, requests: usize, bytes: usize) -> bool {
        let ending = matches!(self.state, State::Ending(_) | State::Ended);
        !ending
            && self.unanswered + requests < UNANSWERED
            && self.unanswered_bytes + bytes < UNANSWERED_BYTES
    }

    /// Takes everything that came, in order.
    pub(crate) fn step(
        &mut self,
        inputs: impl IntoIterator<Item = Input>,
        now: Monotonic,
    ) -> Vec<Effect> {
        let mut told = self.accepted;
        for input in inputs {
            match input {
                Input::Request(request) => self.request(request),
                Input::Event(event) => self.event(event, &mut told),
            }
        }
        self.hand_on(now);
        self.tell(&mut told);
        if let State::Ending(close) = self.state
            && self.owed.is_empty()
        {
            self.state = State::Ended;
            self.effects.push(Effect::Close(close));
        }
        std::mem::take(&mut self.effects)
    }

    fn request(&mut self, request: Request) {
        match (&self.state, request) {
            (State::Ending(_) | State::Ended, _) => {}
            (State::Fresh, Request::Use(drop)) => {
                self.state = State::Finding;
                self.effects.push(Effect::Find(drop));
            }
            (State::Fresh, _) | (_, Request::Use(_)) => self.end(Close::OutOfTurn),
            (_, Request::Deposit(number, _)) if number != self.next => self.end(Close::Malformed),
            (_, request) => {
                self.unanswered += 1;
                if let Request::Deposit(_, cargo) = &request {
                    self.next = self.next.next();
                    self.unanswered_bytes += cargo.size();
                }
                self.backlog.push_back(request);
            }
        }
    }

    fn event(&mut self, event: Event, told: &mut Option<Number>) {
        match event {
            Event::Found(Some(key)) => {
                if matches!(self.state, State::Finding) {
                    self.state = State::Using(key);
                    self.effects.push(Effect::Say(Opened {}.into()));
                }
            }
            Event::Found(None) | Event::Opened(false) => self.end(Close::NoSuchDrop),
            Event::Opened(true) => {
                if let State::Waiting(key) = self.state {
                    self.state = State::Using(key);
                }
            }
            Event::Written(written) => {
                let Some(Owed::Accepted(number, size)) = self.owed.pop_front() else {
                    return;
                };
                self.unanswered -= 1;
                self.unanswered_bytes -= size;
                match written {
                    Ok(()) if !self.broken => self.accepted = Some(number),
                    Ok(()) => {}
                    Err(close) => {
                        self.broken = true;
                        self.end(close);
                    }
                }
            }
            Event::Taken(taken) => {
                self.owed.pop_front();
                self.unanswered -= 1;
                self.tell(told);
                match taken {
                    Ok(sealed) => {
                        let bundle = sealed.and_then(|sealed| SealedBundle::try_from(sealed).ok());
                        self.effects.push(Effect::Say(Taken { bundle }.into()));
                    }
                    Err(close) => self.end(close),
                }
            }
        }
    }

    /// Hands on what was read, in order, as far as it goes; the mailbox's reader is woken once for all
    /// of it.
    fn hand_on(&mut self, now: Monotonic) {
        let State::Using(key) = self.state else {
            return;
        };
        let owed = self.owed.len();
        self.hand_on_all(now);
        if self.owed.len() > owed {
            self.core.router.ring(key);
        }
    }

    fn hand_on_all(&mut self, now: Monotonic) {
        while let State::Using(key) = self.state
            && let Some(request) = self.backlog.front()
        {
            let handed_on = match request {
                Request::Deposit(_, cargo) => {
                    let router = &self.core.router;
                    match router.deposit(key, cargo, &self.line, &self.flow) {
                        Attempt::Done(done) => done,
                        Attempt::Ask => {
                            self.state = State::Waiting(key);
                            self.effects.push(Effect::Open(key));
                            return;
                        }
                        Attempt::Wait => {
                            self.state = State::Waiting(key);
                            return;
                        }
                    }
                }
                Request::Use(_) | Request::Take => self.take(key, now),
            };
            if let Err(close) = handed_on {
                self.end(close);
                return;
            }
            match self.backlog.pop_front() {
                Some(Request::Deposit(number, cargo)) => {
                    self.owed.push_back(Owed::Accepted(number, cargo.size()));
                }
                _ => self.owed.push_back(Owed::Taken),
            }
        }
    }

    /// Asks the writer for a bundle: a one-time one is off the disk before it is sent. (P-10)
    fn take(&self, key: MailboxKey, now: Monotonic) -> Result<(), Close> {
        let paced = self.core.paces().take(key, now);
        let (core, line) = (Arc::clone(&self.core), Arc::clone(&self.line));
        let write = Write::Take {
            mailbox: key,
            one_time: paced,
        };
        self.core.router.submit(write, move |outcome| {
            let taken = match outcome {
                Outcome::Bundle { sealed, one_time } => {
                    if paced && !one_time {
                        core.paces().give_back(key);
                    }
                    Ok(sealed)
                }
                Outcome::NoRoom => Err(Close::NoRoom),
                _ => Err(Close::NoSuchDrop),
            };
            line.tell(Event::Taken(taken));
        })
    }

    /// Says how far everything is accepted, once for all that came together.
    fn tell(&mut self, told: &mut Option<Number>) {
        if self.accepted != *told
            && let Some(number) = self.accepted
        {
            *told = self.accepted;
            self.effects.push(Effect::Say(Accepted { number }.into()));
        }
    }

    /// Nothing more is handed on; what was is answered first, and what came first decides the code.
    pub(crate) fn end(&mut self, close: Close) {
        self.backlog.clear();
        if !matches!(self.state, State::Ending(_) | State::Ended) {
            self.state = State::Ending(close);
        }
    }
}

/// What a decoded frame asks for. The capability is hashed and wiped.
impl Request {
    pub(crate) fn of_use(capability: &partywall_ground::Capability) -> Self {
        Self::Use(drop_id(capability))
    }
}
