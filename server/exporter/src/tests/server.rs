//! A webhook that does what its script says with each connection in turn.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::field::Recipient;
use partywall_fetch::{Plain, Roots, Url};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::{SinkSettings, Way};
use crate::scene::{Draft, SINK};
use crate::secret::Secret;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// What the webhook does with one request, once it has read it.
pub(super) enum Deed {
    /// Says this and hangs up.
    Say(Vec<u8>),
    /// Says this and then nothing, and never hangs up.
    Hang(Vec<u8>),
    /// Says one byte of an endless head after another.
    Drip,
}

/// One request, as it was read.
pub(super) struct Asked {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

/// What a webhook saw.
pub(super) enum Seen {
    /// A connection whose other end did not like the certificate, and how many bytes it sent after the handshake.
    Refused(usize),
    Asked(Asked),
    /// The exporter hung up on a deed that hangs.
    HungUp,
}

pub(super) struct Webhook {
    folder: tempfile::TempDir,
    port: u16,
    seen: mpsc::UnboundedReceiver<Seen>,
    deeds: mpsc::UnboundedSender<Deed>,
}

impl Webhook {
    /// With a certificate for this name. Deeds are done in the order in which they are given.
    pub(super) async fn named(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), made.cert.pem()).unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, SECRET).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, seen) = mpsc::unbounded_channel();
        let (deeds, to_do) = mpsc::unbounded_channel();
        tokio::spawn(serve(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            tell,
            to_do,
        ));
        Self {
            folder,
            port,
            seen,
            deeds,
        }
    }

    pub(super) async fn new() -> Self {
        Self::named("localhost").await
    }

    pub(super) fn will(&self, deed: Deed) {
        self.deeds.send(deed).unwrap();
    }

    pub(super) async fn saw(&mut self) -> Seen {
        self.seen.recv().await.unwrap()
    }

    pub(super) async fn asked(&mut self) -> Asked {
        match self.saw().await {
            Seen::Asked(asked) => asked,
            Seen::Refused(_) => unreachable!("refused"),
            Seen::HungUp => unreachable!("hung up"),
        }
    }

    pub(super) fn settings(&self, attempt_timeout: Duration) -> SinkSettings {
        let file = |name: &str| -> PathBuf { self.folder.path().join(name) };
        let url = format!("https://localhost:{}/in", self.port);
        SinkSettings {
            name: SINK.into(),
            recipient: Recipient::Parent,
            way: Way::Webhook {
                url: Url::parse(&url, Plain::Refused).ok().unwrap(),
                secret_file: file("secret"),
                roots: Roots::File(file("ca.pem")),
            },
            attempt_timeout,
        }
    }
}

pub(super) fn mac(parts: &[&[u8]]) -> String {
    let secret = Secret::new(zeroize::Zeroizing::new(SECRET.to_vec())).unwrap();
    format!("sha256={}", hex::encode(secret.mac(parts)))
}

/// The receipt that a webhook gives for a batch.
pub(super) fn receipt(draft: &Draft) -> String {
    mac(&[b"receipt", hex::encode(draft.batch).as_bytes()])
}

pub(super) fn taken(draft: &Draft) -> Deed {
    answer(
        "202 Accepted",
        &format!("Partywall-Receipt: {}\r\n", receipt(draft)),
    )
}

pub(super) fn answer(status: &str, headers: &str) -> Deed {
    Deed::Say(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 2\r\n\r\nok").into_bytes())
}

/// The first byte of every TLS connection.
const TLS_BEGINS: [u8; 1] = [0x16];

async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    tell: mpsc::UnboundedSender<Seen>,
    mut to_do: mpsc::UnboundedReceiver<Deed>,
) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut first = [0];
        if stream.peek(&mut first).await.is_ok_and(|count| count == 1) && first != TLS_BEGINS {
            // Somebody speaks without TLS.
            let mut heard = [0; 1_024];
            let count = stream.read(&mut heard).await.unwrap_or(0);
            let _over = tell.send(Seen::Refused(count));
            continue;
        }
        let Ok(mut stream) = acceptor.accept(stream).await else {
            let _over = tell.send(Seen::Refused(0));
            continue;
        };
        let asked = match request(&mut stream).await {
            Ok(asked) => asked,
            Err(bytes) => {
                let _over = tell.send(Seen::Refused(bytes));
                continue;
            }
        };
        let _over = tell.send(Seen::Asked(asked));
        let Some(deed) = to_do.recv().await else {
            return;
        };
        match deed {
            Deed::Say(said) => {
                let _gone = stream.write_all(&said).await;
                let _gone = stream.shutdown().await;
            }
            Deed::Hang(said) => {
                let _gone = stream.write_all(&said).await;
                let _gone = stream.flush().await;
                let mut rest = Vec::new();
                let _gone = stream.read_to_end(&mut rest).await;
                let _over = tell.send(Seen::HungUp);
            }
            Deed::Drip => {
                let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
                while stream.write_all(b"x").await.is_ok() && stream.flush().await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                let _over = tell.send(Seen::HungUp);
            }
        }
    }
}

/// One request, or how many bytes of one there were when the other end hung up.
async fn request(stream: &mut TlsStream<TcpStream>) -> Result<Asked, usize> {
    let mut read = Vec::new();
    loop {
        if let Some(asked) = whole(&read) {
            return Ok(asked);
        }
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return Err(read.len());
        }
    }
}

fn whole(read: &[u8]) -> Option<Asked> {
    let ends = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let (head, body) = read.split_at(ends);
    let head = String::from_utf8(head.to_vec()).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1)?.lines().next()?;
    let all = body.len() == length.parse::<usize>().ok()?;
    all.then(|| Asked {
        head,
        body: body.to_vec(),
    })
}
