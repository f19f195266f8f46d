//! Frames arrive whole, in order, and in as few writes as asked.
//! Knows: two well-behaved ends. Never knows: faults.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use partywall_world::Clock;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream, ReadBuf, duplex};

use super::{
    BINARY, BINARY_BEGINS, CLOSE, CONTINUES, CONTINUES_AND_ENDS, LIMITS, PING, PIPE, clock, pair,
    put, raw, server_and_wire,
};
use crate::{Bytes, FrameSocket, Incoming, SocketError};

fn frame(bytes: &[u8]) -> Result<Incoming, SocketError> {
    Ok(Incoming::Frame(Bytes::copy_from_slice(bytes)))
}

#[tokio::test]
async fn frames_arrive_whole_and_in_order_in_both_directions() {
    let (mut server, mut client) = pair().await;
    let longest = vec![7; LIMITS.max_frame];
    for bytes in [b"".as_slice(), b"one", &longest] {
        client.send(bytes.to_vec()).await.unwrap();
        server.send(bytes.to_vec()).await.unwrap();
    }
    for bytes in [b"".as_slice(), b"one", &longest] {
        assert_eq!(server.recv().await, frame(bytes));
        assert_eq!(client.recv().await, frame(bytes));
    }
}

#[tokio::test]
async fn a_receive_that_was_cancelled_loses_nothing() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    let bytes = raw(BINARY, b"cut in the middle");
    for piece in bytes.chunks(3) {
        put(&mut wire, piece).await;
        let last = piece.len() < 3 || piece.as_ptr_range().end == bytes.as_ptr_range().end;
        let received = tokio::select! {
            biased;
            received = server.recv() => Some(received),
            () = std::future::ready(()) => None,
        };
        if last {
            assert_eq!(received, Some(frame(b"cut in the middle")));
        } else {
            assert_eq!(received, None);
        }
    }
}

#[tokio::test]
async fn what_is_already_there_is_taken_without_waiting_and_what_comes_later_still_wakes() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    assert_eq!(server.recv_ready(), None);
    put(&mut wire, &raw(BINARY, b"one")).await;
    put(&mut wire, &raw(PING, b"between")).await;
    put(&mut wire, &raw(BINARY, b"two")).await;
    put(&mut wire, &raw(BINARY, b"three")[..5]).await;
    assert_eq!(server.recv_ready(), Some(frame(b"one")));
    assert_eq!(server.recv_ready(), Some(frame(b"two")));
    assert_eq!(server.recv_ready(), None, "half a frame is none");

    let waiting = tokio::spawn(async move { server.recv().await });
    tokio::task::yield_now().await;
    put(&mut wire, &raw(BINARY, b"three")[5..]).await;
    assert_eq!(waiting.await.unwrap(), frame(b"three"));
}

#[tokio::test]
async fn a_goodbye_that_was_already_there_is_answered_by_the_next_receive() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(BINARY, b"last")).await;
    put(&mut wire, &raw(CLOSE, &4_001u16.to_be_bytes())).await;
    assert_eq!(server.recv_ready(), Some(frame(b"last")));
    assert_eq!(server.recv_ready(), None);
    assert_eq!(server.recv().await, Ok(Incoming::Closed(Some(4_001))));
    assert_eq!(server.recv_ready(), Some(Ok(Incoming::Closed(Some(4_001)))));
    let mut answer = Vec::new();
    wire.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"\x88\x02\x0F\xA1");
}

#[tokio::test]
async fn a_frame_in_a_few_fragments_is_put_together() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(BINARY_BEGINS, b"in ")).await;
    put(&mut wire, &raw(CONTINUES, b"three ")).await;
    put(&mut wire, &raw(PING, b"meanwhile")).await;
    put(&mut wire, &raw(CONTINUES_AND_ENDS, b"parts")).await;
    assert_eq!(server.recv().await, frame(b"in three parts"));
}

#[tokio::test]
async fn a_ping_is_answered_while_receiving() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(PING, b"there?")).await;
    put(&mut wire, &raw(BINARY, b"frame")).await;
    assert_eq!(server.recv().await, frame(b"frame"));
    let mut pong = [0; 8];
    wire.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\x8A\x06there?");
}

#[tokio::test]
async fn a_sign_of_life_is_asked_for_and_heard() {
    let (mut server, clock, wire) = server_and_wire().await;
    let mut client = FrameSocket::client(wire, LIMITS, Arc::new(super::clock())).await;
    let beginning = server.heard();
    clock.advance(Duration::from_secs(30));
    server.ping().await.unwrap();
    assert_eq!(server.heard(), beginning, "asking is not hearing");

    server.send(b"frame".to_vec()).await.unwrap();
    assert_eq!(client.recv().await, frame(b"frame"));
    client.send(b"answer".to_vec()).await.unwrap();
    // The pong was written before the answer.
    assert_eq!(server.recv().await, frame(b"answer"));
    assert_eq!(server.heard(), clock.monotonic());
}

#[tokio::test]
async fn frames_fed_together_go_out_in_one_write() {
    let (near, far) = duplex(PIPE);
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Counted(near, Arc::clone(&writes));
    let mut server = FrameSocket::server(counted, LIMITS, Arc::new(clock())).await;
    let mut client = FrameSocket::client(far, LIMITS, Arc::new(clock())).await;
    for number in 0..10u8 {
        server.feed(vec![number; 100]).await.unwrap();
    }
    assert_eq!(writes.load(Ordering::Relaxed), 0);
    server.flush().await.unwrap();
    assert_eq!(writes.load(Ordering::Relaxed), 1);
    for number in 0..10u8 {
        assert_eq!(client.recv().await, frame(&[number; 100]));
    }
}

#[tokio::test]
async fn what_is_fed_without_a_flush_is_bounded() {
    let (near, _far) = duplex(PIPE);
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Counted(near, Arc::clone(&writes));
    let mut server = FrameSocket::server(counted, LIMITS, Arc::new(clock())).await;
    for _ in 0..5 {
        server.feed(vec![1; LIMITS.max_frame]).await.unwrap();
    }
    assert!(writes.load(Ordering::Relaxed) > 0);
}

/// Counts the writes that reach the stream.
struct Counted(DuplexStream, Arc<AtomicUsize>);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
