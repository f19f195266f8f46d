//! One relay, from its folder to its last acknowledgement. Many may live in one process; none leaves anything global behind.
//! Knows: the order in which things start and stop. Never knows: what is said at the doors.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_ground::RelayKey;
use partywall_store::FolderLock;
use partywall_world::{Clock, Dice};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::admin::{self, office::Office};
use crate::caretaker::{Caretaker, Reload, Tended};
use crate::config::settings::{Settings, Tls};
use crate::disk::Disk;
use crate::identity::resolver::Current;
use crate::identity::source::{Reader, Source};
use crate::identity::tls;
use crate::listener::gate::{Caps, Gate};
use crate::listener::operator;
use crate::listener::peer::PeerListener;
use crate::opening::{self, Failure};
use crate::start_error::StartError;
use crate::stop::{self, Sign};
use crate::vitals::Vitals;
use crate::window::Panes;

/// How long a stop may take. (the plane gets a little less)
const DRAIN: Duration = Duration::from_secs(9);
/// How many may wait for a reload.
const RELOADS: usize = 4;
const PLANE_DRAIN: Duration = Duration::from_secs(8);

/// A relay that is running.
pub struct Relay {
    peer: SocketAddr,
    operator: SocketAddr,
    office: Arc<Office>,
    vitals: Arc<Vitals>,
    reload: mpsc::Sender<Reload>,
    stop_peers: Sign,
    stop_rest: Sign,
    peers: JoinHandle<()>,
    rest: Vec<JoinHandle<()>>,
    failure: Failure,
    folder: PathBuf,
    _lock: FolderLock,
}

