//! The yardstick: tokio-tungstenite over TLS that sends back what it gets, and nothing else.
//! Knows: one connection. Never knows: Partywall.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use partywall_world::{Clock, SystemClock};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::{PrivateKeyDer, ServerName};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// A client of the echo.
pub(crate) struct Echo {
    socket: WebSocketStream<TlsStream<TcpStream>>,
    clock: SystemClock,
}

impl Echo {
    pub(crate) async fn start() -> Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let server = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let stream = TlsAcceptor::from(Arc::new(server)).accept(stream).await?;
            let mut socket = tokio_tungstenite::accept_async(stream).await?;
            while let Some(Ok(message)) = socket.next().await {
                if message.is_binary() {
                    socket.send(message).await?;
                }
            }
            anyhow::Ok(())
        });
        let mut roots = RootCertStore::empty();
        roots.add(certificate)?;
        let client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost")?;
        let stream = TlsConnector::from(Arc::new(client))
            .connect(name, stream)
            .await?;
        let (socket, _) = tokio_tungstenite::client_async("ws://localhost/", stream).await?;
        Ok(Self {
            socket,
            clock: SystemClock::new(),
        })
    }

    /// 4,096 bytes there and back.
    pub(crate) async fn round_trip(&mut self) -> Result<Duration> {
        let start = self.clock.monotonic();
        self.socket.send(Message::binary(vec![7; 4_096])).await?;
        let answer = self.socket.next().await.context("the echo ended")??;
        anyhow::ensure!(answer.len() == 4_096, "the echo answered something else");
        Ok(self.clock.monotonic().since(start))
    }
}
