//! One mailbox: how far its reader is, and whether what comes goes straight to it.
//! Knows: places. Never knows: sockets, SQL.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

/// An envelope on its way to a reader.
pub(crate) struct Parcel {
    pub(crate) pair: u32,
    pub(crate) place: i64,
    pub(crate) envelope: Bytes,
}

/// Mailboxes of one reader that have something on disk for it.
#[derive(Default)]
pub(crate) struct Behind {
    list: Mutex<VecDeque<u32>>,
    wake: Notify,
}

impl Behind {
    pub(crate) fn add(&self, pair: u32) {
        self.list().push_back(pair);
        self.wake.notify_one();
    }

    pub(crate) fn next(&self) -> Option<u32> {
        self.list().pop_front()
    }

    pub(crate) async fn added(&self) {
        self.wake.notified().await;
    }

    fn list(&self) -> MutexGuard<'_, VecDeque<u32>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Mailbox {
    pair: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    reader: Option<(mpsc::Sender<Parcel>, Arc<Behind>)>,
    level: bool,
    /// The reader waits until something further is durable.
    waits: bool,
    /// The last that the reader was given, that was handed in, that is durable.
    given: i64,
    expected: i64,
    committed: i64,
}

impl Mailbox {
    pub(crate) fn numbered(pair: u32) -> Self {
        Self {
            pair,
            state: Mutex::default(),
        }
    }

    pub(crate) fn number(&self) -> u32 {
        self.pair
    }

    /// An envelope is about to be handed in.
    pub(crate) fn expect(&self, place: i64) {
        self.state().expected = place;
    }

    /// It was: the reader gets it if it is level with the table.
    pub(crate) fn deliver(&self, place: i64, envelope: Bytes) {
        let mut state = self.state();
        // A page that was read meanwhile may have held it already.
        if !state.level || place <= state.given {
            return;
        }
        let Some((queue, behind)) = &state.reader else {
            return;
        };
        let pair = self.pair;
        let sent = queue.try_send(Parcel {
            pair,
            place,
            envelope,
        });
        if sent.is_ok() {
            state.given = place;
        } else {
            behind.add(pair);
            state.level = false;
        }
    }

    /// It is durable.
    pub(crate) fn committed(&self, place: i64) {
        let mut state = self.state();
        state.committed = place;
        if std::mem::take(&mut state.waits)
            && let Some((_, behind)) = &state.reader
        {
            behind.add(self.pair);
        }
    }

    /// Somebody reads it from now on, from the beginning.
    pub(crate) fn attach(&self, queue: mpsc::Sender<Parcel>, behind: Arc<Behind>) {
        let mut state = self.state();
        behind.add(self.pair);
        state.reader = Some((queue, behind));
        (state.level, state.waits, state.given) = (false, false, 0);
    }

    /// That reader has gone.
    pub(crate) fn detach(&self, behind: &Arc<Behind>) {
        let mut state = self.state();
        let same = |(_, other): &(_, Arc<Behind>)| Arc::ptr_eq(other, behind);
        if state.reader.as_ref().is_some_and(same) {
            state.reader = None;
            state.level = false;
        }
    }

    /// Behind which place the reader goes on.
    pub(crate) fn given(&self) -> i64 {
        self.state().given
    }

    /// The reader was given a page up to there; `last` if nothing lay behind it.
    pub(crate) fn paged(&self, given: i64, last: bool) {
        let mut state = self.state();
        state.given = state.given.max(given);
        if state.expected <= state.given {
            state.level = true;
        } else if !last || state.committed > state.given {
            if let Some((_, behind)) = &state.reader {
                behind.add(self.pair);
            }
        } else {
            state.waits = true;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
