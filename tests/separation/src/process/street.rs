//! A client of a few lines at a real door: TLS, WebSocket, frames.
//! Knows: sockets. Never knows: what frames mean.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use partywall_ground::Spki;
use partywall_socket::{FrameSocket, Incoming, connect};
use partywall_world::SystemClock;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::line::LIMITS;

/// A connection at a door of a relay.
pub(crate) struct Door {
    pub(crate) socket: FrameSocket<TlsStream<TcpStream>>,
    pub(crate) spki: Spki,
}

impl Door {
    /// Knocks.
    pub(crate) async fn at(address: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let (stream, spki) = partywall_test_relay::tls(address).await.context("tls")?;
        let clock = Arc::new(SystemClock::new());
        let host = address.to_string();
        let socket = connect(stream, &host, path, LIMITS, clock)
            .await
            .context("upgrade")?;
        Ok(Self { socket, spki })
    }

    /// The next frame.
    pub(crate) async fn hears(&mut self) -> anyhow::Result<Vec<u8>> {
        let waits = std::time::Duration::from_secs(20);
        match tokio::time::timeout(waits, self.socket.recv()).await?? {
            Incoming::Frame(frame) => Ok(frame.to_vec()),
            Incoming::Closed(code) => anyhow::bail!("closed with {code:?}"),
        }
    }
}
