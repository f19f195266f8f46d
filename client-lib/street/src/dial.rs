//! Reaches a relay at one of its authorities, in their order, each with bounded patience.
//! Knows: authorities, TCP, TLS, the upgrade request. Never knows: mailboxes, what frames say.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::limits::{FRAME, HANDSHAKE_SECONDS};
use partywall_ground::{Close, RelayKey, Spki, Wing};
use partywall_proof::link::Authority;
use partywall_socket::{Limits, SocketError};
use partywall_world::Clock;
use rustls::{ClientConfig, NamedGroup, ProtocolVersion};
use rustls_pki_types::CertificateDer;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::door::Door;
use crate::greet::{Dialled, Greeted};
use crate::place::RelayPlace;
use crate::tls;
use crate::trouble::Trouble;
use crate::way::{Duplex, Way};

/// The patience for one authority's TCP connection.
const CONNECT: Duration = Duration::from_secs(10);
/// The patience for TLS, upgrade and Hello together. (SPEC §8)
const HANDSHAKE: Duration = Duration::from_secs(HANDSHAKE_SECONDS);
/// What a socket puts up with: the longest frame, and how long the relay may take to take one.
const LIMITS: Limits = Limits {
    max_frame: FRAME,
    stall: Duration::from_secs(30),
};

/// TLS over whatever the way yields.
pub type Stream = TlsStream<Box<dyn Duplex>>;

/// The way from here to relays, and the one manner of speaking on it. Cheap to clone.
#[derive(Clone)]
pub struct Dialler {
    way: Arc<dyn Way>,
    tls: Arc<ClientConfig>,
    clock: Arc<dyn Clock>,
}

impl Dialler {
    /// Goes by `way`, tells the time by `clock`.
    #[must_use]
    pub fn new(way: Arc<dyn Way>, clock: Arc<dyn Clock>) -> Self {
        let tls = tls::client_config();
        Self { way, tls, clock }
    }

    /// The clock that everything on this street goes by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A connection with the relay itself, proven, at the first of its authorities that leads to it.
    ///
    /// # Errors
    /// The most telling of the authorities' troubles. A wrong relay was sent nothing. (SPEC R-2)
    pub async fn reach<W: Wing>(&self, to: &RelayPlace, door: Door<W>) -> Result<Greeted, Trouble> {
        let mut most_telling = None;
        for authority in &to.authorities {
            let reached = Box::pin(self.reach_at(authority, RelayKey::new(to.key), door));
            let trouble = match reached.await {
                Ok(greeted) => return Ok(greeted),
                Err(trouble) => trouble,
            };
            most_telling = match most_telling.take() {
                Some(before) if Trouble::weight(&before) >= trouble.weight() => Some(before),
                _ => Some(trouble),
            };
        }
        let host = String::new();
        Err(most_telling.unwrap_or(Trouble::NotAHost { host }))
    }

    async fn reach_at<W: Wing>(
        &self,
        at: &str,
        key: RelayKey,
        door: Door<W>,
    ) -> Result<Greeted, Trouble> {
        let bad = |_| Trouble::NotAHost {
            host: at.to_owned(),
        };
        let at = Authority::parse(at).map_err(bad)?;
        let stream = self.connect(&at).await?;
        let handshake = async {
            let secured = self.secure(&at, stream).await?;
            let dialled = secured.upgrade(door, Arc::clone(&self.clock)).await?;
            dialled.greet(&key, self.clock.wall()).await
        };
        let in_time = timeout(HANDSHAKE, handshake).await;
        in_time.unwrap_or_else(|_elapsed| Err(Trouble::TooSlow { host: host_of(&at) }))
    }

    /// A stream of bytes to an authority, within 10 s.
    ///
    /// # Errors
    /// [`Trouble::Unreachable`].
    pub async fn connect(&self, at: &Authority) -> Result<Box<dyn Duplex>, Trouble> {
        let opening = self.way.open(at.bare_host(), at.port());
        match timeout(CONNECT, opening).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(_)) | Err(_) => Err(Trouble::Unreachable { host: host_of(at) }),
        }
    }

    /// TLS over it. The caller bounds the time. (SPEC R-1)
    ///
    /// # Errors
    /// [`Trouble`]: not a host, not TLS 1.3, or hung up.
    pub async fn secure(
        &self,
        at: &Authority,
        stream: Box<dyn Duplex>,
    ) -> Result<Secured, Trouble> {
        let not_a_host = || Trouble::NotAHost { host: host_of(at) };
        let no_tls = || Trouble::NoTls { host: host_of(at) };
        let name = tls::server_name(at.bare_host()).ok_or_else(not_a_host)?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let handshake = connector.connect(name, stream).await;
        let stream = handshake.map_err(|error| match error.kind() {
            ErrorKind::InvalidData | ErrorKind::InvalidInput => no_tls(),
            _ => Trouble::HangsUp { host: host_of(at) },
        })?;
        let certificate = shown(&stream).ok_or_else(no_tls)?;
        let spki = tls::spki_of(&certificate).ok_or_else(no_tls)?;
        let at = at.clone();
        Ok(Secured {
            at,
            stream,
            certificate,
            spki,
        })
    }
}

fn shown(stream: &Stream) -> Option<CertificateDer<'static>> {
    let (_, session) = stream.get_ref();
    let leaf = session.peer_certificates()?.first()?;
    Some(leaf.clone().into_owned())
}

/// TLS stands, with whoever holds this certificate's key.
pub struct Secured {
    at: Authority,
    stream: Stream,
    certificate: CertificateDer<'static>,
    spki: Spki,
}

impl Secured {
    /// Which TLS version was agreed on.
    #[must_use]
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.stream.get_ref().1.protocol_version()
    }

    /// Which key exchange was agreed on.
    #[must_use]
    pub fn group(&self) -> Option<NamedGroup> {
        let group = self.stream.get_ref().1.negotiated_key_exchange_group();
        group.map(|group| group.name())
    }

    /// From when until when the certificate that was shown says that it is valid, in Unix seconds.
    /// For reports only: nothing is decided by it. (SPEC R-1)
    #[must_use]
    pub fn certificate_dates(&self) -> Option<(u64, u64)> {
        tls::dates_of(&self.certificate)
    }

    /// Asks for the WebSocket of a door: the same request whoever asks, for whatever. The caller
    /// bounds the time. (SPEC R-3)
    ///
    /// # Errors
    /// [`Trouble`]: the relay is busy, too slow or gone, or no relay.
    pub async fn upgrade<W: Wing>(
        self,
        door: Door<W>,
        clock: Arc<dyn Clock>,
    ) -> Result<Dialled<W>, Trouble> {
        let header = self.at.in_link();
        let opened = partywall_socket::connect(self.stream, header, door.path(), LIMITS, clock);
        let host = host_of(&self.at);
        match Box::pin(opened).await {
            Ok(socket) => Ok(Dialled::new(socket, door, host, self.spki)),
            Err(SocketError::Refused { status: 429 | 503 }) => Err(Trouble::Closed(Close::Busy)),
            Err(SocketError::Stalled) => Err(Trouble::TooSlow { host }),
            Err(SocketError::Closed | SocketError::Io(_)) => Err(Trouble::Lost),
            Err(_) => Err(Trouble::NotARelay { host }),
        }
    }
}

/// What a sentence for people says.
#[must_use]
pub fn host_of(at: &Authority) -> String {
    at.host().to_owned()
}
