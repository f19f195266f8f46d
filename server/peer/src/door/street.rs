//! What every connection's task is given.
//! Knows: the core, the clock, the readers' turns, the memory there is.

use std::sync::Arc;

use partywall_door::{End, Fate};
use partywall_ground::limits::SILENCE_SECONDS;
use partywall_socket::FrameSocket;
use partywall_store::StoreError;
use partywall_world::{Clock, Monotonic};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;

use crate::core::Core;
use crate::gauges::Gauges;
use crate::store::Reading;

pub(crate) struct Street {
    pub(crate) core: Arc<Core>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fate: Arc<Fate<StoreError>>,
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

    /// Says a connection's last word.
    pub(crate) async fn farewell<S>(&self, socket: &mut FrameSocket<S>, end: End)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let counters = &self.core.counters;
        partywall_door::farewell(socket, end, &counters.violations, &counters.stalled).await;
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
