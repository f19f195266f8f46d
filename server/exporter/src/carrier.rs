//! One sink's task: claim, prove, send until it is taken or called off, close. (SPEC)
//! Knows: one sink and its open batch. Never knows: other sinks, how frames travel.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partywall_business::export::{Batch, Outcome, SinkName};
use partywall_business::field::Recipient;
use partywall_business::id::BatchId;
use partywall_business::ledger::Operator;
use partywall_world::Dice;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::backoff::Backoff;
use crate::parcel::Parcel;
use crate::sink::{Attempt, Left, Sink};
use crate::stop::Stopping;
use crate::tell::Condition;

/// A sink with everything that outlives a connection to the relay.
pub(crate) struct Carrier {
    pub(crate) name: SinkName,
    pub(crate) recipient: Recipient,
    sink: Sink,
    attempt_timeout: Duration,
    kept: Mutex<Kept>,
}

/// What is remembered from one connection to the next.
struct Kept {
    memory: Memory,
    condition: Condition,
    dice: Dice,
}

/// Of which batch something may have left this machine.
#[derive(Default)]
struct Memory {
    met_any: bool,
    may_have_left: Option<BatchId>,
}

impl Memory {
    /// A batch is offered. The first one that a process meets may have been tried by an earlier process, which left no word.
    fn meets(&mut self, batch: BatchId) -> Left {
        if !self.met_any && !partywall_mutant::is("X21") {
            self.met_any = true;
            self.may_have_left = Some(batch);
        }
        if self.may_have_left == Some(batch) {
            Left::Perhaps
        } else {
            Left::Nothing
        }
    }

    fn notes(&mut self, batch: BatchId, left: Left) {
        self.may_have_left = (left == Left::Perhaps).then_some(batch);
    }
}

/// What the relay says to one sink.
pub(crate) enum Word {
    Batch(Box<Batch>),
    Idle,
    Wake,
    Closed,
}

/// What a sink says to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saying {
    Claim,
    Close(BatchId, Outcome),
}

/// A sink's ends of its line to the relay.
pub(crate) struct Desk {
    pub(crate) heard: mpsc::Receiver<Word>,
    /// The batch that the relay called off last.
    pub(crate) aborted: watch::Receiver<Option<BatchId>>,
    pub(crate) say: mpsc::Sender<(usize, Saying)>,
    /// Which sink this is, in the order of the configuration.
    pub(crate) place: usize,
}

/// What a claim came to.
enum Offer {
    Batch(Box<Batch>),
    /// There was nothing, and now there is something.
    Again,
    /// There is nothing, and nothing more is to be claimed.
    Over,
}

/// The connection is gone, or the relay spoke out of turn.
pub(crate) struct Gone;

impl Desk {
    async fn say(&self, saying: Saying) -> Result<(), Gone> {
        self.say.send((self.place, saying)).await.map_err(|_| Gone)
    }

    async fn hear(&mut self) -> Result<Word, Gone> {
        self.heard.recv().await.ok_or(Gone)
    }

    /// What becomes of a claim. An unanswered one may yet be answered with a batch, which has to be closed: no leaving before.
    async fn offer(&mut self, stop: &mut Stopping) -> Result<Offer, Gone> {
        loop {
            match self.hear().await? {
                Word::Batch(batch) => return Ok(Offer::Batch(batch)),
                Word::Idle => break,
                Word::Wake => {}
                Word::Closed => return Err(Gone),
            }
        }
        tokio::select! {
            heard = self.hear() => match heard? {
                Word::Batch(batch) => Ok(Offer::Batch(batch)),
                Word::Wake => Ok(Offer::Again),
                Word::Idle | Word::Closed => Err(Gone),
            },
            () = stop.finishing() => Ok(Offer::Over),
        }
    }

    fn is_aborted(&self, batch: BatchId) -> bool {
        *self.aborted.borrow() == Some(batch)
    }

    async fn aborted(&mut self, batch: BatchId) {
        if self
            .aborted
            .wait_for(|aborted| *aborted == Some(batch))
            .await
            .is_err()
        {
            // The connection is going, and this task with it.
            std::future::pending::<()>().await;
        }
    }
}

