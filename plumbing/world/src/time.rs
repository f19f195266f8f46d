//! The three notions of time: a date and hour, a day, and a stopwatch.
//! Knows: arithmetic that saturates instead of wrapping. Never knows: what time it is now.

use std::ops::{Add, Sub};
use std::time::Duration;

const MILLIS_PER_SECOND: u64 = 1_000;
const SECONDS_PER_DAY: u64 = 86_400;

/// A point on the calendar, in milliseconds since 1970-01-01T00:00:00Z.
///
/// May jump in either direction when the operator or NTP sets the clock. For dates that are told
/// to others (expiry, retention); for waiting and pacing use [`Monotonic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wall(u64);

impl Wall {
    /// The point that many milliseconds after the epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The point that many whole seconds after the epoch; the last one there is, if too far.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(MILLIS_PER_SECOND))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> u64 {
        self.0 / MILLIS_PER_SECOND
    }

    /// The day (UTC) this point lies in; the last one there is, if too far.
    pub const fn day(self) -> Day {
        let day = self.seconds() / SECONDS_PER_DAY;
        if day > u32::MAX as u64 {
            Day(u32::MAX)
        } else {
            Day(day as u32)
        }
    }

    /// How long after `earlier` this is; nothing, if it is not after it.
    pub const fn since(self, earlier: Wall) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Later by the duration in whole milliseconds; stops at the last point there is.
impl Add<Duration> for Wall {
    type Output = Wall;

    fn add(self, later: Duration) -> Wall {
        Wall(self.0.saturating_add(millis_of(later)))
    }
}

/// Earlier by the duration in whole milliseconds; stops at the epoch.
impl Sub<Duration> for Wall {
    type Output = Wall;

    fn sub(self, earlier: Duration) -> Wall {
        Wall(self.0.saturating_sub(millis_of(earlier)))
    }
}

/// A day (UTC), counted from 1970-01-01 = 0. What the relay stores instead of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// The day with that number.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// That many days later; stops at the last day there is.
    pub const fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// That many days earlier; stops at 1970-01-01.
    pub const fn minus_days(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// Whole days since `earlier`; none, if it is not after it.
    pub const fn days_since(self, earlier: Day) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first millisecond of this day.
    pub const fn start(self) -> Wall {
        Wall(self.0 as u64 * SECONDS_PER_DAY * MILLIS_PER_SECOND)
    }
}

/// A stopwatch: the time since an arbitrary start that never goes back. For waiting and pacing.
///
/// Comparable only with readings of the same clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Monotonic(Duration);

impl Monotonic {
    /// The reading that long after the clock's start.
    pub const fn from_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// Time since the clock's start.
    pub const fn elapsed(self) -> Duration {
        self.0
    }

    /// How long after `earlier` this is; nothing, if it is not after it.
    pub const fn since(self, earlier: Monotonic) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Later by the duration; stops at the last reading there is.
impl Add<Duration> for Monotonic {
    type Output = Monotonic;

    fn add(self, later: Duration) -> Monotonic {
        Monotonic(self.0.saturating_add(later))
    }
}

/// Earlier by the duration; stops at the clock's start.
impl Sub<Duration> for Monotonic {
    type Output = Monotonic;

    fn sub(self, earlier: Duration) -> Monotonic {
        Monotonic(self.0.saturating_sub(earlier))
    }
}

fn millis_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_turns_exactly_at_midnight() {
        let midnight = Wall::from_seconds(20_000 * SECONDS_PER_DAY);
        assert_eq!(midnight.day(), Day::from_number(20_000));
        assert_eq!(
            (midnight - Duration::from_millis(1)).day(),
            Day::from_number(19_999)
        );
        assert_eq!(midnight.day().start(), midnight);
    }

    #[test]
    fn time_never_wraps_round() {
        let last = Wall::from_millis(u64::MAX);
        assert_eq!(last + Duration::MAX, last);
        assert_eq!(last.day(), Day::from_number(u32::MAX));
        assert_eq!(Wall::from_seconds(u64::MAX), last);
        assert_eq!(
            Wall::from_millis(5) - Duration::from_secs(1),
            Wall::from_millis(0)
        );
        assert_eq!(Wall::from_millis(5).since(last), Duration::ZERO);
        assert_eq!(
            Day::from_number(u32::MAX).plus_days(1),
            Day::from_number(u32::MAX)
        );
        assert_eq!(Day::from_number(3).minus_days(4), Day::from_number(0));
        assert_eq!(Day::from_number(3).days_since(Day::from_number(9)), 0);

        let end = Monotonic::from_start(Duration::MAX);
        assert_eq!(end + Duration::from_secs(1), end);
        let start = Monotonic::from_start(Duration::ZERO);
        assert_eq!(start - Duration::from_secs(1), start);
        assert_eq!(start.since(end), Duration::ZERO);
    }

    #[test]
    fn time_adds_up_in_milliseconds() {
        let noon = Wall::from_seconds(100);
        let later = noon + Duration::from_micros(1_999_999);
        assert_eq!(later.millis(), 101_999);
        assert_eq!(later.seconds(), 101);
        assert_eq!(later.since(noon), Duration::from_millis(1_999));
    }
}
