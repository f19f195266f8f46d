//! Who is asked: where it listens, how it speaks, which process serves.
//! Knows: an address of this machine or another. Never knows: what will be asked.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use partywall_peer::Link;
use rustls::ClientConfig;
use tokio::net::{TcpSocket, TcpStream};

use crate::dialect::{Dialect, RelayDoor};
use crate::wire::Stream;
use crate::{LoadError, Process, tls};

/// A server under load.
#[derive(Clone)]
pub struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) host: String,
    pub(crate) dialect: Dialect,
    pub(crate) process: Option<Process>,
    tls: Option<Arc<ClientConfig>>,
    sources: Sources,
    next: Arc<AtomicU32>,
}

/// From which addresses connections come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    /// As the system likes it: some 28,000 connections to one port at most.
    System,
    /// From 127.0.1.1 on, a thousand connections each; for targets on this machine only.
    Loopback,
}

/// Connections from one source address.
const EACH: u32 = 1_000;

impl Target {
    /// The relay of a link, which names its key and may hold a pass, listening at `address` with TLS.
    ///
    /// # Errors
    /// [`LoadError::Link`].
    pub fn relay(link: &str, address: SocketAddr) -> Result<Self, LoadError> {
        let Ok(Link::Relay(link)) = Link::parse(link) else {
            return Err(LoadError::Link);
        };
        let host = link.authority().as_str().to_owned();
        let dialect = Dialect::Relay(RelayDoor::of(&link));
        Ok(Self::new(address, host, dialect, Some(tls::config())))
    }

    /// A yardstick: `TLS` with whatever certificate it shows, or plain.
    #[must_use]
    pub fn yardstick(address: SocketAddr, with_tls: bool) -> Self {
        let tls = with_tls.then(tls::config);
        Self::new(address, "localhost".to_owned(), Dialect::Yardstick, tls)
    }

    fn new(
        address: SocketAddr,
        host: String,
        dialect: Dialect,
        tls: Option<Arc<ClientConfig>>,
    ) -> Self {
        Self {
            address,
            host,
            dialect,
            process: None,
            tls,
            sources: Sources::System,
            next: Arc::new(AtomicU32::new(1)),
        }
    }

    /// Without TLS: a relay behind a proxy, asked past it. Its first vouch stands for the certificate
    /// that nobody shows.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.tls = None;
        self
    }

    /// The process whose time and memory are looked at.
    #[must_use]
    pub fn served_by(mut self, process: Process) -> Self {
        self.process = Some(process);
        self
    }

    /// From which addresses connections come from now on.
    #[must_use]
    pub fn from(mut self, sources: Sources) -> Self {
        self.sources = sources;
        self
    }

    /// Whether it is spoken to with TLS.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Whether it is a relay, and no yardstick.
    pub(crate) fn is_relay(&self) -> bool {
        matches!(self.dialect, Dialect::Relay(_))
    }

    /// The process whose time and memory are looked at, if it is on this machine.
    #[must_use]
    pub fn process(&self) -> Option<Process> {
        self.process
    }

    /// So many numbers in a row that no other mailbox of this target has.
    pub(crate) fn numbers(&self, count: u32) -> u32 {
        self.next.fetch_add(count, Ordering::Relaxed)
    }

    /// A new connection, and the key of the certificate that was shown on it.
    pub(crate) async fn connect(
        &self,
    ) -> Result<(Stream, Option<partywall_ground::Spki>), LoadError> {
        let stream = self.tcp().await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => Ok((Stream::Plain(stream), None)),
            Some(config) => {
                let (stream, shown) = tls::connect(config, &self.host, stream).await?;
                Ok((Stream::Tls(Box::new(stream)), Some(shown)))
            }
        }
    }

    async fn tcp(&self) -> Result<TcpStream, LoadError> {
        if self.sources == Sources::System {
            return Ok(TcpStream::connect(self.address).await?);
        }
        let socket = TcpSocket::new_v4()?;
        socket.bind(self.source())?;
        Ok(socket.connect(self.address).await?)
    }

    fn source(&self) -> SocketAddr {
        let group = self.next.fetch_add(1, Ordering::Relaxed) / EACH;
        let [_, _, high, low] = group.to_be_bytes();
        let address = Ipv4Addr::new(127, 1, high, low.max(1));
        SocketAddr::new(IpAddr::V4(address), 0)
    }
}