impl Relay {
    /// Starts a relay: takes the folder, settles identity and certificate, opens the store, listens.
    ///
    /// # Errors
    /// One sentence for the operator. Nothing is left running.
    pub async fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        mut dice: Dice,
    ) -> Result<Self, StartError> {
        let opened = opening::open(&settings, &clock, &mut dice)?;
        let listener = listen("peer", settings.peer).await?;
        let peer = local(&listener, "peer", settings.peer)?;
        let operators = listen("operator", settings.operator).await?;
        let operator = local(&operators, "operator", settings.operator)?;

        let caps = Caps {
            connections: settings.max_connections,
            per_source: settings.max_connections_per_source,
        };
        let gate = Gate::new(caps, dice.stream("relay/gate"), clock.monotonic());
        let vitals = Vitals::new(
            Arc::clone(&clock),
            Arc::clone(&gate),
            opened.failure.clone(),
        );
        let authority = settings.authority(peer);
        let name = authority
            .as_ref()
            .map_or("localhost", |authority| authority.bare_host())
            .to_owned();
        let office = Arc::new(Office {
            plane: Arc::clone(&opened.plane),
            identity: opened.identity,
            vouches: Mutex::new(opened.vouches),
            clock: Arc::clone(&clock),
            authority,
            admission: settings.admission,
            vitals: Some(Arc::clone(&vitals)),
        });

        let (tended, acceptor) = certificate(&settings, name, &office)?;
        office.renew_vouches();
        let mut caretaker = Caretaker {
            folder: settings.data.clone(),
            floor: settings.min_free_disk,
            tended,
            office: Arc::clone(&office),
            vitals: Arc::clone(&vitals),
            renewed: clock.monotonic(),
            clock: Arc::clone(&clock),
            disk: Disk::Roomy,
            refused: 0,
        };
        caretaker.look_at_disk();
        let admin = admin::socket::bind(&settings.data).map_err(|error| StartError::Admin {
            folder: settings.data.clone(),
            why: error.kind(),
        })?;

        let (stop_peers, stopped_peers) = stop::sign();
        let (stop_rest, stopped_rest) = stop::sign();
        let (reload, reloads) = mpsc::channel(RELOADS);
        let window = Arc::new(Panes {
            vitals: Arc::clone(&vitals),
            plane: Arc::clone(&opened.plane),
        });
        let peers = PeerListener {
            listener,
            tls: acceptor,
            gate,
            plane: opened.plane,
            vitals: Arc::clone(&vitals),
            clock,
        };
        let peers = tokio::spawn(peers.run(stopped_peers));
        let rest = vec![
            tokio::spawn(operator::run(operators, window, stopped_rest.clone())),
            tokio::spawn(admin::socket::run(
                admin,
                Arc::clone(&office),
                stopped_rest.clone(),
            )),
            tokio::spawn(caretaker.run(reloads, stopped_rest)),
        ];
        tracing::info!("the relay is ready");
        Ok(Self {
            peer,
            operator,
            office,
            vitals,
            reload,
            stop_peers,
            stop_rest,
            peers,
            rest,
            failure: opened.failure,
            folder: settings.data,
            _lock: opened.lock,
        })
    }

    /// Where clients connect.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.peer
    }

    /// Where health and metrics answer.
    #[must_use]
    pub fn operator_addr(&self) -> SocketAddr {
        self.operator
    }

    /// The relay link, without a pass.
    #[must_use]
    pub fn link(&self) -> String {
        self.office
            .link()
            .expect("a bound listener has a port, and so its link an authority")
    }

    /// The permanent key that links carry.
    #[must_use]
    pub fn key(&self) -> RelayKey {
        self.office.identity.public()
    }

    /// For passes, vouches and status, as behind the admin socket.
    #[must_use]
    pub fn office(&self) -> &Arc<Office> {
        &self.office
    }

    /// Reads the certificate again, as SIGHUP does, and waits until that was done. A certificate
    /// that cannot be used leaves the one before in place, and the log says why.
    pub async fn reload_certificate(&self) {
        let (done, wait) = oneshot::channel();
        if self.reload.send(done).await.is_ok() {
            // An error means that the relay stops; then no certificate matters any more.
            let _done = wait.await;
        }
    }

    /// Waits until the store failed for good, and gives its sentence. Nothing is acknowledged from
    /// then on, and the process should end. Never ends while the store is well.
    pub async fn failed(&self) -> String {
        let mut failure = self.failure.clone();
        match failure.wait_for(Option::is_some).await {
            Ok(sentence) => sentence.clone().unwrap_or_default(),
            Err(_well_to_the_end) => std::future::pending().await,
        }
    }

    /// Stops: accepts no more, tells everybody to come back, writes what was taken, closes the store. Ten seconds at the most.
    pub async fn shutdown(mut self) {
        self.vitals.drains();
        self.stop_peers.raise();
        let drained = async {
            self.office.plane.drain(PLANE_DRAIN).await;
            let _ended = (&mut self.peers).await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("not every connection ended in time");
            self.peers.abort();
        }
        self.stop_rest.raise();
        for task in self.rest.drain(..) {
            let _ended = task.await;
        }
        // A socket without a relay behind it would only be replaced by the next one.
        let _gone = std::fs::remove_file(self.folder.join(admin::socket::FILE));
        tracing::info!("the relay has stopped");
    }
}

async fn listen(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Listen {
            what,
            address,
            why: error.kind(),
        })
}

fn local(
    listener: &TcpListener,
    what: &'static str,
    address: SocketAddr,
) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::Listen {
        what,
        address,
        why: error.kind(),
    })
}

/// The certificate to serve and who tends it; neither behind a proxy.
fn certificate(
    settings: &Settings,
    name: String,
    office: &Office,
) -> Result<(Option<Tended>, Option<TlsAcceptor>), StartError> {
    let source = match &settings.tls {
        Tls::Proxy => return Ok((None, None)),
        Tls::SelfSigned => Source::SelfSigned {
            folder: settings.data.clone(),
            name,
        },
        Tls::Files { certificate, key } => Source::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        },
    };
    let provider = tls::provider();
    let mut reader = Reader::new(source, Arc::clone(&provider));
    let served = reader.read(office.clock.wall())?;
    office.serves(served.spki);
    let current = Arc::new(Current::new(served.certified));
    let config = tls::server(
        provider,
        Arc::clone(&current) as Arc<dyn rustls::server::ResolvesServerCert>,
    )?;
    Ok((
        Some(Tended { reader, current }),
        Some(TlsAcceptor::from(config)),
    ))
}
