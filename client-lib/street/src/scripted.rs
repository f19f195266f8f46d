//! A relay that says what a test has it say, behind real TLS, at the other end of a pipe in memory.
//! Knows: the whole of what a caller sent. Never knows: real sockets; time stands still unless a
//! test lets it pass.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use partywall_ground::limits::FRAME;
use partywall_ground::{Close, Days, Nonce32, RelayKey, Seconds, Spki, Wing, frame};
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

use crate::door::Door;
use crate::place::RelayPlace;
use crate::way::{Duplex, Opening, Way};

/// The date in these worlds, in Unix seconds.
pub const TODAY: u64 = 1_800_000_000;
/// Where the relay lives.
pub const AUTHORITY: &str = "relay.example:7443";

/// A TLS key with a certificate for somebody else, from another century.
pub struct Certificate {
    acceptor: TlsAcceptor,
    /// What vouches name it by.
    pub spki: Spki,
}

impl Certificate {
    /// With its own key.
    #[must_use]
    pub fn drawn() -> Self {
        let key = drawn_key();
        Self::showing(&key, &key)
    }

    /// Shows the certificate of a key that it does not hold.
    #[must_use]
    pub fn stolen() -> Self {
        Self::showing(&drawn_key(), &drawn_key())
    }

    fn showing(shown: &KeyPair, held: &KeyPair) -> Self {
        let mut params =
            CertificateParams::new(vec!["somebody.else.example".to_owned()]).expect("a name");
        params.not_before = rcgen::date_time_ymd(1970, 1, 1);
        params.not_after = rcgen::date_time_ymd(1971, 1, 1);
        let certificate = params.self_signed(shown).expect("a key that signs");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let held = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(held.serialize_der()));
        let held = provider.key_provider.load_private_key(held);
        let held = held.expect("a key that was just made");
        let pair = CertifiedKey::new(vec![certificate.der().clone()], held);
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .expect("the provider speaks TLS 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            spki: Spki::new(partywall_proof::sha256(&shown.subject_public_key_info())),
        }
    }

    /// TLS with whoever opened the stream.
    ///
    /// # Errors
    /// When the other end does not want this certificate.
    pub async fn accept(&self, stream: DuplexStream) -> io::Result<TlsStream<DuplexStream>> {
        self.acceptor.accept(stream).await
    }
}

fn drawn_key() -> KeyPair {
    KeyPair::generate().expect("randomness")
}

/// The way to the scripted relay, and every stream that was opened on it.
pub struct Wire {
    opened: mpsc::UnboundedSender<DuplexStream>,
    /// What was asked for, in order.
    pub asked: Mutex<Vec<(String, u16)>>,
}

