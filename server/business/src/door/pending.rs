//! Requests that were taken and not answered yet, in their order. (SPEC §11.2)
//! Knows: how many, how many bytes, and which has to be done before anything else is read. Never
//! knows: what they ask.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use partywall_business::answer::{Answer, Done, FromRelay};
use partywall_business::{Number, Refusal, Rule};
use partywall_ground::Close;
use tokio::sync::OwnedSemaphorePermit;

use super::who::Who;
use crate::limits::{UNANSWERED, UNANSWERED_BYTES};
use crate::wing::NotDone;
use partywall_door::End;

/// What is said to one request, and whom it makes of the other end.
pub(super) struct Reply {
    pub(super) word: FromRelay,
    pub(super) becomes: Option<Who>,
    pub(super) refused: bool,
}

/// A request on its way.
pub(super) type Asked = Pin<Box<dyn Future<Output = Result<Reply, End>> + Send>>;

/// Requests in order.
#[derive(Default)]
pub(super) struct Pending {
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

struct Waiting {
    asked: Asked,
    bytes: usize,
    /// Nothing is read before it is answered.
    alone: bool,
    _memory: Option<OwnedSemaphorePermit>,
}

impl Pending {
    /// Takes one more.
    pub(super) fn add(
        &mut self,
        asked: Asked,
        alone: bool,
        bytes: usize,
        memory: Option<OwnedSemaphorePermit>,
    ) {
        self.bytes += bytes;
        self.waiting.push_back(Waiting {
            asked,
            bytes,
            alone,
            _memory: memory,
        });
    }

    /// Whether there is room for one more.
    pub(super) fn reads(&self) -> bool {
        let alone = self.waiting.back().is_some_and(|last| last.alone);
        !alone && self.waiting.len() < UNANSWERED && self.bytes < UNANSWERED_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The answer to the first; never, while nothing waits. Cancel safe.
    pub(super) async fn first(&mut self) -> Result<Reply, End> {
        let Some(first) = self.waiting.front_mut() else {
            return std::future::pending().await;
        };
        let reply = first.asked.as_mut().await;
        self.pop();
        reply
    }

    /// The answer to the first, if it is there already: a whole group is said in one write.
    pub(super) fn ready(&mut self) -> Option<Result<Reply, End>> {
        let first = self.waiting.front_mut()?;
        let mut nobody = Context::from_waker(Waker::noop());
        match first.asked.as_mut().poll(&mut nobody) {
            Poll::Ready(reply) => {
                self.pop();
                Some(reply)
            }
            // Asked again, with somebody to wake, before anything is waited for.
            Poll::Pending => None,
        }
    }

    fn pop(&mut self) {
        if let Some(first) = self.waiting.pop_front() {
            self.bytes = self.bytes.saturating_sub(first.bytes);
        }
    }
}

impl Reply {
    /// The answer that was asked for.
    pub(super) fn answer(answer: impl Into<Answer>) -> Result<Self, End> {
        Ok(Self {
            word: FromRelay::Answer(answer.into()),
            becomes: None,
            refused: false,
        })
    }

    /// It is on disk.
    pub(super) fn done(number: Number) -> Result<Self, End> {
        Self::answer(Done { number })
    }

    /// It is refused.
    pub(super) fn refused(number: Number, refusal: Refusal) -> Result<Self, End> {
        let reply = Self::answer(refusal.answers(number))?;
        Ok(Self {
            refused: true,
            ..reply
        })
    }

    /// A job's outcome: what it came to, or why not.
    pub(super) fn of<T>(
        number: Number,
        outcome: Result<Result<T, Refusal>, NotDone>,
        answer: impl FnOnce(T) -> Result<Self, End>,
    ) -> Result<Self, End> {
        match outcome {
            Ok(Ok(done)) => answer(done),
            Ok(Err(refusal)) => Self::refused(number, refusal),
            Err(NotDone::Busy) => Self::refused(number, Rule::Busy.into()),
            Err(NotDone::NoRoom) => Self::refused(number, Rule::LowDisk.into()),
            Err(NotDone::Stopped) => Err(Some(Close::Fault)),
        }
    }
}
