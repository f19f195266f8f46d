//! A pace for control frames: so many at once, refilled evenly.
//! Knows: when the bucket will be full again. Never knows: what a control frame holds.

use std::time::Duration;

use partywall_world::Monotonic;

/// A token bucket, kept as the moment at which it is full again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    each: Duration,
    window: Duration,
    full_at: Monotonic,
}

impl Pace {
    /// A full bucket of `count`, which takes `window` to fill.
    pub(crate) fn new(count: u32, window: Duration) -> Self {
        Self {
            each: window / count,
            window,
            full_at: Monotonic::from_start(Duration::ZERO),
        }
    }

    /// Takes one, if there is one.
    pub(crate) fn admits(&mut self, now: Monotonic) -> bool {
        let full_at = self.full_at.max(now) + self.each;
        if full_at.since(now) > self.window {
            return false;
        }
        self.full_at = full_at;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_admits_a_burst_and_then_one_at_a_time() {
        let mut pace = Pace::new(20, Duration::from_secs(10));
        let mut now = Monotonic::from_start(Duration::from_secs(100));
        let burst = (0..25).filter(|_| pace.admits(now)).count();
        assert_eq!(burst, 20);

        now = now + Duration::from_millis(499);
        assert!(!pace.admits(now));
        now = now + Duration::from_millis(1);
        assert!(pace.admits(now));
        assert!(!pace.admits(now));

        now = now + Duration::from_secs(1_000);
        let burst = (0..25).filter(|_| pace.admits(now)).count();
        assert_eq!(burst, 20, "a long rest fills the bucket and no more");
    }
}