impl Way for Wire {
    fn open<'a>(&'a self, host: &'a str, port: u16) -> Opening<'a> {
        Box::pin(async move {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.push((host.to_owned(), port));
            drop(asked);
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

/// The relay's end of the world: it greets as behind a door of the wing `W`.
pub struct ScriptedRelay<W: Wing> {
    /// Its permanent key.
    pub key: SigningKey,
    /// Both ends' clock, at [`TODAY`].
    pub clock: ManualClock,
    /// The way to it.
    pub wire: Arc<Wire>,
    /// What it shows in TLS.
    pub certificate: Certificate,
    door: Door<W>,
    opened: mpsc::UnboundedReceiver<DuplexStream>,
}

impl<W: Wing> ScriptedRelay<W> {
    /// With a certificate of its own.
    #[must_use]
    pub fn new(door: Door<W>) -> Self {
        Self::with(Certificate::drawn(), door)
    }

    /// With this certificate.
    #[must_use]
    pub fn with(certificate: Certificate, door: Door<W>) -> Self {
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
            door,
            opened,
        }
    }

    /// The clock, as a line takes it.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    /// Where it is, and its key.
    #[must_use]
    pub fn place(&self) -> RelayPlace {
        RelayPlace {
            authorities: vec![AUTHORITY.to_owned()],
            key: *self.key.public().as_bytes(),
        }
    }

    /// A vouch of this relay, holding until an hour from `TODAY`.
    #[must_use]
    pub fn vouch(&self, spki: Spki) -> Vouch {
        Vouch::make(&self.key, spki, Seconds::new(TODAY + 3_600))
    }

    /// Its first words with these vouches, of which there are at most as many as may be.
    #[must_use]
    pub fn hello(&self, vouches: Vec<Vouch>) -> Hello {
        Hello {
            relay: RelayKey::new(*self.key.public().as_bytes()),
            nonce: Nonce32::new([4; 32]),
            vouches: vouches.try_into().expect("few vouches"),
            clock: Seconds::new(TODAY),
            retention: Days::new(30),
        }
    }

    /// The next stream that is opened, before TLS.
    pub async fn stream(&mut self) -> DuplexStream {
        self.opened.recv().await.expect("the wire is ours")
    }

    /// The next caller, up to its upgrade; it has not been greeted.
    pub async fn caller(&mut self) -> Caller<W> {
        let stream = self.stream().await;
        let stream = self.certificate.accept(stream).await;
        let mut stream = stream.expect("the caller takes any certificate");
        let group = stream.get_ref().1.negotiated_key_exchange_group();
        let group = group.map(|group| group.name());
        let handshake = stream.get_ref().1.handshake_kind();
        let sni = stream.get_ref().1.server_name().map(str::to_owned);
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.expect("a whole request"));
        }
        let request = String::from_utf8(request).expect("text");
        let mut lines = request.lines().skip(1);
        let headers = lines.by_ref().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name, value.as_bytes()));
        let accept = accept_checks("GET", HttpVersion::Http11, headers);
        let accept = accept.expect("an upgrade request");
        let mut answer = "HTTP/1.1 101 Switching Protocols\r\n".to_owned();
        for (name, value) in accept.headers() {
            answer += &format!("{name}: {value}\r\n");
        }
        answer += "\r\n";
        let written = stream.write_all(answer.as_bytes()).await;
        written.expect("the caller listens");
        stream.flush().await.expect("the caller listens");
        let limits = Limits {
            max_frame: FRAME,
            stall: std::time::Duration::from_secs(10),
        };
        let socket = FrameSocket::server(stream, limits, self.clock()).await;
        Caller {
            socket,
            door: self.door,
            request,
            sni,
            group,
            handshake,
        }
    }

    /// The next caller, greeted as it should be.
    pub async fn greets(&mut self) -> Caller<W> {
        let mut caller = self.caller().await;
        let hello = self.hello(vec![self.vouch(self.certificate.spki)]);
        caller.greet(hello).await;
        caller
    }
}

/// Somebody who connected.
pub struct Caller<W: Wing> {
    /// The connection.
    pub socket: FrameSocket<TlsStream<DuplexStream>>,
    /// The upgrade request, byte for byte.
    pub request: String,
    /// The name in TLS's first message.
    pub sni: Option<String>,
    /// The key exchange that was agreed on.
    pub group: Option<NamedGroup>,
    /// Whether it is a full handshake.
    pub handshake: Option<HandshakeKind>,
    door: Door<W>,
}

impl<W: Wing> Caller<W> {
    /// Says Hello.
    pub async fn greet(&mut self, hello: Hello) {
        self.say(frame::build::<W>(self.door.hello(), &hello)).await;
    }

    /// Says a frame.
    ///
    /// # Panics
    /// When the caller is gone.
    pub async fn say(&mut self, frame: Vec<u8>) {
        self.socket.send(frame).await.expect("the caller listens");
    }

    /// Whatever comes next: a frame or the end.
    ///
    /// # Errors
    /// What the socket says.
    pub async fn hears(&mut self) -> Result<Incoming, SocketError> {
        self.socket.recv().await
    }

    /// The next frame's bytes.
    ///
    /// # Panics
    /// When the end comes instead.
    pub async fn frame(&mut self) -> Vec<u8> {
        let heard = self.hears().await.expect("a frame");
        let frame = match heard {
            Incoming::Frame(frame) => Some(frame.to_vec()),
            Incoming::Closed(_) => None,
        };
        frame.expect("a frame, and not the end")
    }

    /// Closes for this reason.
    pub async fn close(mut self, close: Close) {
        let code = CloseCode::new(close.code()).expect("every reason has a code");
        let _whether_heard = self.socket.close(code).await;
    }
}
