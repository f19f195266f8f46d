//! Numbers that say nothing about anybody: sums since the start, and how many there are now.
//! Knows: how to count. Never knows: what is counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that many count in.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// So many fewer.
    pub fn take(&self, count: u64) {
        self.0.fetch_sub(count, Ordering::Relaxed);
    }

    /// How many now.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts a connection while it lives.
pub struct Inside<'a>(&'a Counter);

impl<'a> Inside<'a> {
    /// Comes in.
    #[must_use]
    pub fn enter(counter: &'a Counter) -> Self {
        counter.add(1);
        Self(counter)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.take(1);
    }
}

/// A wing's `Counters`, and its `Gauges` as they are read.
#[macro_export]
macro_rules! gauges {
    ($($(#[$about:meta])* $name:ident,)*) => {
        /// Where things are counted.
        #[derive(Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: $crate::Counter,)*
        }

        /// How the wing is. Sums count from the start of the process.
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
