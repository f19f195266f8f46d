//! The line to one connection: what happened and was not told yet, and the credit of its reader.
//! Knows: an order of events, a count of what is in flight. Never knows: sockets or frames.
//!
//! Nothing here is unbounded: deliveries are bounded by the credit, everything else by one event for
//! each slot or each request that is open. The queue is allocated on first use.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::limits::{UNACKNOWLEDGED, UNACKNOWLEDGED_BYTES};
use crate::store::Room;

/// Events for one connection, in order. Shared with whoever may have something to tell it.
pub(crate) struct Line<E> {
    state: Mutex<State<E>>,
    bell: Notify,
}

struct State<E> {
    events: VecDeque<E>,
    in_flight: Room,
}

impl<E> Line<E> {
    pub(crate) fn new() -> Self {
        let nothing = Room {
            envelopes: 0,
            bytes: 0,
        };
        let state = State {
            events: VecDeque::new(),
            in_flight: nothing,
        };
        Self {
            state: Mutex::new(state),
            bell: Notify::new(),
        }
    }

    /// Tells the connection something.
    pub(crate) fn tell(&self, event: E) {
        self.state().events.push_back(event);
        self.bell.notify_one();
    }

    /// Leaves something for the connection without waking it; the caller [rings](Self::ring) when it has
    /// left all that came together. Says whether nothing was there before.
    pub(crate) fn leave(&self, event: E) -> bool {
        let mut state = self.state();
        state.events.push_back(event);
        state.events.len() == 1
    }

    /// Wakes the connection: something was left.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Tells the connection something that makes some of what was told before void.
    pub(crate) fn tell_instead(&self, event: E, void: impl Fn(&E) -> bool) {
        let mut state = self.state();
        state.events.retain(|told| !void(told));
        state.events.push_back(event);
        drop(state);
        self.bell.notify_one();
    }

    /// Hands over an envelope of `size` bytes if there is credit for it. One is always allowed. (P-12)
    /// Like [`leave`](Self::leave): the caller rings.
    pub(crate) fn deliver(&self, size: usize, event: impl FnOnce() -> E) -> bool {
        let mut state = self.state();
        let room = state.room();
        let spent = room.envelopes == 0 || room.bytes < size;
        if state.in_flight.envelopes > 0 && spent && !partywall_mutant::is("X16") {
            return false;
        }
        state.in_flight.envelopes += 1;
        state.in_flight.bytes += size;
        state.events.push_back(event());
        true
    }

    /// Gives credit back: so much was acknowledged, or will never be.
    pub(crate) fn release(&self, freed: Room) {
        let mut state = self.state();
        state.in_flight.envelopes = state.in_flight.envelopes.saturating_sub(freed.envelopes);
        state.in_flight.bytes = state.in_flight.bytes.saturating_sub(freed.bytes);
    }

    /// How much more may be in flight.
    pub(crate) fn room(&self) -> Room {
        self.state().room()
    }

    /// Everything that was told and not taken yet.
    pub(crate) fn take(&self) -> VecDeque<E> {
        std::mem::take(&mut self.state().events)
    }

    /// Ends when something was told since it last ended.
    pub(crate) async fn told(&self) {
        self.bell.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State<E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> State<E> {
    fn room(&self) -> Room {
        Room {
            envelopes: UNACKNOWLEDGED.saturating_sub(self.in_flight.envelopes),
            bytes: UNACKNOWLEDGED_BYTES.saturating_sub(self.in_flight.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_has_credit_for_sixty_four_envelopes_or_a_quarter_of_a_mebibyte() {
        let small = Line::new();
        let taken = (0..100).filter(|n| small.deliver(4_096, || *n)).count();
        assert_eq!(taken, 64);
        let large = Line::new();
        let taken = (0..100).filter(|n| large.deliver(65_536, || *n)).count();
        assert_eq!(taken, 4);

        large.release(Room {
            envelopes: 1,
            bytes: 65_536,
        });
        assert!(large.deliver(65_536, || 101));
        assert!(!large.deliver(4_096, || 102));
        assert_eq!(
            large.take().into_iter().collect::<Vec<_>>(),
            [0, 1, 2, 3, 101]
        );
    }

    #[test]
    fn one_envelope_is_always_allowed() {
        let line = Line::new();
        assert!(line.deliver(UNACKNOWLEDGED_BYTES + 1, || ()));
        assert!(!line.deliver(1, || ()));
    }
}
