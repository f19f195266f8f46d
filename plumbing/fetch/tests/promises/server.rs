//! A server that does what its script says with one connection.
//! Knows: certificates made for the moment. Never knows: HTTP beyond the end of a head.

use std::future::Future;
use std::sync::Arc;

use partywall_fetch::{Client, Plain, Reach, Roots, Url};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate for a name, and its key.
pub(crate) struct Certificate {
    pub(crate) pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
}

pub(crate) fn certificate(name: &str) -> Certificate {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    Certificate {
        pem: made.cert.pem(),
        der: made.cert.der().clone(),
        key: made.signing_key.serialize_der(),
    }
}

/// A server on loopback and what its script found.
pub(crate) struct Server<T> {
    pub(crate) port: u16,
    pub(crate) done: JoinHandle<T>,
}

/// Takes one connection, TLS if it comes to that, and follows the script; `None` if it did not.
pub(crate) async fn serve<T, F>(
    certificate: &Certificate,
    versions: &[&'static rustls::SupportedProtocolVersion],
    script: impl FnOnce(TlsStream<TcpStream>) -> F + Send + 'static,
) -> Server<Option<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send,
{
    let key = PrivateKeyDer::try_from(certificate.key.clone()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der.clone()], key)
        .unwrap();
    plain(async move |stream| {
        let stream = TlsAcceptor::from(Arc::new(config))
            .accept(stream)
            .await
            .ok()?;
        Some(script(stream).await)
    })
    .await
}

/// Takes one connection as it is and follows the script.
pub(crate) async fn plain<T, F>(script: impl FnOnce(TcpStream) -> F + Send + 'static) -> Server<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let done = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        script(stream).await
    });
    Server { port, done }
}

/// Reads a request whose body ends with `last`, or what there is until the other end is gone.
pub(crate) async fn request_until(
    stream: &mut (impl AsyncReadExt + Unpin),
    last: &[u8],
) -> Vec<u8> {
    let mut read = Vec::new();
    while !read.ends_with(last) {
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            break;
        }
    }
    read
}

/// Reads a request with the body `body`, says `answer`, and hangs up.
pub(crate) async fn answering(mut stream: TlsStream<TcpStream>, answer: &'static [u8]) -> Vec<u8> {
    let read = request_until(&mut stream, b"body").await;
    stream.write_all(answer).await.unwrap();
    let _gone = stream.shutdown().await;
    read
}

pub(crate) fn url(port: u16) -> Url {
    Url::parse(&format!("https://localhost:{port}/in"), Plain::Refused)
        .ok()
        .unwrap()
}

/// A client that believes this certificate and no other.
pub(crate) fn believing(certificate: &Certificate) -> Client {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &certificate.pem).unwrap();
    Client::new(&Roots::File(file), Reach::Anywhere).unwrap()
}
