//! Relay time: what the business wing's rules are measured on. (SPEC B-12)
//! Knows: one stopwatch and where it began. Never knows: that somebody set the machine's clock while
//! the relay runs; at a start, a date that is earlier than what was written down is not believed.

use std::sync::Arc;

use partywall_ground::Seconds;
use partywall_world::{Clock, Monotonic};

/// A moment of the relay's own time, in milliseconds since 1970. Never runs backwards, not over a
/// restart either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RelayTime(u64);

impl RelayTime {
    /// That many milliseconds since 1970.
    pub(crate) const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub(crate) const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub(crate) const fn seconds(self) -> u64 {
        self.0 / 1_000
    }

    /// As it stands on the wire.
    pub(crate) const fn wire(self) -> Seconds {
        Seconds::new(self.seconds())
    }

    /// As it stands in the database, in milliseconds.
    pub(crate) const fn stored(self) -> i64 {
        self.0.cast_signed()
    }

    /// As it was read from the database.
    pub(crate) const fn read(millis: i64) -> Self {
        Self(millis.unsigned_abs())
    }
}

/// How far what was written down may be ahead of the machine's date, in milliseconds.
const AHEAD: u64 = 3_600_000;

/// The machine's date is much earlier than what was written down: one of the two is wrong, and only
/// the operator knows which.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FarBehind;

/// Where relay time is read.
pub(crate) struct RelayClock {
    clock: Arc<dyn Clock>,
    start: RelayTime,
    began: Monotonic,
}

impl RelayClock {
    /// Begins at the machine's date, or at what was last written down if that is later, by an hour at
    /// most. If it is later by more, the machine's date counts where the operator said that it does.
    pub(crate) fn beginning(
        clock: Arc<dyn Clock>,
        written: Option<RelayTime>,
        accepted: bool,
    ) -> Result<Self, FarBehind> {
        let wall = RelayTime(clock.wall().millis());
        let far = written.is_some_and(|written| written.0 > wall.0.saturating_add(AHEAD));
        let start = match written {
            Some(_) if far && !accepted => return Err(FarBehind),
            Some(written) if !far => written.max(wall),
            _ => wall,
        };
        let began = clock.monotonic();
        Ok(Self {
            clock,
            start,
            began,
        })
    }

    /// Now: where it began, and what the stopwatch says since.
    pub(crate) fn now(&self) -> RelayTime {
        if partywall_mutant::is("P22") {
            return RelayTime(self.clock.wall().millis());
        }
        let since = self.clock.monotonic().since(self.began).as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        // SQLite's integers end earlier; so does time.
        RelayTime(self.start.0.saturating_add(since).min(i64::MAX as u64))
    }

    /// The stopwatch, for paces and silence.
    pub(crate) fn monotonic(&self) -> Monotonic {
        self.clock.monotonic()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use partywall_world::{ManualClock, Wall};

    use super::*;

    fn clock() -> (ManualClock, Arc<dyn Clock>) {
        let clock = ManualClock::at(Wall::from_seconds(1_000_000));
        (clock.clone(), Arc::new(clock))
    }

    #[test]
    fn whoever_sets_the_machines_clock_does_not_move_the_relays_time() {
        let (hand, clock) = clock();
        let relay = RelayClock::beginning(clock, None, false).unwrap();
        assert_eq!(relay.now().seconds(), 1_000_000);
        for wall in [0, 999_000, 1_003_600, 9_000_000] {
            hand.set_wall(Wall::from_seconds(wall));
            assert_eq!(relay.now().seconds(), 1_000_000);
        }
        hand.advance(Duration::from_millis(1_500));
        assert_eq!(relay.now(), RelayTime::from_millis(1_000_001_500));
    }

    #[test]
    fn a_start_with_an_earlier_date_goes_on_where_it_was_written_down() {
        let (hand, clock) = clock();
        let written = Some(RelayTime::from_millis(1_000_500_000));
        let relay = RelayClock::beginning(Arc::clone(&clock), written, false).unwrap();
        assert_eq!(relay.now().seconds(), 1_000_500);
        hand.advance(Duration::from_secs(1_000));
        assert_eq!(relay.now().seconds(), 1_001_500);
        let again = RelayClock::beginning(clock, written, true).unwrap();
        assert_eq!(again.now().seconds(), 1_001_000);
    }

    #[test]
    fn a_date_that_is_far_behind_what_was_written_down_is_refused_until_it_is_accepted() {
        let (_hand, clock) = clock();
        let begin = |written: u64, accepted| {
            let written = Some(RelayTime::from_millis(written));
            let relay = RelayClock::beginning(Arc::clone(&clock), written, accepted);
            relay.map(|relay| relay.now().millis())
        };
        let an_hour = 1_003_600_000;
        for accepted in [false, true] {
            assert_eq!(begin(an_hour, accepted), Ok(an_hour));
        }
        assert_eq!(begin(an_hour + 1, false), Err(FarBehind));
        assert_eq!(begin(an_hour + 1, true), Ok(1_000_000_000));
        assert_eq!(begin(u64::MAX, false), Err(FarBehind));
    }
}
