//! How long each thread of this process worked, by name.
//! Knows: `/proc/self/task`. Never knows: what they did.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use partywall_world::{Clock, Monotonic, SystemClock};

/// From a moment on.
pub(crate) struct Watch {
    clock: SystemClock,
    begun: Monotonic,
    worked: BTreeMap<String, u64>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let clock = SystemClock::new();
        let begun = clock.monotonic();
        Self {
            clock,
            begun,
            worked: worked(),
        }
    }

    /// Says how many a second, and microseconds of each kind of thread for one.
    pub(crate) fn stop(&self, what: &str, count: u32) {
        let took: Duration = self.clock.monotonic().since(self.begun);
        let rate = f64::from(count) / took.as_secs_f64();
        print!("{what}: {count}, {rate:.0}/s;");
        for (name, nanos) in worked() {
            let before = self.worked.get(&name).copied().unwrap_or(0);
            let micros = nanos.saturating_sub(before) as f64 / 1_000.0 / f64::from(count);
            print!(" {name} {micros:.2} µs");
        }
        println!();
    }
}

fn worked() -> BTreeMap<String, u64> {
    let mut worked = BTreeMap::new();
    for task in fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        let stat = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let nanos: u64 = stat
            .split(' ')
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(0);
        *worked.entry(name.trim().to_owned()).or_default() += nanos;
    }
    worked
}
