//! The business wing in numbers that say nothing about anybody.
//! Knows: sums since the start, and how many there are now. Never knows: an id.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn take(&self, count: u64) {
        self.0.fetch_sub(count, Ordering::Relaxed);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! gauges {
    ($($(#[$about:meta])* $name:ident,)*) => {
        /// Where things are counted.
        #[derive(Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        /// How the business wing is. Sums count from the start of the process.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Gauges {
            $($(#[$about])* pub $name: u64,)*
        }

        impl Counters {
            pub(crate) fn read(&self) -> Gauges {
                Gauges { $($name: self.$name.value(),)* }
            }
        }
    };
}

gauges! {
    /// Connections now.
    connections,
    /// Bytes of requests and events in memory now.
    bytes_in_memory,
    /// Messages accepted: each was durable before it was said.
    accepted,
    /// Events handed to receivers, repetitions included.
    delivered,
    /// Events that receivers acknowledged.
    acknowledged,
    /// Conversations begun.
    begun,
    /// Conversations that customers left.
    left,
    /// Reports that were proven and kept.
    reports,
    /// Requests refused by a rule.
    refused,
    /// Groups committed.
    commits,
    /// Jobs in them.
    jobs,
    /// Connections closed for breaking the protocol.
    violations,
    /// Connections closed for being silent or slow.
    stalled,
}
