//! One relay, from its folder to its last acknowledgement. Many may live in one process; none leaves anything global behind.
//! Knows: the order in which things start and stop. Never knows: what is said at the doors.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use partywall_ground::RelayKey;
use partywall_store::FolderLock;
use partywall_world::{Clock, Dice};
use tokio::task::JoinHandle;

use crate::admin;
use crate::admin::business::BusinessOffice;
use crate::admin::office::{Office, PeerOffice};
use crate::config::settings::{Settings, Tls};
use crate::exporter::Hatch;
use crate::front::{Bound, Front, PLANE_DRAIN, Plan};
use crate::listener::business::{BusinessReception, Way};
use crate::listener::operator;
use crate::listener::peer::PeerReception;
use crate::opening;
use crate::start_error::StartError;
use crate::stop::{self, Sign};
use crate::window::{BusinessPane, Panes, PeerPane};
use crate::wing::Wing;

/// A relay that is running.
pub struct Relay {
    peer: Option<PeerSide>,
    business: Option<BusinessSide>,
    operator: SocketAddr,
    office: Arc<Office>,
    stop_rest: Sign,
    rest: Vec<JoinHandle<()>>,
    folder: PathBuf,
    _lock: FolderLock,
}

struct PeerSide {
    front: Front,
    plane: Arc<partywall_peer_plane::Plane>,
}

struct BusinessSide {
    front: Front,
    plane: Arc<partywall_business_plane::Plane>,
    hatch: Hatch,
}

impl Relay {
    /// Starts a relay: takes the folder, opens each wing that runs, listens.
    ///
    /// # Errors
    /// One sentence for the operator. Nothing is left running.
    pub async fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        mut dice: Dice,
    ) -> Result<Self, StartError> {
        let lock = opening::lock(&settings.data)?;
        let peer = match settings.wings.have_peer() {
            true => Some(PeerSide::begin(&settings, &clock, &mut dice).await?),
            false => None,
        };
        let business = match settings.wings.have_business() {
            true => Some(BusinessSide::begin(&settings, &clock, &mut dice).await?),
            false => None,
        };
        let operators = Bound::to("operator", settings.operator).await?;
        let operator = operators.address;
        let admin = admin::socket::bind(&settings.data).map_err(|error| StartError::Admin {
            folder: settings.data.clone(),
            why: error.kind(),
        })?;
        let office = Arc::new(Office {
            clock,
            peer: peer.as_ref().map(|side| side.office(&settings)),
            business: business.as_ref().map(BusinessSide::office),
        });
        let panes = Panes {
            peer: peer.as_ref().map(PeerSide::pane),
            business: business.as_ref().map(BusinessSide::pane),
        };
        let (stop_rest, stopped) = stop::sign();
        let operators = operators.into_listener();
        let rest = vec![
            tokio::spawn(operator::run(operators, Arc::new(panes), stopped.clone())),
            tokio::spawn(admin::socket::run(admin, Arc::clone(&office), stopped)),
        ];
        tracing::info!("the relay is ready");
        Ok(Self {
            peer,
            business,
            operator,
            office,
            stop_rest,
            rest,
            folder: settings.data,
            _lock: lock,
        })
    }

    /// Where people's clients connect, if the peer wing runs.
    #[must_use]
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        Some(self.peer.as_ref()?.front.address)
    }

    /// Where businesses and customers connect, if the business wing runs.
    #[must_use]
    pub fn business_addr(&self) -> Option<SocketAddr> {
        Some(self.business.as_ref()?.front.address)
    }

    /// Where health and metrics answer.
    #[must_use]
    pub fn operator_addr(&self) -> SocketAddr {
        self.operator
    }

    /// The relay link, without a pass, if the peer wing runs.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        self.office.peer.as_ref()?.link()
    }

    /// The business link, if the business wing runs.
    #[must_use]
    pub fn business_link(&self) -> Option<String> {
        self.office.business.as_ref()?.link()
    }

    /// The permanent key that relay links carry, if the peer wing runs.
    #[must_use]
    pub fn key(&self) -> Option<RelayKey> {
        Some(self.peer.as_ref()?.front.key)
    }

    /// The operator's business key, which business links carry, if the business wing runs.
    #[must_use]
    pub fn business_key(&self) -> Option<RelayKey> {
        Some(self.business.as_ref()?.front.key)
    }

    /// For passes, vouches, businesses and status, as behind the admin socket.
    #[must_use]
    pub fn office(&self) -> &Arc<Office> {
        &self.office
    }

    /// Reads the certificates again, as SIGHUP does, and waits until that was done. A certificate
    /// that cannot be used leaves the one before in place, and the log says why.
    pub async fn reload_certificate(&self) {
        if let Some(side) = &self.peer {
            side.front.reload_certificate().await;
        }
        if let Some(side) = &self.business {
            side.front.reload_certificate().await;
        }
    }

    /// Waits until a wing's store failed for good, and gives its sentence. The process should end
    /// then. Never ends while the stores are well.
    pub async fn failed(&self) -> String {
        let of = async |front: Option<&Front>| match front {
            Some(front) => front.failed().await,
            None => std::future::pending().await,
        };
        tokio::select! {
            sentence = of(self.peer.as_ref().map(|side| &side.front)) => sentence,
            sentence = of(self.business.as_ref().map(|side| &side.front)) => sentence,
        }
    }

    /// Stops: accepts no more, tells everybody to come back, writes what was taken, closes the stores. Ten seconds at the most.
    pub async fn shutdown(mut self) {
        let peer = async {
            if let Some(side) = self.peer.take() {
                side.close().await;
            }
        };
        let business = async {
            if let Some(side) = self.business.take() {
                side.close().await;
            }
        };
        tokio::join!(peer, business);
        self.stop_rest.raise();
        for task in self.rest.drain(..) {
            let _ended = task.await;
        }
        // A socket without a relay behind it would only be replaced by the next one.
        let _gone = std::fs::remove_file(self.folder.join(admin::socket::FILE));
        tracing::info!("the relay has stopped");
    }
}

