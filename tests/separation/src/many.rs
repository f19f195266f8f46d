//! Many pairs, on as many threads as there are.
//! Knows: seeds. Never knows: what a pair is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::leak::Leak;
use crate::pair::{Found, Side, pair};

/// Threads at once.
fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Lives the pairs of these seeds, and gives the difference of the lowest seed among those that were
/// found before everybody stopped. `progress` is told how many are done.
pub fn pairs(
    seeds: std::ops::Range<u64>,
    side: Side,
    leak: Option<Leak>,
    progress: impl Fn(u64) + Sync,
) -> Option<Found> {
    let (next, stop, done) = (
        AtomicU64::new(seeds.start),
        AtomicBool::new(false),
        AtomicU64::new(0),
    );
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            let found = pair(seed, side, leak);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            if found.is_some() {
                stop.store(true, Ordering::Relaxed);
                return found;
            }
        }
        None
    };
    let found: Vec<Found> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads()).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .filter_map(|found| {
                found.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))
            })
            .collect()
    });
    found.into_iter().min_by_key(|found| found.seed)
}
