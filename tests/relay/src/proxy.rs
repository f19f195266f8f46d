//! Terminates TLS in front of the relay and carries HTTP heads as they are and frames with faults.
//! Knows: two sockets a connection, the door in the request line. Never knows: what frames say.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::knobs::{Direction, Door, Knobs};
use crate::passage::{Ended, carry};
use crate::road::{Road, lead};
use crate::tearing::Tearing;

/// The longest HTTP head that is carried.
const HEAD: usize = 16 * 1024;
/// The longest message that is carried: a little more than the relay takes, so that it can refuse.
const MESSAGE: usize = 128 * 1024;
/// How long the other side may take to say goodbye, too.
const FAREWELL: Duration = Duration::from_secs(2);

/// A proxy, before it runs.
pub(crate) struct Proxy {
    pub(crate) listener: TcpListener,
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) upstream: SocketAddr,
    pub(crate) knobs: Knobs,
}

impl Proxy {
    /// Serves for as long as its runtime lives.
    pub(crate) async fn run(self) {
        let Self {
            listener,
            acceptor,
            upstream,
            knobs,
        } = self;
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, knobs) = (acceptor.clone(), knobs.clone());
            tokio::spawn(async move {
                let mut cuts = knobs.cuts();
                let served = async {
                    let _nodelay = stream.set_nodelay(true);
                    match knobs.present_road() {
                        Road::Smooth => serve(stream, acceptor, upstream, knobs).await,
                        rough => serve(lead(stream, rough), acceptor, upstream, knobs).await,
                    }
                };
                tokio::select! {
                    _served = Box::pin(served) => {}
                    _cut = cuts.changed() => {}
                }
            });
        }
    }
}

/// One connection to its end; none when either side broke off.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    acceptor: TlsAcceptor,
    upstream: SocketAddr,
    knobs: Knobs,
) -> Option<()> {
    let mut client = acceptor.accept(stream).await.ok()?;
    let request = head(&mut client).await?;
    let door = door_of(&request);
    if door.is_some_and(|door| !knobs.welcomes(door)) {
        return None;
    }
    let mut relay = TcpStream::connect(upstream).await.ok()?;
    relay.set_nodelay(true).ok()?;
    relay.write_all(&request).await.ok()?;
    let answer = head(&mut relay).await?;
    client.write_all(&answer).await.ok()?;
    client.flush().await.ok()?;
    match door {
        Some(door) if answer.starts_with(b"HTTP/1.1 101 ") => {
            frames(client, relay, door, &knobs).await;
        }
        _ => {
            copy_bidirectional(&mut client, &mut relay).await.ok()?;
        }
    }
    Some(())
}

/// Carries frames both ways until either way ended.
async fn frames(
    client: impl AsyncRead + AsyncWrite + Unpin,
    relay: TcpStream,
    door: Door,
    knobs: &Knobs,
) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE));
    let client = Tearing::over(client, knobs.of(door, Direction::ToClient));
    let client = WebSocketStream::from_raw_socket(client, Role::Server, Some(config)).await;
    let relay = Tearing::over(relay, knobs.of(door, Direction::ToRelay));
    let relay = WebSocketStream::from_raw_socket(relay, Role::Client, Some(config)).await;
    let (to_client, from_client) = client.split();
    let (to_relay, from_relay) = relay.split();
    let there = carry(from_client, to_relay, knobs.of(door, Direction::ToRelay));
    let back = carry(from_relay, to_client, knobs.of(door, Direction::ToClient));
    let (mut there, mut back) = (Box::pin(there), Box::pin(back));
    let (ended, on_the_way_back) = tokio::select! {
        ended = &mut there => (ended, true),
        ended = &mut back => (ended, false),
    };
    match (ended, on_the_way_back) {
        (Ended::Politely, true) => drop(timeout(FAREWELL, back).await),
        (Ended::Politely, false) => drop(timeout(FAREWELL, there).await),
        (Ended::Gone | Ended::Cut, _) => {}
    }
}

/// Everything up to the empty line, and not a byte more: frames may follow at once.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD {
            return None;
        }
        head.push(stream.read_u8().await.ok()?);
    }
    Some(head)
}

fn door_of(request: &[u8]) -> Option<Door> {
    if request.starts_with(b"GET /v1/collect ") {
        Some(Door::Collect)
    } else if request.starts_with(b"GET /v1/deposit ") {
        Some(Door::Deposit)
    } else if request.starts_with(b"GET /v1/business ") {
        Some(Door::Business)
    } else {
        None
    }
}
