//! The promises of the frame socket, told over pipes in memory. Waits are tokio's virtual time.
//! Knows: both ends of a pipe, and raw bytes where a peer misbehaves. Never knows: a network.

mod closing;
mod faults;
mod frames;
mod opening;
mod resting;

use std::sync::Arc;
use std::time::Duration;

use partywall_world::{ManualClock, Wall};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

use crate::{FrameSocket, Limits};

pub(crate) const LIMITS: Limits = Limits {
    max_frame: 4_096,
    stall: Duration::from_secs(10),
};

/// Room in the pipe, in each direction.
pub(crate) const PIPE: usize = 64 * 1024;

pub(crate) type Socket = FrameSocket<DuplexStream>;

pub(crate) fn clock() -> ManualClock {
    ManualClock::at(Wall::from_seconds(1_800_000_000))
}

/// A server and a client that have found each other.
pub(crate) async fn pair() -> (Socket, Socket) {
    let (server, client) = duplex(PIPE);
    let clock = Arc::new(clock());
    (
        FrameSocket::server(server, LIMITS, clock.clone()).await,
        FrameSocket::client(client, LIMITS, clock).await,
    )
}

/// A server, its clock, and the bare end of the pipe a client would hold.
pub(crate) async fn server_and_wire() -> (Socket, ManualClock, DuplexStream) {
    let (server, wire) = duplex(PIPE);
    let clock = clock();
    let server = FrameSocket::server(server, LIMITS, Arc::new(clock.clone())).await;
    (server, clock, wire)
}

/// One WebSocket frame as a client sends it (RFC 6455 §5.2), masked with zeroes.
pub(crate) fn raw(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first_byte];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

pub(crate) const BINARY: u8 = 0x82;
pub(crate) const BINARY_BEGINS: u8 = 0x02;
pub(crate) const CONTINUES: u8 = 0x00;
pub(crate) const CONTINUES_AND_ENDS: u8 = 0x80;
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

pub(crate) async fn put(wire: &mut DuplexStream, bytes: &[u8]) {
    wire.write_all(bytes).await.unwrap();
}
