//! The machine's own clock. The only place in the house that reads it.
//! Knows: the operating system's two clocks. Never knows: who asks.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::{Clock, Monotonic, Wall};

/// The machine's clock. Copies share one stopwatch, started when the first was made.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose stopwatch starts now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    /// A machine set to a date before 1970 reads as the epoch.
    fn wall(&self) -> Wall {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Wall::from_millis(0) + since_epoch
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start(self.start.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_clock_reads_a_date_of_this_century_and_never_goes_back() {
        let clock = SystemClock::new();
        let year_2024 = Wall::from_seconds(1_704_067_200);
        assert!(clock.wall() > year_2024);
        let first = clock.monotonic();
        assert!(clock.monotonic() >= first);
    }
}
