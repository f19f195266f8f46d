//! The relay's process, as far as it is the business wing: a plane over a folder, and tasks that die with it.
//! Knows: streams. Never knows: what is said on them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partywall_business::ledger::{Operator, Origin};
use partywall_business_plane::{EndExporter, OperatorKeys, Place, Plane, WingSettings};
use partywall_ground::limits::FRAME;
use partywall_ground::{Seconds, Spki};
use partywall_proof::{SigningKey, Vouch};
use partywall_socket::{FrameSocket, Limits};
use partywall_world::{Dice, ManualClock};
use tempfile::TempDir;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::disk::{Crash, Plan};

/// The TLS key that the business listener shows.
pub const SHOWN: Spki = Spki::new([0xb5; 32]);

/// Of every socket.
pub const LIMITS: Limits = Limits {
    max_frame: FRAME,
    stall: Duration::from_secs(10),
};

/// Bytes on their way between a client and the door.
const PIPE: usize = 1 << 18;

/// The operator's key in every world.
#[must_use]
pub fn operator_key() -> SigningKey {
    SigningKey::from_seed(&[0x0b; 32])
}

/// The ledger's operator, as outsiders know it.
///
/// # Panics
/// Never: the name is good.
#[must_use]
pub fn operator() -> Operator {
    Operator::new(origin(), operator_key().public())
}

fn origin() -> Origin {
    Origin::of_authority("relay.example:7444").expect("the authority is short enough")
}

/// A relay that runs.
pub struct Relay {
    plane: Arc<Plane>,
    clock: ManualClock,
    crash: Arc<Crash>,
    tasks: Mutex<Vec<AbortHandle>>,
    _folder: TempDir,
}

impl Relay {
    /// Starts over what lies in the folder.
    ///
    /// # Panics
    /// When the database cannot be opened: no crash may leave one that cannot.
    #[must_use]
    pub fn start(folder: TempDir, clock: &ManualClock, dice: Dice, rung: &Arc<Notify>) -> Self {
        let crash = Crash::of(folder.path(), Arc::clone(rung));
        let plane = open(folder.path(), clock, dice, Arc::clone(&crash));
        Self {
            plane: Arc::new(plane),
            clock: clock.clone(),
            crash,
            tasks: Mutex::default(),
            _folder: folder,
        }
    }

    /// The wing.
    #[must_use]
    pub fn plane(&self) -> Arc<Plane> {
        Arc::clone(&self.plane)
    }

    /// How it dies.
    #[must_use]
    pub fn crash(&self) -> &Crash {
        &self.crash
    }

    /// A client's end of a new connection to the door.
    pub async fn dial(&self) -> FrameSocket<DuplexStream> {
        let (near, far) = duplex(PIPE);
        self.serve(far);
        FrameSocket::client(near, LIMITS, Arc::new(self.clock.clone())).await
    }

    /// Serves the far end of a stream at the door.
    pub fn serve(&self, far: DuplexStream) {
        let (plane, clock) = (self.plane(), Arc::new(self.clock.clone()));
        self.spawn(async move {
            let socket = FrameSocket::server(far, LIMITS, clock).await;
            Box::pin(plane.door(socket, Some([203, 0, 113, 7].into()))).await;
        });
    }

    /// Serves an exporter.
    pub fn export(&self, stream: DuplexStream, ending: impl EndExporter) {
        let plane = self.plane();
        self.spawn(async move { Box::pin(plane.exporter(stream, ending)).await });
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let running = tokio::spawn(task).abort_handle();
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task| !task.is_finished());
        tasks.push(running);
    }

    /// Every task of it ends where it stands; nobody is told anything.
    fn fall(&self) {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        for task in tasks.iter() {
            task.abort();
        }
    }

    /// It dies, in this moment if it has not yet; what it leaves on the disk.
    ///
    /// # Panics
    /// When the machine's own disk fails.
    pub async fn die(self: Arc<Self>) -> TempDir {
        self.fall();
        while !self.crash.is_dead() {
            self.crash.plan(Plan::Now);
            // A job like any other: the writer passes a gap.
            let _killed = self
                .plane
                .approve(partywall_business::TemplateId::new([0; 16]))
                .await;
        }
        self.crash.image().expect("it is dead")
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.fall();
    }
}

fn open(folder: &Path, clock: &ManualClock, dice: Dice, crash: Arc<Crash>) -> Plane {
    let plane = Plane::open_at(
        &Place::file(folder.join("business.db")),
        WingSettings::new(origin()),
        OperatorKeys::new(operator_key(), [0x0f; 32]),
        Arc::new(clock.clone()),
        dice,
        drop,
        crash,
    );
    let plane = plane.expect("what a crash leaves can be opened");
    let vouch = Vouch::make(&operator_key(), SHOWN, Seconds::new(u64::MAX));
    plane.set_vouches(vec![vouch]);
    plane
}
