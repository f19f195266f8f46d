//! What every connection's task is given.
//! Knows: the core, the clock, the readers' turns, the memory there is.

use std::sync::Arc;

use partywall_ground::limits::SILENCE_SECONDS;
use partywall_world::{Clock, Monotonic};
use tokio::sync::Semaphore;

use crate::core::Core;
use crate::fate::Fate;
use crate::gauges::{Counter, Gauges};
use crate::store::Reading;

pub(crate) struct Street {
    pub(crate) core: Arc<Core>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fate: Arc<Fate>,
    pub(crate) reading: Arc<dyn Reading>,
    /// Who reads the database, in the order of asking; the others wait without a thread.
    pub(crate) turns: Arc<Semaphore>,
    /// Bytes of envelopes that may be in memory.
    pub(crate) memory: Arc<Semaphore>,
    pub(crate) memory_bytes: usize,
}

impl Street {
    /// P-3: whether nothing was heard for too long.
    pub(crate) fn is_silent(&self, heard: Monotonic) -> bool {
        self.clock.monotonic().since(heard).as_secs() >= SILENCE_SECONDS
    }

    pub(crate) fn gauges(&self) -> Gauges {
        let taken = self
            .memory_bytes
            .saturating_sub(self.memory.available_permits());
        Gauges {
            mailboxes_in_memory: self.core.router.in_memory() as u64,
            envelope_bytes_in_memory: taken as u64,
            ..self.core.counters.read()
        }
    }
}

/// Counts a connection while it lives.
pub(crate) struct Inside<'a>(&'a Counter);

impl<'a> Inside<'a> {
    pub(crate) fn enter(counter: &'a Counter) -> Self {
        counter.add(1);
        Self(counter)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.take(1);
    }
}
