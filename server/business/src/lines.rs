//! Who is connected and reads events, so that they can be woken.
//! Knows: receivers by number, a bell for each of their connections. Never knows: sockets, frames, or
//! what the news is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::timeout;

use crate::effects::Receiver;
use crate::limits::LINES;

/// Everybody who reads now.
#[derive(Default)]
pub(crate) struct Lines {
    reading: Mutex<BTreeMap<Receiver, Vec<Arc<Line>>>>,
    /// Rung when something for the exporter may be there.
    pub(crate) exporter: Notify,
    /// Rung when a chore has something to do.
    pub(crate) chores: Notify,
}

/// The bell of one connection.
#[derive(Default)]
pub(crate) struct Line {
    bell: Notify,
    over: AtomicBool,
    /// Held by the page that was read for this connection until it is handed to the socket.
    hand: Arc<tokio::sync::Mutex<()>>,
    cut: Notify,
}

/// A page that was read from the database and not handed to the socket yet. What bars some of it waits
/// until it is, or the connection is cut off. (B-23)
pub(crate) struct InHand {
    line: Arc<Line>,
    _held: OwnedMutexGuard<()>,
}

/// How long a page may be in hand when something of it is barred.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that reads, for as long as this lives.
pub(crate) struct Reading {
    lines: Arc<Lines>,
    receiver: Receiver,
    pub(crate) line: Arc<Line>,
}

impl Lines {
    /// Begins to read; rung at once, because something may be there. Of too many connections of one
    /// receiver the oldest is told to end.
    pub(crate) fn read(self: &Arc<Self>, receiver: Receiver) -> Reading {
        let line = Arc::new(Line::default());
        line.bell.notify_one();
        let mut reading = self.reading();
        let all = reading.entry(receiver).or_default();
        let mut going_on = all.iter().filter(|line| !line.is_over());
        if let Some(oldest) = going_on.next()
            && going_on.count() + 1 >= LINES
        {
            oldest.over.store(true, Ordering::Relaxed);
            oldest.bell.notify_one();
        }
        all.push(Arc::clone(&line));
        drop(reading);
        Reading {
            lines: Arc::clone(self),
            receiver,
            line,
        }
    }

    /// Rings for everybody who has news.
    pub(crate) fn wake(&self, receivers: &BTreeSet<Receiver>) {
        if receivers.is_empty() {
            return;
        }
        let reading = self.reading();
        for line in receivers
            .iter()
            .filter_map(|one| reading.get(one))
            .flatten()
        {
            line.bell.notify_one();
        }
    }

    /// Ends when every page that was read for a receiver before now has been handed to its socket. A
    /// connection that does not take it in time is cut off.
    pub(crate) async fn handed_over(&self, receiver: Receiver) {
        let lines = self.reading().get(&receiver).cloned().unwrap_or_default();
        let all = async {
            for line in &lines {
                drop(line.hand.lock().await);
            }
        };
        if timeout(PATIENCE, all).await.is_ok() {
            return;
        }
        for line in &lines {
            if line.hand.try_lock().is_err() {
                line.cut.notify_one();
                drop(line.hand.lock().await);
            }
        }
    }

    fn reading(&self) -> MutexGuard<'_, BTreeMap<Receiver, Vec<Arc<Line>>>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// Ends when it was rung since it last ended.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// A page is about to be read for this connection.
    pub(crate) async fn takes_in_hand(self: &Arc<Self>) -> InHand {
        InHand {
            line: Arc::clone(self),
            _held: Arc::clone(&self.hand).lock_owned().await,
        }
    }

    /// Whether others took over.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

impl InHand {
    /// Ends when somebody has waited for it long enough.
    pub(crate) async fn cut_off(&self) {
        self.line.cut.notified().await;
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut reading = self.lines.reading();
        if let Some(all) = reading.get_mut(&self.receiver) {
            all.retain(|line| !Arc::ptr_eq(line, &self.line));
            if all.is_empty() {
                reading.remove(&self.receiver);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninth_connection_of_one_receiver_ends_the_first() {
        let lines = Arc::new(Lines::default());
        let receiver = Receiver::business(7);
        let held: Vec<Reading> = (0..=LINES).map(|_| lines.read(receiver)).collect();
        let over: Vec<bool> = held.iter().map(|reading| reading.line.is_over()).collect();
        assert!(over[0] && !over[1..].contains(&true));
        drop(held);
        assert!(lines.reading().is_empty(), "nothing is left behind");
    }
}
