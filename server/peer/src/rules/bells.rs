//! Who has to be woken when the writer has answered a whole group: each depositor once, however many
//! envelopes of it were in the group.
//! Knows: lines that something was left on. Never knows: what was left, the writer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

    fn lines(&self) -> MutexGuard<'_, Vec<Arc<Line<Event>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn is_woken(line: &Line<Event>) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        pin!(line.told()).poll(&mut nobody) == Poll::Ready(())
    }

    #[test]
    fn a_depositor_is_woken_once_and_only_when_the_whole_group_is_answered() {
        let bells = Bells::default();
        let (one, other) = (Arc::new(Line::new()), Arc::new(Line::new()));
        for line in [&one, &other, &one] {
            bells.leave(line, Event::Written(Ok(())));
        }
        assert!(!is_woken(&one), "the group is not answered yet");
        assert_eq!(bells.lines().len(), 2, "each line is rung once");

        bells.ring();
        assert!(is_woken(&one) && is_woken(&other));
        assert!(!is_woken(&one), "once");
        assert_eq!(one.take().len(), 2, "with everything that was left");
    }
}
