//! The street against a real relay on this machine.
//! Knows: the seam and the probe. Never knows: conversations, the store.

#[cfg(test)]
mod lines;
#[cfg(test)]
mod probes;

use std::sync::Arc;

use partywall_world::{Clock, SystemClock};

/// The machine's own.
fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}
