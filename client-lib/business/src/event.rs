//! What happened, told to the app, in order, again and again until it says `done`.
//! Knows: numbered events and the way back to the store. Never knows: what they say; envelopes.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use minicbor::Decode;
use tokio::sync::watch;

use crate::core::Core;
use crate::error::Stopped;
use crate::store::Table;

/// Numbers the events of a store: 1, 2, 3, …; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventNumber(pub(crate) i64);

impl EventNumber {
    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0.unsigned_abs()
    }
}

/// One event. It is told again, under the same number, after a restart, until [`Event::done`].
pub struct Event<K> {
    number: EventNumber,
    kind: K,
    core: Arc<Core>,
}

impl<K> Event<K> {
    /// Its number.
    #[must_use]
    pub const fn number(&self) -> EventNumber {
        self.number
    }

    /// What happened.
    #[must_use]
    pub const fn kind(&self) -> &K {
        &self.kind
    }

    /// Says that the app is through with it. When this returns it is not told again, ever.
    ///
    /// # Errors
    /// [`Stopped`]; it will be told again.
    pub async fn done(self) -> Result<(), Stopped> {
        let id = self.number.0;
        self.core
            .work(move |work| work.hands.delete(Table::Event, id))
            .await
    }
}

impl<K: fmt::Debug> fmt::Debug for Event<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Event").field(&self.kind).finish()
    }
}

/// A stream of events, from the oldest that is not done. Several streams do not disturb each other.
pub struct Events<K> {
    core: Arc<Core>,
    after: i64,
    ready: VecDeque<Event<K>>,
    newest: watch::Receiver<i64>,
}

/// How many are read from the store at once.
const PAGE: u32 = 64;

impl<K: for<'b> Decode<'b, ()>> Events<K> {
    pub(crate) fn new(core: &Arc<Core>) -> Self {
        Self {
            newest: core.newest(),
            core: Arc::clone(core),
            after: 0,
            ready: VecDeque::new(),
        }
    }

    /// The next event; waits for one. `None` when the store was closed or has failed.
    pub async fn next(&mut self) -> Option<Event<K>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.core.is_closing() {
                return None;
            }
            if *self.newest.borrow_and_update() <= self.after {
                self.newest.changed().await.ok()?;
                continue;
            }
            self.read_on().await?;
        }
    }

    async fn read_on(&mut self) -> Option<()> {
        let after = self.after;
        let newest = *self.newest.borrow();
        let page = self
            .core
            .work(move |work| work.events(after, PAGE))
            .await
            .ok()?;
        self.after = match page.last() {
            Some((id, _)) => *id,
            None => newest,
        };
        for (id, plain) in page {
            let kind = minicbor::decode(&plain).ok()?;
            self.ready.push_back(Event {
                number: EventNumber(id),
                kind,
                core: Arc::clone(&self.core),
            });
        }
        Some(())
    }
}

impl<K> fmt::Debug for Events<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}
