//! From what a load saw to what a report says.
//! Knows: both shapes. Never knows: how either came about.

use partywall_load::report::{Latency, Rate};
use partywall_load::{Figures, Latency as Seen};

/// Two milestones, in milliseconds.
pub(super) fn latency(seen: &Seen) -> Latency {
    let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    Latency {
        p50_ms: milliseconds(seen.p50()),
        p99_ms: milliseconds(seen.p99()),
    }
}

/// How much, how fast, how dear.
pub(super) fn rate(figures: &Figures) -> Rate {
    let cpu = figures.cpu.map(|cpu| cpu.as_secs_f64());
    Rate::of(figures.messages, figures.elapsed.as_secs_f64(), cpu)
}
