//! Somebody at a listener who is no client of ours: TLS, then bytes as they please.
//! Knows: HTTP as text, WebSocket frames byte by byte (RFC 6455 §5.2). Never knows: what frames say.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

/// What an upgrade asks with.
pub(crate) const UPGRADE: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/// How long what needs no waiting is waited for before it counts as not coming.
const PATIENCE: Duration = Duration::from_secs(8);

pub(crate) const CONTINUES: u8 = 0x00;
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const BINARY_BEGINS: u8 = 0x02;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

/// How a connection ended, as the guest saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The relay said why.
    Code(u16),
    /// It was over without a word.
    Silent,
    /// It was not over in time.
    Open,
}

/// Both halves of a connection, so that whoever floods can listen meanwhile.
pub(crate) struct Guest {
    pub(crate) ear: Ear,
    mouth: WriteHalf<TlsStream<TcpStream>>,
}

/// What comes from the relay.
pub(crate) struct Ear {
    read: ReadHalf<TlsStream<TcpStream>>,
    /// Came and was not looked at yet.
    came: Vec<u8>,
    is_over: bool,
    pub(crate) patience: Duration,
}

impl Guest {
    pub(crate) async fn dial(address: SocketAddr) -> Self {
        let (stream, _) = partywall_test_relay::tls(address)
            .await
            .expect("the relay speaks TLS");
        // A short word should not wait for more.
        let unset = stream.get_ref().0.set_nodelay(true);
        unset.expect("the system sends at once if it is asked to");
        let (read, mouth) = split(stream);
        let came = Vec::new();
        Self {
            ear: Ear {
                read,
                came,
                is_over: false,
                patience: PATIENCE,
            },
            mouth,
        }
    }

    /// A guest at a door, past the upgrade.
    pub(crate) async fn at((address, path): (SocketAddr, &str)) -> Self {
        let mut guest = Self::dial(address).await;
        let head = guest.ask("GET", path, UPGRADE).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        guest
    }

    /// Sends a request's head, and gives the answer's.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, headers: &str) -> String {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: relay.example\r\n{headers}\r\n");
        self.put(request.as_bytes()).await;
        self.ear.head().await
    }

    /// Sends what it can: whoever was hung up on has nobody to send to.
    pub(crate) async fn put(&mut self, bytes: &[u8]) {
        let _hung_up = self.try_put(bytes).await;
    }

    pub(crate) async fn try_put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.mouth.write_all(bytes).await?;
        self.mouth.flush().await
    }

    /// Sends the same piece so often, or until nobody takes it any more, and reads to the end meanwhile:
    /// how that was, and how many pongs came.
    pub(crate) async fn floods(self, piece: &[u8], times: u64) -> (Ending, u64) {
        let Self { mut ear, mut mouth } = self;
        let piece = piece.to_vec();
        let flood = tokio::spawn(async move {
            for _ in 0..times {
                if mouth.write_all(&piece).await.is_err() || mouth.flush().await.is_err() {
                    break;
                }
            }
            // Whoever floods does not hang up.
            std::future::pending::<()>().await;
        });
        let ending = ear.ending().await;
        flood.abort();
        ending
    }
}

impl Ear {
    /// The head of the next answer; what came until the end, if it ends before.
    pub(crate) async fn head(&mut self) -> String {
        loop {
            let end = self.came.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.came.drain(..end + 4).collect();
                return String::from_utf8(head).expect("an answer's head is text");
            }
            if self.more().await != Some(true) {
                let all = std::mem::take(&mut self.came);
                return String::from_utf8_lossy(&all).into_owned();
            }
        }
    }

    /// Everything up to the end of the connection; nothing if it does not end in time.
    pub(crate) async fn rest(&mut self) -> Option<String> {
        loop {
            match self.more().await {
                Some(true) => {}
                Some(false) => return Some(String::from_utf8_lossy(&self.came).into_owned()),
                None => return None,
            }
        }
    }

    /// The next frame: its first byte and what it holds. Nothing at the end, or when none comes in time.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some((header, length)) = whole(&self.came) {
                let first = self.came[0];
                let payload = self.came.drain(..header + length).skip(header).collect();
                return Some((first, payload));
            }
            if self.more().await != Some(true) {
                return None;
            }
        }
    }

    /// Reads on until the relay closes or hangs up: how that was, and how many pongs came before.
    pub(crate) async fn ending(&mut self) -> (Ending, u64) {
        let mut pongs = 0;
        loop {
            match self.frame().await {
                Some((CLOSE, said)) if said.len() >= 2 => {
                    return (Ending::Code(u16::from_be_bytes([said[0], said[1]])), pongs);
                }
                Some((CLOSE, _)) => return (Ending::Silent, pongs),
                Some((PONG, _)) => pongs += 1,
                Some(_) => {}
                None if self.is_over => return (Ending::Silent, pongs),
                None => return (Ending::Open, pongs),
            }
        }
    }

    /// Reads once. True: something came; false: the end; nothing: neither, in time.
    async fn more(&mut self) -> Option<bool> {
        let mut bytes = [0; 4_096];
        let read = timeout(self.patience, self.read.read(&mut bytes))
            .await
            .ok()?;
        // Whether TLS or TCP said goodbye does not matter here.
        let length = read.unwrap_or(0);
        self.came.extend_from_slice(&bytes[..length]);
        self.is_over = length == 0;
        Some(length > 0)
    }
}

/// The lengths of the first frame's header and of what it holds, if all of it is there. From the relay: not masked.
fn whole(bytes: &[u8]) -> Option<(usize, usize)> {
    let (header, length) = match bytes.get(1)? {
        126 => {
            let length = bytes.get(2..4)?.try_into().ok()?;
            (4, usize::from(u16::from_be_bytes(length)))
        }
        127 => {
            let length = bytes.get(2..10)?.try_into().ok()?;
            (10, usize::try_from(u64::from_be_bytes(length)).ok()?)
        }
        length => (2, usize::from(*length)),
    };
    (bytes.len() >= header + length).then_some((header, length))
}

/// One frame as a client sends it, masked with zeroes.
pub(crate) fn raw(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = header(first, payload.len() as u64);
    bytes.extend_from_slice(payload);
    bytes
}

/// A frame's header alone, whatever it promises.
pub(crate) fn header(first: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![first];
    match length {
        0..=125 => bytes.push(0x80 | u8::try_from(length).unwrap_or(125)),
        126..=65_535 => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(&[0; 4]);
    bytes
}

/// The status of an answer, 0 if there is none.
pub(crate) fn status(answer: &str) -> u16 {
    let word = answer.split(' ').nth(1);
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}
