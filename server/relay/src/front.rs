//! One wing's side to the street: its listener, certificate, vouches and caretaker. The same for both wings, and nothing of it shared.
//! Knows: the order in which these begin and end. Never knows: what is said at the doors.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::RelayKey;
use partywall_proof::link::Authority;
use partywall_world::{Clock, Dice};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::caretaker::{Caretaker, Floor, Reload, Tended};
use crate::config::settings::{Settings, Tls};
use crate::disk::Disk;
use crate::identity::certificate::Pair;
use crate::identity::resolver::Current;
use crate::identity::source::{Reader, Source};
use crate::identity::tls;
use crate::identity::vouching::Vouching;
use crate::listener::gate::{Caps, Gate};
use crate::listener::street::{Reception, Street};
use crate::opening::Failure;
use crate::start_error::StartError;
use crate::stop::{self, Sign};
use crate::vitals::Vitals;
use crate::wing::Wing;

/// How long the end of a wing may take. (its plane gets a little less)
const DRAIN: Duration = Duration::from_secs(9);
/// What a plane gets.
pub const PLANE_DRAIN: Duration = Duration::from_secs(8);
/// How many may wait for a reload.
const RELOADS: usize = 4;

/// A wing's listener before anything is served.
pub struct Bound {
    listener: TcpListener,
    /// Where it is.
    pub address: SocketAddr,
}

impl Bound {
    /// Binds `address`; `what` is the flag that names it.
    ///
    /// # Errors
    /// [`StartError::Listen`].
    pub async fn to(what: &'static str, address: SocketAddr) -> Result<Self, StartError> {
        let refused = |error: std::io::Error| StartError::Listen {
            what,
            address,
            why: error.kind(),
        };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self { listener, address })
    }

    /// The bare listener.
    #[must_use]
    pub fn into_listener(self) -> TcpListener {
        self.listener
    }
}

/// What a wing's front is made of.
pub struct Plan<R> {
    /// Which wing.
    pub wing: Wing,
    /// Its listener.
    pub bound: Bound,
    /// Which certificate it serves.
    pub tls: Tls,
    /// Where links lead.
    pub authority: Option<Authority>,
    /// The key that they carry.
    pub key: RelayKey,
    /// Who vouches.
    pub vouching: Arc<Vouching>,
    /// Who is told about the disk.
    pub plane: Arc<dyn Floor>,
    /// What is done with whoever comes.
    pub reception: R,
    /// Whether the plane's store failed.
    pub failure: Failure,
}

/// A wing that is served.
pub struct Front {
    /// Where clients connect.
    pub address: SocketAddr,
    /// Where links lead.
    pub authority: Option<Authority>,
    /// The key that they carry.
    pub key: RelayKey,
    /// Who vouches.
    pub vouching: Arc<Vouching>,
    /// How it is.
    pub vitals: Arc<Vitals>,
    failure: Failure,
    reload: mpsc::Sender<Reload>,
    stop_street: Sign,
    stop_caretaker: Sign,
    street: JoinHandle<()>,
    caretaker: JoinHandle<()>,
}

impl Front {
    /// Begins to serve; `dice` is a stream of the wing's own.
    ///
    /// # Errors
    /// When the certificate cannot be used.
    pub fn begin<R: Reception>(
        plan: Plan<R>,
        settings: &Settings,
        clock: &Arc<dyn Clock>,
        dice: Dice,
    ) -> Result<Self, StartError> {
        let caps = Caps {
            connections: settings.max_connections,
            per_source: settings.max_connections_per_source,
        };
        let gate = Gate::new(caps, dice, clock.monotonic());
        let vitals = Vitals::new(Arc::clone(clock), Arc::clone(&gate), plan.failure.clone());
        let (tended, acceptor) = certificate(&plan, &settings.data)?;
        plan.vouching.renew();
        let mut caretaker = Caretaker {
            wing: plan.wing,
            folder: settings.data.clone(),
            floor: settings.min_free_disk,
            tended,
            vouching: Arc::clone(&plan.vouching),
            plane: plan.plane,
            vitals: Arc::clone(&vitals),
            clock: Arc::clone(clock),
            disk: Disk::Roomy,
            refused: 0,
            renewed: clock.monotonic(),
        };
        caretaker.look_at_disk();
        let (stop_street, stopped_street) = stop::sign();
        let (stop_caretaker, stopped_caretaker) = stop::sign();
        let (reload, reloads) = mpsc::channel(RELOADS);
        let street = Street {
            listener: plan.bound.listener,
            tls: acceptor,
            gate,
            reception: Arc::new(plan.reception),
            vitals: Arc::clone(&vitals),
            clock: Arc::clone(clock),
        };
        Ok(Self {
            address: plan.bound.address,
            authority: plan.authority,
            key: plan.key,
            vouching: plan.vouching,
            vitals,
            failure: plan.failure,
            reload,
            stop_street,
            stop_caretaker,
            street: tokio::spawn(street.run(stopped_street)),
            caretaker: tokio::spawn(caretaker.run(reloads, stopped_caretaker)),
        })
    }

    /// Has the certificate read again, and waits until it was.
    pub async fn reload_certificate(&self) {
        let (done, wait) = oneshot::channel();
        if self.reload.send(done).await.is_ok() {
            // An error means that the wing stops; then no certificate matters any more.
            let _done = wait.await;
        }
    }

    /// Waits until the wing's store failed for good, and gives its sentence.
    pub async fn failed(&self) -> String {
        let mut failure = self.failure.clone();
        match failure.wait_for(Option::is_some).await {
            Ok(sentence) => sentence.clone().unwrap_or_default(),
            Err(_well_to_the_end) => std::future::pending().await,
        }
    }

    /// Ends: accepts no more, has the plane `drain`, and waits for the last connection.
    pub async fn close(mut self, wing: Wing, drain: impl Future<Output = ()>) {
        self.vitals.drains();
        self.stop_street.raise();
        let drained = async {
            drain.await;
            let _ended = (&mut self.street).await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!(wing = wing.word(), "not every connection ended in time");
            self.street.abort();
        }
        self.stop_caretaker.raise();
        let _ended = self.caretaker.await;
    }
}

/// The certificate to serve and what is tended; neither behind a proxy.
fn certificate<R>(
    plan: &Plan<R>,
    folder: &Path,
) -> Result<(Option<Tended>, Option<TlsAcceptor>), StartError> {
    let host = |authority: &Authority| authority.bare_host().to_owned();
    let source = match &plan.tls {
        Tls::Proxy => return Ok((None, None)),
        Tls::SelfSigned => Source::SelfSigned {
            pair: Pair::of(plan.wing, folder),
            name: plan.authority.as_ref().map_or("localhost".into(), host),
        },
        Tls::Files { certificate, key } => Source::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        },
    };
    let provider = tls::provider();
    let mut reader = Reader::new(source, Arc::clone(&provider));
    let served = reader.read(plan.vouching.now())?;
    plan.vouching.serves(served.spki);
    let current = Arc::new(Current::new(served.certified));
    let config = tls::server(
        provider,
        Arc::clone(&current) as Arc<dyn rustls::server::ResolvesServerCert>,
    )?;
    let tended = Tended { reader, current };
    Ok((Some(tended), Some(TlsAcceptor::from(config))))
}
