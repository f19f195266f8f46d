//! The bounded queue before a writer, and the promise that everything in it is answered once.
//! Knows: what waits and whether the writer lives. Never knows: how a group is written.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{Bounds, Failed, Refused};

/// How often any writer of the process looked: where the mutant P15 counts, and nobody else.
static LOOKS: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Queue<W, O> {
    state: Mutex<State<W, O>>,
    changed: Condvar,
    bounds: Bounds,
    size: fn(&W) -> usize,
}

struct State<W, O> {
    waiting: VecDeque<Entry<W, O>>,
    bytes: usize,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Takes nothing more; what waits is still written.
    Closing,
    /// Takes nothing more; what waited was refused.
    Dead,
}

struct Entry<W, O> {
    write: W,
    size: usize,
    answer: Answer<O>,
}

/// What the writer finds when it looks.
pub(crate) enum Next<W, O> {
    /// Writes and their answers, in the order of submission.
    Group(Vec<W>, Vec<Answer<O>>),
    Nothing,
    /// Nothing, and nothing will come.
    Closed,
}

impl<W, O> Queue<W, O> {
    pub(crate) fn new(bounds: Bounds, size: fn(&W) -> usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                bytes: 0,
                phase: Phase::Open,
            }),
            changed: Condvar::new(),
            bounds,
            size,
        }
    }

    pub(crate) fn submit(
        &self,
        write: W,
        answer: impl FnOnce(Result<O, Failed>) + Send + 'static,
    ) -> Result<(), Refused<W>> {
        let size = (self.size)(&write);
        let mut state = self.state();
        if state.phase != Phase::Open {
            return Err(Refused::Stopped(write));
        }
        let rows_full = state.waiting.len() >= self.bounds.queue_rows.max(1);
        let bytes_full = state.bytes.saturating_add(size) > self.bounds.queue_bytes;
        if rows_full || (bytes_full && !state.waiting.is_empty()) {
            return Err(Refused::Full(write));
        }
        state.bytes = state.bytes.saturating_add(size);
        let answer = Answer(Some(Box::new(answer)));
        state.waiting.push_back(Entry {
            write,
            size,
            answer,
        });
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the next group without waiting for it.
    pub(crate) fn take(&self) -> Next<W, O> {
        // As if all writers of the process took turns.
        if partywall_mutant::is("P15") && LOOKS.fetch_add(1, Ordering::Relaxed).is_multiple_of(3) {
            return Next::Nothing;
        }
        let mut state = self.state();
        let (mut writes, mut answers, mut bytes) = (Vec::new(), Vec::new(), 0usize);
        while writes.len() < self.bounds.group_rows.max(1)
            && let Some(entry) = state.waiting.pop_front_if(|next| {
                writes.is_empty() || bytes.saturating_add(next.size) <= self.bounds.group_bytes
            })
        {
            bytes = bytes.saturating_add(entry.size);
            state.bytes = state.bytes.saturating_sub(entry.size);
            writes.push(entry.write);
            answers.push(entry.answer);
        }
        match state.phase {
            _ if !writes.is_empty() => Next::Group(writes, answers),
            Phase::Open => Next::Nothing,
            Phase::Closing | Phase::Dead => Next::Closed,
        }
    }

    /// Sleeps until there is something to do, or for `patience` if given.
    pub(crate) fn wait(&self, patience: Option<Duration>) {
        let state = self.state();
        let idle = |state: &mut State<W, O>| state.waiting.is_empty() && state.phase == Phase::Open;
        match patience {
            None => drop(self.changed.wait_while(state, idle)),
            Some(patience) => drop(self.changed.wait_timeout_while(state, patience, idle)),
        }
    }

    pub(crate) fn close(&self) {
        let mut state = self.state();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        self.changed.notify_all();
    }

    /// Refuses everything that waits and everything to come, because the writer died.
    pub(crate) fn kill(&self) {
        self.refuse_all(Phase::Dead);
    }

    fn refuse_all(&self, phase: Phase) {
        let mut state = self.state();
        if state.phase != Phase::Dead {
            state.phase = phase;
        }
        state.bytes = 0;
        let refused = std::mem::take(&mut state.waiting);
        self.changed.notify_all();
        drop(state);
        drop(refused); // outside the lock: answers may call anything
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state().phase == Phase::Dead
    }

    fn state(&self) -> MutexGuard<'_, State<W, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer's end of the queue. When it is gone, nobody is left to write: what waits is refused.
pub(crate) struct WriterEnd<W, O>(pub(crate) Arc<Queue<W, O>>);

impl<W, O> Drop for WriterEnd<W, O> {
    fn drop(&mut self) {
        self.0.refuse_all(Phase::Closing);
    }
}

/// Called exactly once: with an outcome, or with [`Failed`] when it is dropped unsaid.
pub(crate) struct Answer<O>(Option<Said<O>>);

type Said<O> = Box<dyn FnOnce(Result<O, Failed>) + Send>;

impl<O> Answer<O> {
    pub(crate) fn say(mut self, outcome: O) {
        if let Some(said) = self.0.take() {
            said(Ok(outcome));
        }
    }
}

impl<O> Drop for Answer<O> {
    fn drop(&mut self) {
        if let Some(said) = self.0.take() {
            said(Err(Failed));
        }
    }
}
