//! A line to a relay's business door: connects, logs in, asks in order, hands events over, waits
//! with patience and connects again, until its last handle is dropped. (SPEC §11.2)
//! Knows: one relay, one key to log in with. Never knows: the store, sessions, texts.

mod speaking;

use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::event::Event;
use partywall_business::request::Request;
use partywall_business::{Number, Role, Tag};
use partywall_ground::Business;
use partywall_street::{Backoff, Dialler, Door, DownReason, RelayPlace};
use partywall_world::Dice;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;
use zeroize::Zeroizing;

use crate::error::{AskError, Refusal, Stopped};

/// The one door of this wing. (SPEC §11.2)
const DOOR: Door<Business> = Door::new("/v1/business", 0x0100);
/// Questions that may wait.
const ASKS: usize = 64;
/// Events that may wait.
const EVENTS: usize = 64;

/// As whom a line speaks.
pub(crate) enum Caller {
    /// Nobody in particular.
    Guest,
    /// Whoever holds this key (an Ed25519 seed), in this role.
    Proven(Role, Zeroizing<[u8; 32]>),
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineState {
    /// It has not come so far yet.
    Dialling,
    /// Connected, and logged in.
    Up(Connection),
    /// Not connected.
    Down(DownReason),
}

/// Numbers a line's connections: 1, 2, 3, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection(u64);

/// An event, and where its acknowledgement belongs.
pub(crate) struct Delivery {
    pub(crate) connection: Connection,
    pub(crate) event: Event,
}

/// What a line is told.
enum Told {
    Ask(Question),
    Ack(Connection, Tag),
}

struct Question {
    ask: Box<dyn FnOnce(Number) -> Request + Send>,
    reply: oneshot::Sender<Result<Answer, AskError>>,
}

/// A handle to a line. Cheap to clone; the line ends with the last.
#[derive(Clone)]
pub(crate) struct Line {
    told: mpsc::Sender<Told>,
    state: watch::Receiver<LineState>,
}

impl Line {
    /// Begins to connect. The events come in order; when their receiver is full the socket is not
    /// read.
    pub(crate) fn begin(
        dialler: Dialler,
        place: RelayPlace,
        caller: Caller,
        mut dice: Dice,
    ) -> (Line, mpsc::Receiver<Delivery>) {
        let (to_line, told) = mpsc::channel(ASKS);
        let (deliveries, events) = mpsc::channel(EVENTS);
        let (states, state) = watch::channel(LineState::Dialling);
        let operating = Operating {
            backoff: Backoff::new(dice.stream("backoff")),
            dialler,
            place,
            caller,
            dice,
            told,
            deliveries,
            states,
            last: 0,
        };
        tokio::spawn(operating.run());
        let line = Line {
            told: to_line,
            state,
        };
        (line, events)
    }

    /// Asks, and waits for the answer. While the line is down one attempt is made at once, and its
    /// failure is the answer: nothing is said later that nobody waits for any more.
    ///
    /// # Errors
    /// [`AskError::Down`] when the answer did not come, [`AskError::Refused`].
    pub(crate) async fn ask(
        &self,
        ask: impl FnOnce(Number) -> Request + Send + 'static,
    ) -> Result<Answer, AskError> {
        let (reply, answer) = oneshot::channel();
        let ask = Box::new(ask);
        let question = Told::Ask(Question { ask, reply });
        let closed = AskError::Stopped(Stopped::Closed);
        self.told.send(question).await.map_err(|_ended| closed)?;
        match answer.await.map_err(|_ended| closed)?? {
            Answer::Refused(refused) => Err(AskError::Refused(Refusal {
                rule: refused.rule,
                until: refused.until,
            })),
            answer => Ok(answer),
        }
    }

    /// Says that everything up to an event is stored here.
    pub(crate) async fn ack(&self, connection: Connection, tag: Tag) {
        // A line that has ended has nobody to tell.
        let _ = self.told.send(Told::Ack(connection, tag)).await;
    }

    /// How it stands.
    pub(crate) fn state(&self) -> LineState {
        *self.state.borrow()
    }

    /// Waits for a connection after `before`; `None` when the line has ended.
    pub(crate) async fn up(&mut self, before: Option<Connection>) -> Option<Connection> {
        loop {
            let now = *self.state.borrow_and_update();
            if let LineState::Up(connection) = now
                && Some(connection) > before
            {
                return Some(connection);
            }
            self.state.changed().await.ok()?;
        }
    }
}

/// The task behind the handles.
struct Operating {
    dialler: Dialler,
    place: RelayPlace,
    caller: Caller,
    dice: Dice,
    backoff: Backoff,
    told: mpsc::Receiver<Told>,
    deliveries: mpsc::Sender<Delivery>,
    states: watch::Sender<LineState>,
    last: u64,
}

/// Nobody holds the line any more.
struct Gone;

impl Operating {
    async fn run(mut self) {
        while let Ok(()) = self.one_connection().await {}
    }

    /// From dialling to the end of the wait after the connection broke.
    async fn one_connection(&mut self) -> Result<(), Gone> {
        let (dialler, place) = (self.dialler.clone(), self.place.clone());
        let trouble = {
            let reached = tokio::select! {
                reached = dialler.reach(&place, DOOR) => reached,
                () = self.states.closed() => return Err(Gone),
            };
            match reached {
                Ok(greeted) => self.serve(greeted).await?,
                Err(trouble) => trouble,
            }
        };
        let reason = DownReason::from(&trouble);
        self.states.send_replace(LineState::Down(reason));
        while let Ok(told) = self.told.try_recv() {
            fail(told, reason);
        }
        let wait = self
            .backoff
            .after(&trouble, self.dialler.clock().monotonic());
        let mut wait = std::pin::pin!(sleep(wait));
        loop {
            tokio::select! {
                () = &mut wait => return Ok(()),
                told = self.told.recv() => match told {
                    None => return Err(Gone),
                    Some(Told::Ack(..)) => {}
                    Some(Told::Ask(question)) => return self.at_once(question).await,
                },
            }
        }
    }

    /// Somebody waits: the wait is cut short for one attempt.
    async fn at_once(&mut self, question: Question) -> Result<(), Gone> {
        let (dialler, place) = (self.dialler.clone(), self.place.clone());
        let reached = tokio::select! {
            reached = dialler.reach(&place, DOOR) => reached,
            () = self.states.closed() => return Err(Gone),
        };
        let trouble = match reached {
            Ok(greeted) => self.serve_first(greeted, Some(question)).await?,
            Err(trouble) => {
                fail(Told::Ask(question), DownReason::from(&trouble));
                trouble
            }
        };
        let reason = DownReason::from(&trouble);
        self.states.send_replace(LineState::Down(reason));
        Ok(())
    }
}

fn fail(told: Told, reason: DownReason) {
    if let Told::Ask(question) = told {
        // Who no longer waits does not want to know.
        let _ = question.reply.send(Err(AskError::Down(reason)));
    }
}

/// The dialler's share of a line's making, for who makes many.
pub(crate) fn guest(core: &Arc<crate::core::Core>, place: RelayPlace) -> Line {
    let dice = core.stream("business/guest");
    let (line, _no_events) = Line::begin(core.dialler.clone(), place, Caller::Guest, dice);
    line
}
