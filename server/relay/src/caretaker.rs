//! Goes its rounds in one wing while it runs: disk, certificate, vouches. Each wing has its own.
//! Knows: what to look at and whom to tell. Never knows: connections, mail.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use partywall_world::{Clock, Monotonic};
use tokio::sync::{mpsc, oneshot};

use crate::disk::Disk;
use crate::identity::resolver::Current;
use crate::identity::source::Reader;
use crate::identity::vouching::Vouching;
use crate::stop::Watch;
use crate::vitals::Vitals;
use crate::wing::Wing;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(5);
/// Vouches for the own certificate hold thirty days; they are signed anew long before.
const RENEWAL: Duration = Duration::from_secs(12 * 3600);

/// The certificate that is served, and where its next version would come from.
pub struct Tended {
    /// The source.
    pub reader: Reader,
    /// What handshakes are given.
    pub current: Arc<Current>,
}

/// Somebody wants the certificate read again, and to be told when it was.
pub type Reload = oneshot::Sender<()>;

/// What a caretaker tells a plane, and asks it.
pub trait Floor: Send + Sync + 'static {
    /// On low disk nothing new is begun.
    fn set_low_disk(&self, low: bool);
    /// How often something found no room on the disk since the start.
    fn refused_no_room(&self) -> u64;
}

impl Floor for partywall_peer_plane::Plane {
    fn set_low_disk(&self, low: bool) {
        self.set_low_disk(low);
    }

    fn refused_no_room(&self) -> u64 {
        self.gauges().refused_no_room
    }
}

impl Floor for partywall_business_plane::Plane {
    fn set_low_disk(&self, low: bool) {
        self.set_low_disk(low);
    }

    fn refused_no_room(&self) -> u64 {
        0 // this wing says so to whoever asked, and counts it nowhere
    }
}

/// Looks after one wing.
pub struct Caretaker {
    /// Which.
    pub wing: Wing,
    /// Where the relay's folder lies.
    pub folder: PathBuf,
    /// The least free bytes.
    pub floor: u64,
    /// None behind a proxy.
    pub tended: Option<Tended>,
    /// Who signs vouches.
    pub vouching: Arc<Vouching>,
    /// Who is told about the disk.
    pub plane: Arc<dyn Floor>,
    /// Where the state is kept.
    pub vitals: Arc<Vitals>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How the disk was.
    pub disk: Disk,
    /// How many envelopes had found no room when the disk was last looked at.
    pub refused: u64,
    /// When vouches were last signed.
    pub renewed: Monotonic,
}

impl Caretaker {
    /// Goes rounds until `stop` says so; reads the certificate again whenever somebody asks on `reload`.
    pub async fn run(mut self, mut reload: mpsc::Receiver<Reload>, mut stop: Watch) {
        loop {
            tokio::select! {
                () = stop.raised() => return,
                Some(asked) = reload.recv() => {
                    self.read_certificate();
                    // Whoever asked may have stopped waiting for it.
                    let _told = asked.send(());
                }
                () = tokio::time::sleep(ROUND) => self.round(),
            }
        }
    }

    /// One round.
    pub fn round(&mut self) {
        self.look_at_disk();
        if self
            .tended
            .as_ref()
            .is_some_and(|tended| tended.reader.changed())
        {
            self.read_certificate();
        }
        let now = self.clock.monotonic();
        if now.since(self.renewed) >= RENEWAL {
            self.renewed = now;
            self.vouching.renew();
        }
    }

    /// Tells the plane and the vitals when the disk is low, and when it is no longer.
    pub fn look_at_disk(&mut self) {
        let Ok(free) = partywall_store::free_space(&self.folder) else {
            tracing::warn!(
                wing = self.wing.word(),
                "the free disk space could not be found out"
            );
            return;
        };
        let (before, wing) = (self.disk, self.wing.word());
        let refused = self.plane.refused_no_room();
        self.disk = if refused > self.refused {
            Disk::Low // whatever the floor: not even mail found room
        } else {
            before.after(free, self.floor)
        };
        self.refused = refused;
        self.vitals.disk_is(self.disk, free);
        self.plane.set_low_disk(self.disk == Disk::Low);
        match (before, self.disk) {
            (Disk::Roomy, Disk::Low) => {
                let what = match self.wing {
                    Wing::Peer => {
                        "the disk is low: no new mailboxes until there is room; old ones are served"
                    }
                    Wing::Business => {
                        "the disk is low: no new customers until there is room; old ones are served"
                    }
                };
                tracing::warn!(wing, bytes = free, limit = self.floor, "{what}");
            }
            (Disk::Low, Disk::Roomy) => {
                tracing::info!(wing, bytes = free, "there is room on the disk again")
            }
            _ => {}
        }
    }

    /// Serves the certificate as it is in its files now, and vouches for it first.
    pub fn read_certificate(&mut self) {
        let Some(tended) = &mut self.tended else {
            return;
        };
        let wing = self.wing.word();
        match tended.reader.read(self.clock.wall()) {
            Ok(served) => {
                self.vouching.serves(served.spki);
                tended.current.replace(served.certified);
                self.vitals.certificate_replaced();
                tracing::info!(wing, "the certificate was read again; links stay valid");
            }
            Err(error) => tracing::warn!(
                wing,
                reason = error.to_string().as_str(),
                "the certificate was left as it was"
            ),
        }
    }
}