impl PeerSide {
    async fn begin(
        settings: &Settings,
        clock: &Arc<dyn Clock>,
        dice: &mut Dice,
    ) -> Result<Self, StartError> {
        let opened = opening::peer(settings, clock, dice)?;
        let bound = Bound::to("peer", settings.peer).await?;
        let plane = opened.plane;
        let plan = Plan {
            wing: Wing::Peer,
            authority: settings.authority(bound.address),
            bound,
            tls: settings.tls.clone(),
            key: opened.key,
            vouching: opened.vouching,
            plane: Arc::clone(&plane) as _,
            reception: PeerReception {
                plane: Arc::clone(&plane),
            },
            failure: opened.failure,
        };
        let front = Front::begin(plan, settings, clock, dice.stream("relay/gate"))?;
        Ok(Self { front, plane })
    }

    fn office(&self, settings: &Settings) -> PeerOffice {
        PeerOffice {
            plane: Arc::clone(&self.plane),
            key: self.front.key,
            vouching: Arc::clone(&self.front.vouching),
            authority: self.front.authority.clone(),
            admission: settings.admission,
            vitals: Some(Arc::clone(&self.front.vitals)),
        }
    }

    fn pane(&self) -> PeerPane {
        PeerPane {
            vitals: Arc::clone(&self.front.vitals),
            plane: Arc::clone(&self.plane),
        }
    }

    async fn close(self) {
        let drain = self.plane.drain(PLANE_DRAIN);
        self.front.close(Wing::Peer, drain).await;
    }
}

impl BusinessSide {
    async fn begin(
        settings: &Settings,
        clock: &Arc<dyn Clock>,
        dice: &mut Dice,
    ) -> Result<Self, StartError> {
        let bound = Bound::to("business", settings.business.address).await?;
        let authority = settings
            .business_authority(bound.address)
            .expect("a bound listener has a port, and so its link an authority");
        let opened = opening::business(settings, &authority, clock, dice)?;
        let plane = opened.plane;
        let way = match settings.business.tls {
            Tls::Proxy => Way::ThroughProxy,
            Tls::SelfSigned | Tls::Files { .. } => Way::Straight,
        };
        let hatch = Hatch::open(&settings.business.exporter, &settings.data, &plane, clock)?;
        let plan = Plan {
            wing: Wing::Business,
            authority: Some(authority),
            bound,
            tls: settings.business.tls.clone(),
            key: opened.key,
            vouching: opened.vouching,
            plane: Arc::clone(&plane) as _,
            reception: BusinessReception::new(Arc::clone(&plane), way),
            failure: opened.failure,
        };
        let front = Front::begin(plan, settings, clock, dice.stream("business/gate"))?;
        Ok(Self {
            front,
            plane,
            hatch,
        })
    }

    fn office(&self) -> BusinessOffice {
        BusinessOffice {
            plane: Some(Arc::clone(&self.plane)),
            key: self.front.key,
            vouching: Arc::clone(&self.front.vouching),
            authority: self.front.authority.clone(),
            vitals: Some(Arc::clone(&self.front.vitals)),
            exporter: Some(self.hatch.watch()),
        }
    }

    fn pane(&self) -> BusinessPane {
        BusinessPane {
            vitals: Arc::clone(&self.front.vitals),
            plane: Arc::clone(&self.plane),
            exporter: self.hatch.watch(),
        }
    }

    async fn close(self) {
        let Self {
            front,
            plane,
            hatch,
        } = self;
        let drain = async {
            // What is in the air is closed first: after that nothing of it could be written.
            hatch.close().await;
            plane.drain(PLANE_DRAIN).await;
        };
        front.close(Wing::Business, drain).await;
    }
}
