//! The lines that are open, by the conversation that each is for.
//! Knows: lines and wake-ups. Never knows: what is said on them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::error::DownReason;
use crate::line::{Line, LineState};

/// What is open now.
pub(crate) struct Talks(Mutex<BTreeMap<i64, Open>>);

/// A line, and what wakes the task that says what waits.
#[derive(Clone)]
pub(crate) struct Open {
    pub(crate) line: Line,
    pub(crate) wake: Arc<Notify>,
}

impl Talks {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub(crate) fn open(&self, talk: i64, open: Open) {
        self.lock().insert(talk, open);
    }

    pub(crate) fn find(&self, talk: i64) -> Option<Open> {
        self.lock().get(&talk).cloned()
    }

    /// Ends a conversation's line as soon as nobody asks on it any more.
    pub(crate) fn close(&self, talk: i64) {
        if let Some(open) = self.lock().remove(&talk) {
            open.wake.notify_one();
        }
    }

    /// Ends all lines.
    pub(crate) fn close_all(&self) {
        self.lock().clear();
    }

    /// Wakes the task that says what waits.
    pub(crate) fn wake(&self, talk: i64) {
        if let Some(open) = self.lock().get(&talk) {
            open.wake.notify_one();
        }
    }

    /// Why a line does not stand.
    pub(crate) fn down(&self, talk: i64) -> Option<DownReason> {
        match self.lock().get(&talk)?.line.state() {
            LineState::Down(reason) => Some(reason),
            LineState::Up(_) | LineState::Dialling => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
