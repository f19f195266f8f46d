//! A relay that says what a test has it say, behind real TLS, at the other end of a pipe in memory.
//! Knows: the whole of what a caller sent. Never knows: real sockets; time stands still unless a
//! test lets it pass.

use std::io;
use std::sync::{Arc, Mutex};

use partywall_ground::limits::FRAME;
use partywall_ground::{Close, Days, Nonce32, RelayKey, Seconds, Spki};
use partywall_peer::collect;
use partywall_proof::{Hello, SigningKey, Vouch};
use partywall_socket::{
    CloseCode, FrameSocket, HttpVersion, Incoming, Limits, SocketError, accept_checks,
};
use partywall_world::{Clock, ManualClock, Wall};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::crypto::aws_lc_rs;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::TLS13;
use rustls::{HandshakeKind, NamedGroup, ServerConfig};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::way::{Duplex, Opening, Way};
use crate::seam::RelayPlace;

/// The date in these worlds, in Unix seconds.
pub(super) const TODAY: u64 = 1_800_000_000;
/// Where the relay lives.
pub(super) const AUTHORITY: &str = "relay.example:7443";

/// A TLS key with a certificate for somebody else, from another century.
pub(super) struct Certificate {
    acceptor: TlsAcceptor,
    pub(super) spki: Spki,
}

impl Certificate {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        Self::showing(&key, &key)
    }

    /// Shows the certificate of a key that it does not hold.
    pub(super) fn stolen() -> Self {
        Self::showing(&KeyPair::generate().unwrap(), &KeyPair::generate().unwrap())
    }

    fn showing(shown: &KeyPair, held: &KeyPair) -> Self {
        let mut params = CertificateParams::new(vec!["somebody.else.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(1970, 1, 1);
        params.not_after = rcgen::date_time_ymd(1971, 1, 1);
        let certificate = params.self_signed(shown).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let held = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(held.serialize_der()));
        let held = provider.key_provider.load_private_key(held).unwrap();
        let pair = CertifiedKey::new(vec![certificate.der().clone()], held);
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            spki: Spki::new(partywall_proof::sha256(&shown.subject_public_key_info())),
        }
    }

    pub(super) async fn accept(&self, stream: DuplexStream) -> io::Result<TlsStream<DuplexStream>> {
        self.acceptor.accept(stream).await
    }
}

/// The way to the scripted relay, and every stream that was opened on it.
pub(super) struct Wire {
    opened: mpsc::UnboundedSender<DuplexStream>,
    /// What was asked for, in order.
    pub(super) asked: Mutex<Vec<(String, u16)>>,
}

impl Way for Wire {
    fn open<'a>(&'a self, host: &'a str, port: u16) -> Opening<'a> {
        Box::pin(async move {
            self.asked.lock().unwrap().push((host.to_owned(), port));
            if host.starts_with("nowhere") {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let (here, there) = duplex(512 * 1024);
            let gone = |_| io::Error::from(io::ErrorKind::ConnectionRefused);
            self.opened.send(there).map_err(gone)?;
            Ok(Box::new(here) as Box<dyn Duplex>)
        })
    }
}

/// The relay's end of the world.
pub(super) struct ScriptedRelay {
    pub(super) key: SigningKey,
    pub(super) clock: ManualClock,
    pub(super) wire: Arc<Wire>,
    pub(super) certificate: Certificate,
    opened: mpsc::UnboundedReceiver<DuplexStream>,
}

impl ScriptedRelay {
    pub(super) fn new() -> Self {
        Self::with(Certificate::new())
    }

    pub(super) fn with(certificate: Certificate) -> Self {
        let (opened_here, opened) = mpsc::unbounded_channel();
        let wire = Wire {
            opened: opened_here,
            asked: Mutex::default(),
        };
        Self {
            key: SigningKey::from_seed(&[7; 32]),
            clock: ManualClock::at(Wall::from_seconds(TODAY)),
            wire: Arc::new(wire),
            certificate,
            opened,
        }
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    pub(super) fn place(&self) -> RelayPlace {
        RelayPlace {
            authorities: vec![AUTHORITY.to_owned()],
            key: *self.key.public().as_bytes(),
        }
    }

    /// A vouch of this relay, holding until an hour from `TODAY`.
    pub(super) fn vouch(&self, spki: Spki) -> Vouch {
        Vouch::make(&self.key, spki, Seconds::new(TODAY + 3_600))
    }

    pub(super) fn hello(&self, vouches: Vec<Vouch>) -> Hello {
        Hello {
            relay: RelayKey::new(*self.key.public().as_bytes()),
            nonce: Nonce32::new([4; 32]),
            vouches: vouches.try_into().unwrap(),
            clock: Seconds::new(TODAY),
            retention: Days::new(30),
        }
    }

    /// The next stream that is opened, before TLS.
    pub(super) async fn stream(&mut self) -> DuplexStream {
        self.opened.recv().await.unwrap()
    }

    /// The next caller, up to its upgrade; it has not been greeted.
    pub(super) async fn caller(&mut self) -> Caller {
        let stream = self.stream().await;
        let mut stream = self.certificate.accept(stream).await.unwrap();
        let group = stream.get_ref().1.negotiated_key_exchange_group();
        let group = group.map(|group| group.name());
        let handshake = stream.get_ref().1.handshake_kind();
        let sni = stream.get_ref().1.server_name().map(str::to_owned);
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        let request = String::from_utf8(request).unwrap();
        let mut lines = request.lines().skip(1);
        let headers = lines.by_ref().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name, value.as_bytes()));
        let accept = accept_checks("GET", HttpVersion::Http11, headers).unwrap();
        let mut answer = "HTTP/1.1 101 Switching Protocols\r\n".to_owned();
        for (name, value) in accept.headers() {
            answer += &format!("{name}: {value}\r\n");
        }
        answer += "\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let limits = Limits {
            max_frame: FRAME,
            stall: std::time::Duration::from_secs(10),
        };
        let socket = FrameSocket::server(stream, limits, self.clock()).await;
        Caller {
            socket,
            request,
            sni,
            group,
            handshake,
        }
    }

    /// The next caller, greeted as it should be.
    pub(super) async fn greets(&mut self) -> Caller {
        let mut caller = self.caller().await;
        let hello = self.hello(vec![self.vouch(self.certificate.spki)]);
        caller.greet(hello).await;
        caller
    }
}

/// Somebody who connected.
pub(super) struct Caller {
    pub(super) socket: FrameSocket<TlsStream<DuplexStream>>,
    /// The upgrade request, byte for byte.
    pub(super) request: String,
    pub(super) sni: Option<String>,
    pub(super) group: Option<NamedGroup>,
    pub(super) handshake: Option<HandshakeKind>,
}

impl Caller {
    pub(super) async fn greet(&mut self, hello: Hello) {
        self.say(collect::FromRelay::from(hello).encode()).await;
    }

    pub(super) async fn say(&mut self, frame: Vec<u8>) {
        self.socket.send(frame).await.unwrap();
    }

    /// Whatever comes next: a frame or the end.
    pub(super) async fn hears(&mut self) -> Result<Incoming, SocketError> {
        self.socket.recv().await
    }

    /// The next frame's bytes.
    pub(super) async fn frame(&mut self) -> Vec<u8> {
        match self.hears().await {
            Ok(Incoming::Frame(frame)) => frame.to_vec(),
            other => panic!("a frame was expected, and not {other:?}"),
        }
    }

    pub(super) async fn close(mut self, close: Close) {
        let _whether_heard = self
            .socket
            .close(CloseCode::new(close.code()).unwrap())
            .await;
    }
}
