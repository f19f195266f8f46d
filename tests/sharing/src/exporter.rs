//! The exporter's process: the real one, over streams in memory.
//! Knows: its settings, where the relay is now. Never knows: what it carries.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use partywall_business_plane::EndExporter;
use partywall_exporter::config::Settings;
use partywall_exporter::{Dial, Exporter, Stop};
use partywall_world::Dice;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinHandle};

use crate::relay::Relay;
use crate::wire::{Trap, join};

/// Bytes on their way between the two.
const PIPE: usize = 1 << 16;

/// Where the relay is, while it runs.
#[derive(Clone, Default)]
pub struct Whereabouts(Arc<Mutex<Option<Arc<Relay>>>>);

impl Whereabouts {
    /// The relay, if it runs.
    #[must_use]
    pub fn relay(&self) -> Option<Arc<Relay>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on it is this one.
    pub fn is(&self, relay: Option<Arc<Relay>>) -> Option<Arc<Relay>> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, relay)
    }
}

/// An exporter that runs.
pub struct Process {
    task: JoinHandle<()>,
    _stop: Stop,
}

impl Process {
    /// Starts one.
    ///
    /// # Panics
    /// When its settings are not in order.
    #[must_use]
    pub fn start(
        settings: &Settings,
        to: Whereabouts,
        trap: Arc<Trap>,
        ended: Arc<Notify>,
        dice: Dice,
    ) -> Self {
        let exporter = Exporter::open(settings, dice).ok();
        let exporter = exporter.expect("secrets and certificates are in order");
        let (stop, stopping) = Stop::new();
        let own: Arc<Mutex<Option<AbortHandle>>> = Arc::default();
        let way = Way {
            to,
            trap,
            own: Arc::clone(&own),
            ended,
        };
        let task = tokio::spawn(Box::pin(exporter.run(way, stopping)));
        *own.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        Self { task, _stop: stop }
    }

    /// Whether it was ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    /// It dies where it stands.
    pub async fn die(self) {
        self.task.abort();
        let _dead = self.task.await;
    }
}

/// The way to the relay of the moment.
struct Way {
    to: Whereabouts,
    trap: Arc<Trap>,
    own: Arc<Mutex<Option<AbortHandle>>>,
    ended: Arc<Notify>,
}

impl Dial for Way {
    type Stream = DuplexStream;

    async fn dial(&mut self) -> io::Result<DuplexStream> {
        let relay = self.to.relay().ok_or(io::ErrorKind::NotFound)?;
        let (ours, near) = duplex(PIPE);
        let (far, theirs) = duplex(PIPE);
        let ending = Ending(Arc::clone(&self.own), Arc::clone(&self.ended));
        relay.export(theirs, ending);
        tokio::spawn(join(near, far, Arc::clone(&self.trap)));
        Ok(ours)
    }
}

/// The exporter is the relay's child, which the relay may kill.
struct Ending(Arc<Mutex<Option<AbortHandle>>>, Arc<Notify>);

impl EndExporter for Ending {
    fn end(&self) {
        let own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = own.as_ref() {
            own.abort();
        }
        self.1.notify_one();
    }
}
