//! Goes its rounds while the relay runs: disk, certificate, vouches.
//! Knows: what to look at and whom to tell. Never knows: connections, mail.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use partywall_world::{Clock, Monotonic};
use tokio::sync::{mpsc, oneshot};

use crate::admin::office::Office;
use crate::disk::Disk;
use crate::identity::resolver::Current;
use crate::identity::source::Reader;
use crate::stop::Watch;
use crate::vitals::Vitals;

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

/// Looks after one relay.
pub struct Caretaker {
    /// Where its folder lies.
    pub folder: PathBuf,
    /// The least free bytes.
    pub floor: u64,
    /// None behind a proxy.
    pub tended: Option<Tended>,
    /// Who signs vouches and tells the plane.
    pub office: Arc<Office>,
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
            self.office.renew_vouches();
        }
    }

    /// Tells the plane and the vitals when the disk is low, and when it is no longer.
    pub fn look_at_disk(&mut self) {
        let Ok(free) = partywall_store::free_space(&self.folder) else {
            tracing::warn!("the free disk space could not be found out");
            return;
        };
        let before = self.disk;
        let refused = self.office.plane.gauges().refused_no_room;
        self.disk = if refused > self.refused {
            Disk::Low // whatever the floor: not even mail found room
        } else {
            before.after(free, self.floor)
        };
        self.refused = refused;
        self.vitals.disk_is(self.disk, free);
        self.office.plane.set_low_disk(self.disk == Disk::Low);
        match (before, self.disk) {
            (Disk::Roomy, Disk::Low) => {
                tracing::warn!(
                    bytes = free,
                    limit = self.floor,
                    "the disk is low: no new mailboxes until there is room; old ones are served"
                );
            }
            (Disk::Low, Disk::Roomy) => {
                tracing::info!(bytes = free, "there is room on the disk again")
            }
            _ => {}
        }
    }

    /// Serves the certificate as it is in its files now, and vouches for it first.
    pub fn read_certificate(&mut self) {
        let Some(tended) = &mut self.tended else {
            return;
        };
        match tended.reader.read(self.clock.wall()) {
            Ok(served) => {
                self.office.serves(served.spki);
                tended.current.replace(served.certified);
                self.vitals.certificate_replaced();
                tracing::info!("the certificate was read again; links stay valid");
            }
            Err(error) => tracing::warn!(
                reason = error.to_string().as_str(),
                "the certificate was left as it was"
            ),
        }
    }
}
