//! Durations, and what is said of them: median and 99th percentile.
//! Knows: numbers. Never knows: what took so long.

use std::fmt;
use std::time::Duration;

/// Measured durations.
pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        let (median, late) = (self.percentile(50), self.percentile(99));
        write!(f, "{:.2} | {:.2}", milliseconds(median), milliseconds(late))
    }
}
