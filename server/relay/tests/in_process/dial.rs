//! A relay for a test, and ways to reach it: HTTP as raw text, TLS that notes which key it saw, a door's socket.
//! Knows: addresses of this machine. Never knows: what a test wants to show.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::limits::FRAME;
use partywall_ground::{DropId, RelayKey, Seconds, Spki};
use partywall_peer::proofs::Admission;
use partywall_peer::{Slot, collect};
use partywall_proof::{Greeting, SigningKey};
use partywall_relay::{Relay, Settings, StartError};
use partywall_socket::{FrameSocket, Incoming, Limits};
use partywall_world::{Clock, Dice, SystemClock};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

pub(crate) async fn start(settings: Settings) -> Result<Relay, StartError> {
    Relay::start(settings, clock(), Dice::from_os().unwrap()).await
}

/// A relay with defaults in a folder that lives as long as the test.
pub(crate) async fn relay() -> (tempfile::TempDir, Relay) {
    let folder = tempfile::tempdir().unwrap();
    let relay = start(Settings::for_tests(folder.path().to_owned()))
        .await
        .unwrap();
    (folder, relay)
}

/// A TLS connection, and the key that it was shown.
pub(crate) async fn tls(address: SocketAddr) -> (TlsStream<TcpStream>, Spki) {
    partywall_test_relay::tls(address).await.unwrap()
}

/// A socket at a door, and the key that TLS was shown.
pub(crate) async fn door(
    address: SocketAddr,
    path: &str,
) -> (FrameSocket<TlsStream<TcpStream>>, Spki) {
    let (stream, spki) = tls(address).await;
    (upgraded(stream, path).await, spki)
}

pub(crate) async fn upgraded<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: S,
    path: &str,
) -> FrameSocket<S> {
    let limits = Limits {
        max_frame: FRAME,
        stall: Duration::from_secs(10),
    };
    partywall_socket::connect(stream, "relay.example", path, limits, clock())
        .await
        .unwrap()
}

/// Sends a request as it stands and reads the answer to its end. A connection that stays open
/// instead fails the test.
pub(crate) async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let ended =
        tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the connection was left open");
    // Whether TLS said goodbye does not matter here; what came before counts.
    String::from_utf8_lossy(&answer).into_owned()
}

/// `GET` over TLS with further header lines.
pub(crate) async fn get(address: SocketAddr, path: &str, headers: &str) -> String {
    let (stream, _) = tls(address).await;
    exchange(
        stream,
        &format!("GET {path} HTTP/1.1\r\nHost: relay.example\r\n{headers}\r\n"),
    )
    .await
}

/// `GET` in the clear.
pub(crate) async fn plain(address: SocketAddr, path: &str) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    exchange(
        stream,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
    .await
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0)
}

/// What the relay says next on a collect connection.
pub(crate) async fn next<S>(socket: &mut FrameSocket<S>) -> collect::FromRelay
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    match socket.recv().await.unwrap() {
        Incoming::Frame(frame) => collect::FromRelay::decode(&frame).unwrap(),
        Incoming::Closed(code) => panic!("closed with {code:?}"),
    }
}

/// A collect connection whose relay is proven to be the one with `relay`'s key.
pub(crate) async fn reader(
    address: SocketAddr,
    relay: &RelayKey,
) -> (FrameSocket<TlsStream<TcpStream>>, Greeting) {
    let (mut socket, shown) = door(address, "/v1/collect").await;
    let collect::FromRelay::Hello(hello) = next(&mut socket).await else {
        panic!("hello comes first")
    };
    let greeting = hello.prove(relay, &shown, now()).unwrap();
    (socket, greeting)
}

/// Asks for a mailbox of its own and gives the answer.
pub(crate) async fn create<S>(
    socket: &mut FrameSocket<S>,
    greeting: &Greeting,
    slot: u32,
    admission: Admission,
) -> collect::FromRelay
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut dice = Dice::from_os().unwrap();
    let key = SigningKey::draw(&mut dice);
    let drop = DropId::new(dice.bytes());
    let create = collect::Create::sign(&key, greeting, Slot::new(slot), drop, admission, &mut dice);
    socket
        .send(collect::FromClient::Create(create).encode())
        .await
        .unwrap();
    next(socket).await
}

/// The machine's clock, as vouches are held against it.
pub(crate) fn now() -> Seconds {
    Seconds::new(clock().wall().seconds())
}
