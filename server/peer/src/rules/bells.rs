//! Who has to be woken when the writer has answered a whole group: each depositor once, however many
//! envelopes of it were in the group.
//! Knows: lines that something was left on. Never knows: what was left, the writer.

use std::sync::{Arc, Mutex, PoisonError};

use super::deposit::Event;
use super::line::Line;

/// Lines to ring. Bounded by the connections whose envelopes one group holds.
#[derive(Default)]
pub(crate) struct Bells(Mutex<Vec<Arc<Line<Event>>>>);

impl Bells {
    /// Leaves an event on a line that [`Bells::ring`] will ring.
    pub(crate) fn leave(&self, line: &Arc<Line<Event>>, event: Event) {
        if line.leave(event) {
            self.lines().push(Arc::clone(line));
        }
    }

    /// The group is answered: wakes everybody whom something was left for.
    pub(crate) fn ring(&self) {
        let lines = std::mem::take(&mut *self.lines());
        for line in lines {
            line.ring();
        }
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Line<Event>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
