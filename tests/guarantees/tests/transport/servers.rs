//! Our client at other people's WebSocket servers, polite and hostile: PyPI's `websockets`, npm's `ws`.
//! Knows: how they behave at which path (`tests/guarantees/strangers`). Never knows: what lies behind a frame.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::limits::FRAME;
use partywall_row::Row;
use partywall_socket::{FrameSocket, Incoming, Limits, SocketError, connect};
use partywall_world::SystemClock;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::strangers::{STRANGERS, program};

/// A server of somebody else's, until this is dropped.
struct Server {
    name: &'static str,
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn all() -> Vec<Self> {
        STRANGERS
            .into_iter()
            .filter_map(|(name, needs, runs)| {
                let mut child = program(needs, runs, "server")?.spawn().expect("it starts");
                let mut port = String::new();
                let stdout = child.stdout.take().expect("it was asked for");
                let read = BufReader::new(stdout).read_line(&mut port);
                read.expect("it says where it listens");
                let port: u16 = port.trim().parse().expect("it says a port");
                let address = SocketAddr::from(([127, 0, 0, 1], port));
                Some(Self {
                    name,
                    child,
                    address,
                })
            })
            .collect()
    }

    async fn socket(&self, path: &str) -> FrameSocket<TcpStream> {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        let limits = Limits {
            max_frame: FRAME,
            stall: Duration::from_secs(10),
        };
        let clock = Arc::new(SystemClock::new());
        let host = self.address.to_string();
        let socket = connect(stream, &host, path, limits, clock).await;
        socket.expect("the door opens")
    }

    /// What our client says of what it heard there.
    async fn hears(&self, path: &str) -> Result<Incoming, SocketError> {
        let mut socket = self.socket(path).await;
        let heard = timeout(Duration::from_secs(8), socket.recv()).await;
        heard.unwrap_or_else(|_| unreachable!("{}: {path} is not told", self.name))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _gone = self.child.wait();
    }
}

#[tokio::test]
async fn a_strangers_polite_server_is_understood_frame_by_frame() {
    let mut row = Row::of("F08");
    for server in Server::all() {
        let mut socket = server.socket("/echo").await;
        for length in [0, 1, 125, 126, 127, 4_096, 65_535, 65_536, FRAME] {
            let sent = vec![u8::try_from(length % 251).unwrap_or(0); length];
            socket.send(sent.clone()).await.expect("it reads");
            let heard = socket.recv().await;
            let is_same = matches!(&heard, Ok(Incoming::Frame(frame)) if frame[..] == sent[..]);
            assert!(is_same, "{}: {length} bytes", server.name);
            row.tried(1);
        }
        let closed = server.hears("/close").await;
        assert_eq!(closed, Ok(Incoming::Closed(Some(4_001))), "{}", server.name);
        row.tried(1);
    }
}

#[tokio::test]
async fn a_strangers_hostile_server_is_left_with_the_reason() {
    let mut rows = ["F03", "F04", "F05", "F08"].map(Row::of);
    let told = [
        (0, "/crumbs", SocketError::TooManyFragments),
        (1, "/giant", SocketError::TooLarge),
        (2, "/pings", SocketError::TooManyControlFrames),
        (3, "/text", SocketError::NotBinary),
    ];
    for server in Server::all() {
        for (row, path, reason) in told {
            let heard = server.hears(path).await;
            assert_eq!(heard, Err(reason), "{}: {path}", server.name);
            rows[row].tried(1);
        }
    }
}
