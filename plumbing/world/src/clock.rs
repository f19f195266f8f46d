//! The question "what time is it", asked through a trait so that tests can answer it.
//! Knows: two readings. Never knows: who asks.

use std::sync::Arc;

use crate::{Monotonic, Wall};

/// A source of time. Shared as `Arc<dyn Clock>`.
pub trait Clock: Send + Sync {
    /// The date and hour. May jump when somebody sets the machine's clock.
    fn wall(&self) -> Wall;

    /// The stopwatch. Never goes back.
    fn monotonic(&self) -> Monotonic;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn wall(&self) -> Wall {
        (**self).wall()
    }

    fn monotonic(&self) -> Monotonic {
        (**self).monotonic()
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    fn wall(&self) -> Wall {
        (**self).wall()
    }

    fn monotonic(&self) -> Monotonic {
        (**self).monotonic()
    }
}
