//! The stopwatch of one load, and the server's time in it.
//! Knows: two clocks. Never knows: what is timed.

use std::time::Duration;

use partywall_world::{Clock, Monotonic, SystemClock};

use crate::{LoadError, Process};

/// Runs from the beginning of a load. Copies show the same time.
#[derive(Clone)]
pub(crate) struct Watch {
    clock: SystemClock,
    start: Monotonic,
    server: Option<(Process, Duration)>,
}

impl Watch {
    /// Starts now.
    pub(crate) fn start(server: Option<Process>) -> Result<Self, LoadError> {
        let clock = SystemClock::new();
        let server = match server {
            Some(process) => Some((process, process.cpu()?)),
            None => None,
        };
        Ok(Self {
            start: clock.monotonic(),
            clock,
            server,
        })
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.monotonic().since(self.start)
    }

    pub(crate) fn nanoseconds(&self) -> u64 {
        u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// What the server has used up since the start.
    pub(crate) fn cpu(&self) -> Result<Option<Duration>, LoadError> {
        match self.server {
            Some((process, before)) => Ok(Some(process.cpu()?.saturating_sub(before))),
            None => Ok(None),
        }
    }
}
