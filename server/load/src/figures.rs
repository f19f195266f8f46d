//! What was seen: how many, how long, at what cost.
//! Knows: numbers. Never knows: who was measured.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::LoadError;
use crate::loads::Watch;

/// Latencies in bounded memory, each known to a thousandth of itself.
#[derive(Clone)]
pub struct Latency(Histogram<u64>);

/// The longest that is told apart.
const LONGEST: Duration = Duration::from_secs(120);

impl Latency {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        let longest = u64::try_from(LONGEST.as_nanos()).unwrap_or(u64::MAX);
        let empty = Histogram::new_with_bounds(1_000, longest, 3);
        Self(empty.expect("three digits between a microsecond and two minutes"))
    }

    /// Notes one.
    pub fn add(&mut self, nanoseconds: u64) {
        self.0.saturating_record(nanoseconds);
    }

    /// Notes all of another.
    pub fn merge(&mut self, other: &Self) {
        self.0.add(&other.0).expect("both have the same bounds");
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// What `percent` of them (0 to 100) did not exceed; zero of none.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Duration {
        if self.0.is_empty() {
            return Duration::ZERO;
        }
        Duration::from_nanos(self.0.value_at_percentile(percent))
    }

    /// Half of them were faster.
    #[must_use]
    pub fn p50(&self) -> Duration {
        self.percentile(50.0)
    }

    /// One in a hundred was slower.
    #[must_use]
    pub fn p99(&self) -> Duration {
        self.percentile(99.0)
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}

/// p50 and p99 in milliseconds, and of how many.
impl fmt::Debug for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        let (half, late) = (milliseconds(self.p50()), milliseconds(self.p99()));
        write!(f, "{half:.3} / {late:.3} ms of {}", self.count())
    }
}

/// Latencies that many tasks note together.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Latency>>);

impl Notes {
    /// To note some; nobody else can meanwhile.
    pub(crate) fn open(&self) -> MutexGuard<'_, Latency> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that was noted.
    pub(crate) fn read(&self) -> Latency {
        self.open().clone()
    }
}

/// What one load saw.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Messages that came to their end: delivered and accepted, or only stored, or only drained.
    pub messages: u64,
    /// From the first to the last.
    pub elapsed: Duration,
    /// User and system time of the server in between; absent where the server is not on this machine.
    pub cpu: Option<Duration>,
    /// From the moment at which a message ought to leave to `accepted`.
    pub accepted: Latency,
    /// From the same moment until it arrived at its reader.
    pub surfaced: Latency,
}

impl Figures {
    /// Of a load that ends now; what was accepted is what counts.
    pub(crate) fn of(watch: &Watch, accepted: &Notes, surfaced: &Notes) -> Result<Self, LoadError> {
        let (accepted, surfaced) = (accepted.read(), surfaced.read());
        Ok(Self {
            messages: accepted.count(),
            elapsed: watch.elapsed(),
            cpu: watch.cpu()?,
            accepted,
            surfaced,
        })
    }

    /// Microseconds of the server's processors a message.
    #[must_use]
    pub fn cpu_micros(&self) -> Option<f64> {
        let cpu = self.cpu?.as_secs_f64() * 1_000_000.0;
        (self.messages > 0).then(|| cpu / self.messages as f64)
    }

    /// Messages a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let elapsed = self.elapsed.as_secs_f64();
        if elapsed > 0.0 {
            self.messages as f64 / elapsed
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_what_was_noted() {
        let (mut one, mut other) = (Latency::new(), Latency::new());
        assert_eq!(one.p50(), Duration::ZERO);
        for step in 1..=1_000 {
            let half = if step % 2 == 0 { &mut one } else { &mut other };
            half.add(step * 10_000);
        }
        one.merge(&other);
        assert_eq!(one.count(), 1_000);
        let near =
            |found: Duration, wanted: f64| (found.as_secs_f64() / wanted - 1.0).abs() < 0.002;
        assert!(near(one.p50(), 0.005), "{one:?}");
        assert!(near(one.p99(), 0.0099), "{one:?}");
    }

    #[test]
    fn costs_are_by_message_and_by_second() {
        let figures = Figures {
            messages: 1_000,
            elapsed: Duration::from_millis(500),
            cpu: Some(Duration::from_millis(20)),
            ..Figures::default()
        };
        assert!((figures.cpu_micros().unwrap() - 20.0).abs() < 1e-9);
        assert!((figures.per_second() - 2_000.0).abs() < 1e-9);
        assert_eq!(Figures::default().cpu_micros(), None);
    }
}
