//! A clock that stands still until a test moves it.
//! Knows: what the test said. Never knows: the machine's time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{Clock, Monotonic, Wall};

/// A clock moved by hand. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    hands: Arc<Mutex<Hands>>,
}

#[derive(Debug)]
struct Hands {
    wall: Wall,
    monotonic: Monotonic,
}

impl ManualClock {
    /// A clock that shows `wall`, its stopwatch at zero.
    pub fn at(wall: Wall) -> Self {
        let monotonic = Monotonic::from_start(Duration::ZERO);
        Self {
            hands: Arc::new(Mutex::new(Hands { wall, monotonic })),
        }
    }

    /// Lets time pass: both the date and the stopwatch move on.
    pub fn advance(&self, by: Duration) {
        let mut hands = self.hands();
        hands.wall = hands.wall + by;
        hands.monotonic = hands.monotonic + by;
    }

    /// Sets the date, forward or back, as an operator or NTP would. The stopwatch does not notice.
    pub fn set_wall(&self, wall: Wall) {
        self.hands().wall = wall;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> Wall {
        self.hands().wall
    }

    fn monotonic(&self) -> Monotonic {
        self.hands().monotonic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_moved_by_hand_shows_every_copy_the_same_time() {
        let clock = ManualClock::at(Wall::from_seconds(1_000));
        let copy = clock.clone();
        clock.advance(Duration::from_secs(5));
        assert_eq!(copy.wall(), Wall::from_seconds(1_005));
        assert_eq!(copy.monotonic().elapsed(), Duration::from_secs(5));
    }

    #[test]
    fn setting_the_date_back_does_not_turn_back_the_stopwatch() {
        let clock = ManualClock::at(Wall::from_seconds(1_000));
        clock.advance(Duration::from_secs(5));
        clock.set_wall(Wall::from_seconds(1));
        assert_eq!(clock.wall(), Wall::from_seconds(1));
        assert_eq!(clock.monotonic().elapsed(), Duration::from_secs(5));
    }
}
