//! Whether the envelopes of one deposit connection are still written. Once one of them found no
//! room, none that came after it is, or a later one would overtake it. (SPEC P-17)
//! Knows: yes or no. Never knows: which connection.

use std::sync::atomic::{AtomicBool, Ordering};

/// Lies in the writer's queue with each envelope of a connection, and with the connection.
#[derive(Default)]
pub(crate) struct Flow(AtomicBool);

impl Flow {
    /// An envelope found no room: none after it is written.
    pub(crate) fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether one found no room.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
