//! A webhook on the loopback, behind TLS, of any temper: `LyingSink` is one. Everything that it reads is kept, also
//! half of a request.
//! Knows: one secret, bytes. Never knows: what they mean.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use partywall_business::field::Recipient;
use partywall_exporter::config::{SinkSettings, Way};
use partywall_fetch::{Plain, Roots, Url};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls_pki_types::PrivateKeyDer;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes it and gives the receipt.
    Honest,
    /// Reads it and says nothing, ever.
    Hangs,
    /// Reads it and says that something broke.
    Breaks,
    /// Says that it is well, without a receipt.
    Lies,
    /// Answers byte by byte, without an end.
    Drips,
    /// Hangs up on whoever comes, before a word.
    Away,
}

impl Mood {
    /// Each in which it listens.
    pub const ALL: [Self; 5] = [
        Self::Honest,
        Self::Hangs,
        Self::Breaks,
        Self::Lies,
        Self::Drips,
    ];
}

/// One request, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Head and body.
    pub raw: Vec<u8>,
}

impl Request {
    /// The body, as far as it came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        ends(&self.raw).map_or(&[], |at| &self.raw[at..])
    }

    /// Whether all of it came.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        length(&self.raw) == Some(self.body().len())
    }
}

/// A webhook.
pub struct Webhook {
    folder: tempfile::TempDir,
    port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    mood: Mutex<Mood>,
    turned_away: AtomicU64,
    requests: Mutex<Vec<Request>>,
}

impl Webhook {
    /// Begins to listen.
    ///
    /// # Panics
    /// When the machine has no loopback.
    pub async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate can be made");
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).expect("there is room for a file");
        };
        write("ca.pem", made.cert.pem().as_bytes());
        write("secret", SECRET);
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.path().join("secret"), private).expect("it is ours");
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .expect("the provider knows both")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.expect("it is a key"))
            .expect("key and certificate belong together");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Honest),
            turned_away: AtomicU64::new(0),
            requests: Mutex::default(),
        });
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let task = tokio::spawn(listen(listener, acceptor, Arc::clone(&shared)));
        Self {
            folder,
            port,
            shared,
            task,
        }
    }

    /// From now on it answers so.
    pub fn becomes(&self, mood: Mood) {
        *lock(&self.shared.mood) = mood;
    }

    /// How often it hung up before a word.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.shared.turned_away.load(Ordering::Relaxed)
    }

    /// Everything that it was ever sent, in the order in which requests began.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// Ends when a request that it reads now, or has read, is whole: `from` counts those before.
    pub async fn is_asked(&self, from: usize) {
        loop {
            if lock(&self.shared.requests)[from..]
                .iter()
                .any(Request::is_whole)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// What the exporter has to know of it.
    ///
    /// # Panics
    /// Never: the address is good.
    #[must_use]
    pub fn settings(&self, name: &str, recipient: Recipient, patience: Duration) -> SinkSettings {
        let file = |name: &str| -> PathBuf { self.folder.path().join(name) };
        let url = format!("https://localhost:{}/in", self.port);
        SinkSettings {
            name: name.to_owned(),
            recipient,
            way: Way::Webhook {
                url: Url::parse(&url, Plain::Refused).expect("a good address"),
                secret_file: file("secret"),
                roots: Roots::File(file("ca.pem")),
            },
            attempt_timeout: patience,
        }
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let mut serving = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        if *lock(&shared.mood) == Mood::Away {
            shared.turned_away.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        serving.spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, &shared).await;
            }
        });
        while serving.try_join_next().is_some() {}
    }
}

async fn serve(mut stream: TlsStream<TcpStream>, shared: &Shared) {
    let place = {
        let mut requests = lock(&shared.requests);
        requests.push(Request::default());
        requests.len() - 1
    };
    let request = loop {
        let mut piece = [0; 4_096];
        let read = stream.read(&mut piece).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        let mut requests = lock(&shared.requests);
        requests[place].raw.extend_from_slice(&piece[..read]);
        if requests[place].is_whole() {
            break requests[place].clone();
        }
    };
    let mood = *lock(&shared.mood);
    let answer = match mood {
        Mood::Honest => {
            let receipt = receipt(&request.raw);
            format!(
                "HTTP/1.1 202 Accepted\r\nPartywall-Receipt: {receipt}\r\nContent-Length: 2\r\n\r\nok"
            )
        }
        Mood::Breaks => "HTTP/1.1 500 Broken\r\nContent-Length: 2\r\n\r\noh".to_owned(),
        Mood::Lies => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned(),
        Mood::Hangs | Mood::Away => String::new(),
        Mood::Drips => "HTTP/1.1 200 OK\r\nX: ".to_owned(),
    };
    let _gone = stream.write_all(answer.as_bytes()).await;
    let _gone = stream.flush().await;
    match mood {
        Mood::Hangs | Mood::Away => {
            let _gone = stream.read(&mut [0; 16]).await;
        }
        Mood::Drips => {
            while stream.write_all(b"x").await.is_ok() && stream.flush().await.is_ok() {
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        }
        Mood::Honest | Mood::Breaks | Mood::Lies => {
            let _gone = stream.shutdown().await;
        }
    }
}

fn receipt(raw: &[u8]) -> String {
    let batch = header(raw, "partywall-batch").unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("any length is a key");
    mac.update(b"receipt");
    mac.update(batch.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

fn ends(raw: &[u8]) -> Option<usize> {
    raw.windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn length(raw: &[u8]) -> Option<usize> {
    header(raw, "content-length")?.parse().ok()
}

fn header(raw: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(&raw[..ends(raw)?]).to_lowercase();
    let value = head
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.map(str::to_owned)
}