impl Carrier {
    pub(crate) const fn new(
        name: SinkName,
        recipient: Recipient,
        sink: Sink,
        attempt_timeout: Duration,
        dice: Dice,
    ) -> Self {
        let memory = Memory {
            met_any: false,
            may_have_left: None,
        };
        let kept = Mutex::new(Kept {
            memory,
            condition: Condition::Fresh,
            dice,
        });
        Self {
            name,
            recipient,
            sink,
            attempt_timeout,
            kept,
        }
    }

    /// Works for as long as the connection stands, or until nothing more may be claimed and nothing is open.
    pub(crate) async fn work(
        &self,
        mut desk: Desk,
        operator: &Operator,
        mut stop: Stopping,
    ) -> Result<(), Gone> {
        let dice = self.kept().dice.stream("attempts");
        let mut backoff = Backoff::new(dice);
        while !stop.is_finishing() {
            desk.say(Saying::Claim).await?;
            match desk.offer(&mut stop).await? {
                Offer::Batch(batch) => {
                    self.carry(*batch, &mut desk, operator, &mut stop, &mut backoff)
                        .await?;
                }
                Offer::Again => {}
                Offer::Over => return Ok(()),
            }
        }
        Ok(())
    }

    async fn carry(
        &self,
        offered: Batch,
        desk: &mut Desk,
        operator: &Operator,
        stop: &mut Stopping,
        backoff: &mut Backoff,
    ) -> Result<(), Gone> {
        let batch = offered.batch;
        let left = self.kept().memory.meets(batch);
        let outcome = match Parcel::prove(offered, operator, self.recipient) {
            Ok(parcel) => self.send(&parcel, left, desk, stop, backoff).await,
            Err(why) => {
                self.becomes(Condition::Unproven(why));
                tokio::select! {
                    () = desk.aborted(batch) => not_sent(left),
                    // Stays open, and is offered again: it might be proven then.
                    () = stop.finishing() => return Ok(()),
                }
            }
        };
        desk.say(Saying::Close(batch, outcome)).await?;
        match desk.hear().await? {
            Word::Closed => Ok(()),
            Word::Batch(_) | Word::Idle | Word::Wake => Err(Gone),
        }
    }

    /// Tries until the sink has it or somebody calls it off.
    async fn send(
        &self,
        parcel: &Parcel,
        mut left: Left,
        desk: &mut Desk,
        stop: &mut Stopping,
        backoff: &mut Backoff,
    ) -> Outcome {
        let batch = parcel.proven().batch();
        let ready = self.sink.wrap(parcel);
        loop {
            if desk.is_aborted(batch) || stop.is_calling_off() {
                return not_sent(left);
            }
            // Before the first byte: an attempt that is dropped in the middle says nothing any more.
            self.kept().memory.notes(batch, Left::Perhaps);
            let attempt = ready.attempt(async {
                tokio::select! {
                    () = sleep(self.attempt_timeout) => {}
                    () = desk.aborted(batch) => {}
                    () = stop.calling_off() => {}
                }
            });
            match attempt.await {
                Attempt::Taken => {
                    backoff.well();
                    self.becomes(Condition::Well);
                    return Outcome::Sent;
                }
                Attempt::Failed(perhaps, why) => {
                    left = left.max(perhaps);
                    self.kept().memory.notes(batch, left);
                    if desk.is_aborted(batch) || stop.is_calling_off() {
                        return not_sent(left);
                    }
                    self.becomes(Condition::Failing(why));
                }
            }
            tokio::select! {
                () = sleep(backoff.failed()) => {}
                () = desk.aborted(batch) => {}
                () = stop.calling_off() => {}
            }
        }
    }

    fn becomes(&self, condition: Condition) {
        self.kept().condition.becomes(condition, self.name.as_str());
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn not_sent(left: Left) -> Outcome {
    match left {
        Left::Nothing => Outcome::Void,
        Left::Perhaps => Outcome::Uncertain,
    }
}
