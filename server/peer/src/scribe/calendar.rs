//! What day it is, when somebody may set the machine's date: of the date and the stopwatch the later for what is
//! written down, the earlier for what is deleted. (SPEC P-14)
//! Knows: the date at the start, and how long ago that was. Never knows: what is deleted.

use std::sync::Arc;

use partywall_world::{Clock, Day, Monotonic, Wall};

/// The machine's date, and a stopwatch beside it. The date is believed at the start.
pub(super) struct Calendar {
    clock: Arc<dyn Clock>,
    start: Wall,
    began: Monotonic,
}

impl Calendar {
    /// Begins now.
    pub(super) fn beginning(clock: Arc<dyn Clock>) -> Self {
        let (start, began) = (clock.wall(), clock.monotonic());
        Self {
            clock,
            start,
            began,
        }
    }

    /// The day of what comes now. A date that was set back makes nothing older than it is.
    pub(super) fn today(&self) -> Day {
        self.date().max(self.by_stopwatch())
    }

    /// The day up to which days have passed. A date that was set forward lets nothing end before its
    /// days have passed on the stopwatch, too.
    pub(super) fn passed(&self) -> Day {
        self.date().min(self.by_stopwatch())
    }

    fn date(&self) -> Day {
        self.clock.wall().day()
    }

    fn by_stopwatch(&self) -> Day {
        if partywall_mutant::is("X12") {
            return self.date();
        }
        let since = self.clock.monotonic().since(self.began);
        (self.start + since).day()
    }
}
