//! A socket that nobody uses gives its buffers back, and nothing is lost by it.
//! Knows: the server's end, its clock, and raw bytes. Never knows: how much memory that is.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use partywall_world::ManualClock;
use tokio::io::{AsyncReadExt, DuplexStream};

use super::{
    BINARY, BINARY_BEGINS, CLOSE, CONTINUES_AND_ENDS, LIMITS, PING, Socket, put, raw,
    server_and_wire,
};
use crate::{Bytes, CloseCode, FrameSocket, Incoming, SocketError};

const A_WHILE: Duration = Duration::from_secs(5);

fn frame(bytes: &[u8]) -> Result<Incoming, SocketError> {
    Ok(Incoming::Frame(Bytes::copy_from_slice(bytes)))
}

/// Waits as a door does between two looks at its clock, and comes back with nothing.
fn looks(server: &mut Socket) {
    assert_eq!(server.recv().now_or_never(), None);
}

/// A server that has heard a frame and said one, and rests.
async fn resting() -> (Socket, ManualClock, DuplexStream) {
    let (mut server, clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(BINARY, b"before")).await;
    assert_eq!(server.recv().await, frame(b"before"));
    server.send(b"answer".to_vec()).await.unwrap();
    wire.read_exact(&mut [0; 8]).await.unwrap();
    looks(&mut server);
    clock.advance(A_WHILE);
    looks(&mut server);
    assert!(server.is_resting());
    (server, clock, wire)
}

#[tokio::test]
async fn a_socket_that_waits_holds_no_buffer() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    assert!(server.is_resting());
    put(&mut wire, &raw(BINARY, b"frame")).await;
    assert_eq!(server.recv().await, frame(b"frame"));
    looks(&mut server);
    assert!(server.is_resting());
    server.send(b"answer".to_vec()).await.unwrap();
    looks(&mut server);
    assert!(server.is_resting());
}

#[tokio::test]
async fn a_busy_socket_stays_awake_until_nothing_came_or_went_for_a_while() {
    let (mut server, clock, mut wire) = server_and_wire().await;
    for _ in 0..8 {
        put(&mut wire, &raw(BINARY, b"frame")).await;
    }
    for _ in 0..8 {
        assert_eq!(server.recv().await, frame(b"frame"));
    }
    looks(&mut server);
    clock.advance(A_WHILE - Duration::from_millis(1));
    looks(&mut server);
    assert!(!server.is_resting(), "not yet");
    server.send(b"answer".to_vec()).await.unwrap();
    clock.advance(A_WHILE);
    looks(&mut server);
    assert!(!server.is_resting(), "it spoke meanwhile");
    clock.advance(A_WHILE);
    looks(&mut server);
    assert!(server.is_resting());
}

#[tokio::test]
async fn frames_of_every_length_wake_a_resting_socket_and_arrive_whole() {
    for length in [0, 1, 125, 126, 2_000, 2_048, LIMITS.max_frame] {
        let (mut server, clock, mut wire) = resting().await;
        let bytes = vec![3; length];
        let two = [raw(BINARY, &bytes), raw(BINARY, b"next")].concat();
        let waiting = tokio::spawn(async move { (server.recv().await, server) });
        tokio::task::yield_now().await;
        put(&mut wire, &two).await;
        let (received, mut server) = waiting.await.unwrap();
        assert_eq!(received, frame(&bytes));
        assert_eq!(server.recv().await, frame(b"next"));
        looks(&mut server);
        clock.advance(A_WHILE);
        looks(&mut server);
        assert!(server.is_resting(), "after {length} bytes");
    }
}

#[tokio::test]
async fn half_a_frame_keeps_a_socket_awake_until_the_rest_has_come() {
    let whole = raw(BINARY, b"in two halves");
    let first = raw(BINARY_BEGINS, b"in two ");
    let last = raw(CONTINUES_AND_ENDS, b"halves");
    for (half, rest) in [
        (&whole[..1], &whole[1..]),
        (&whole[..9], &whole[9..]),
        (&first, &last),
    ] {
        let (mut server, clock, mut wire) = resting().await;
        put(&mut wire, half).await;
        looks(&mut server);
        clock.advance(A_WHILE);
        looks(&mut server);
        assert!(!server.is_resting());
        put(&mut wire, rest).await;
        assert_eq!(server.recv().await, frame(b"in two halves"));
    }
}

#[tokio::test]
async fn a_ping_is_answered_and_the_socket_rests_on() {
    let (mut server, _clock, mut wire) = resting().await;
    put(&mut wire, &raw(PING, b"there?")).await;
    looks(&mut server);
    assert!(server.is_resting());
    let mut pong = [0; 8];
    wire.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\x8A\x06there?");
}

#[tokio::test]
async fn a_resting_socket_speaks_when_asked_to() {
    let (mut server, _clock, wire) = resting().await;
    let mut client = FrameSocket::client(wire, LIMITS, Arc::new(super::clock())).await;
    server.flush().await.unwrap();
    assert!(server.is_resting(), "there was nothing to say");
    server.send(b"news".to_vec()).await.unwrap();
    assert_eq!(client.recv().await, frame(b"news"));
}

#[tokio::test]
async fn what_was_fed_is_not_lost_to_a_rest() {
    let (mut server, clock, wire) = resting().await;
    let mut client = FrameSocket::client(wire, LIMITS, Arc::new(super::clock())).await;
    server.feed(b"fed".to_vec()).await.unwrap();
    looks(&mut server);
    clock.advance(A_WHILE);
    looks(&mut server);
    assert!(server.is_resting());
    assert_eq!(client.recv().await, frame(b"fed"));
}

#[tokio::test]
async fn a_resting_socket_hears_and_says_goodbye() {
    let (mut server, _clock, mut wire) = resting().await;
    put(&mut wire, &raw(CLOSE, &4_000u16.to_be_bytes())).await;
    assert_eq!(server.recv().await, Ok(Incoming::Closed(Some(4_000))));

    let (mut server, _clock, wire) = resting().await;
    drop(wire);
    assert_eq!(server.recv().await, Ok(Incoming::Closed(None)));

    let (mut server, _clock, mut wire) = resting().await;
    put(&mut wire, &raw(CLOSE, &1_000u16.to_be_bytes())).await;
    assert_eq!(server.close(CloseCode::NORMAL).await, Ok(()));
    let mut told = Vec::new();
    wire.read_to_end(&mut told).await.unwrap();
    assert_eq!(told, [0x88, 0x02, 0x03, 0xE8]);
}

#[tokio::test]
async fn fragments_without_end_are_refused_even_if_they_begin_at_rest() {
    let (mut server, _clock, mut wire) = resting().await;
    put(&mut wire, &raw(BINARY_BEGINS, b"")).await;
    let empty = raw(super::CONTINUES, b"").repeat(2_000);
    put(&mut wire, &empty).await;
    put(&mut wire, &empty).await;
    assert_eq!(server.recv().await, Err(SocketError::TooManyFragments));
}

#[test]
fn a_socket_is_handed_on_as_a_pointer() {
    assert_eq!(size_of::<Socket>(), size_of::<usize>());
}
