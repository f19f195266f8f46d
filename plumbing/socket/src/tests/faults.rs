//! A peer that misbehaves, and what it gets for it.
//! Knows: raw bytes a client may send. Never knows: well-behaved peers.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

use super::{
    BINARY, BINARY_BEGINS, CONTINUES, CONTINUES_AND_ENDS, LIMITS, PING, PIPE, PONG, Socket, TEXT,
    put, raw, server_and_wire,
};
use crate::{CloseCode, Incoming, SocketError};

const OUR_CODE: CloseCode = CloseCode::new(4_001).unwrap();

/// Waits, in virtual time, for what needs no waiting.
async fn promptly<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(1), what).await.unwrap()
}

/// What a server says to a client that sent these bytes.
async fn fault_of(bytes: &[u8]) -> SocketError {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, bytes).await;
    let fault = promptly(server.recv()).await.unwrap_err();
    assert_eq!(server.recv().await, Err(fault), "it stays so");
    assert_eq!(server.send(b"late".to_vec()).await, Err(fault));
    fault
}

/// Closes with a code after a fault; the client must read that code.
async fn is_told_why(mut server: Socket, mut wire: DuplexStream) {
    let client = async move {
        let mut told = Vec::new();
        while !told.ends_with(&[0x88, 0x02, 0x0F, 0xA1]) {
            told.push(wire.read_u8().await.unwrap());
        }
        // Satisfied, the client goes away.
    };
    let (closed, ()) = tokio::join!(server.close(OUR_CODE), client);
    assert_eq!(closed, Ok(()));
    assert_eq!(server.recv().await, Ok(Incoming::Closed(None)));
}

#[tokio::test(start_paused = true)]
async fn text_is_not_spoken_here() {
    assert_eq!(fault_of(&raw(TEXT, b"hello")).await, SocketError::NotBinary);
    assert_eq!(
        fault_of(&raw(TEXT, b"\xFF\xFE")).await,
        SocketError::NotBinary
    );
}

#[tokio::test(start_paused = true)]
async fn a_frame_over_the_limit_is_refused_at_its_header() {
    // Only the header is sent: nothing is waited for, nothing allocated.
    let mut header = vec![BINARY, 0x80 | 127];
    header.extend((1u64 << 40).to_be_bytes());
    header.extend([0; 4]);
    assert_eq!(fault_of(&header).await, SocketError::TooLarge);
    let one_more = vec![0; LIMITS.max_frame + 1];
    assert_eq!(
        fault_of(&raw(BINARY, &one_more)).await,
        SocketError::TooLarge
    );
}

#[tokio::test(start_paused = true)]
async fn a_frame_over_the_limit_in_fragments_is_refused() {
    let half = vec![0; LIMITS.max_frame / 2];
    let mut bytes = raw(BINARY_BEGINS, &half);
    bytes.extend(raw(CONTINUES, &half));
    bytes.extend(raw(CONTINUES_AND_ENDS, b"1"));
    assert_eq!(fault_of(&bytes).await, SocketError::TooLarge);
}

#[tokio::test(start_paused = true)]
async fn fragments_without_end_are_refused() {
    let mut bytes = raw(BINARY_BEGINS, b"");
    for _ in 0..5_000 {
        bytes.extend(raw(CONTINUES, b""));
    }
    assert_eq!(fault_of(&bytes).await, SocketError::TooManyFragments);
}

#[tokio::test(start_paused = true)]
async fn many_whole_frames_are_not_mistaken_for_fragments() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    let longest = vec![1; LIMITS.max_frame];
    for _ in 0..100 {
        put(&mut wire, &raw(BINARY, &longest)).await;
        put(&mut wire, &raw(BINARY, b"")).await;
        assert!(matches!(server.recv().await, Ok(Incoming::Frame(f)) if f.len() == longest.len()));
        assert!(matches!(server.recv().await, Ok(Incoming::Frame(f)) if f.is_empty()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_websocket_are_kept() {
    let unmasked = [BINARY, 0x01, 0x00];
    let reserved_bit = raw(BINARY | 0x40, b"");
    let continues_nothing = raw(CONTINUES_AND_ENDS, b"");
    let long_ping = raw(PING, &[0; 126]);
    let unknown = raw(0x83, b"");
    for bytes in [
        unmasked.as_slice(),
        &reserved_bit,
        &continues_nothing,
        &long_ping,
        &unknown,
    ] {
        assert_eq!(fault_of(bytes).await, SocketError::Protocol, "{bytes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_twenty_first_control_frame_at_once_is_one_too_many() {
    for kind in [PING, PONG] {
        let (mut server, _clock, mut wire) = server_and_wire().await;
        for _ in 0..20 {
            put(&mut wire, &raw(kind, b"")).await;
        }
        put(&mut wire, &raw(BINARY, b"still here")).await;
        assert!(matches!(server.recv().await, Ok(Incoming::Frame(_))));
        put(&mut wire, &raw(kind, b"")).await;
        let fault = promptly(server.recv()).await.unwrap_err();
        assert_eq!(fault, SocketError::TooManyControlFrames);
        is_told_why(server, wire).await;
    }
}

#[tokio::test(start_paused = true)]
async fn control_frames_at_the_allowed_pace_may_go_on_for_ever() {
    let (mut server, clock, mut wire) = server_and_wire().await;
    for _ in 0..500 {
        clock.advance(Duration::from_millis(500));
        put(&mut wire, &raw(PONG, b"")).await;
        put(&mut wire, &raw(BINARY, b"frame")).await;
        assert!(matches!(server.recv().await, Ok(Incoming::Frame(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_at_fault_is_told_the_code() {
    let too_long = raw(BINARY, &[0; LIMITS.max_frame + 1]);
    for bytes in [raw(TEXT, b"hello"), too_long, raw(0x83, b"")] {
        let (mut server, _clock, mut wire) = server_and_wire().await;
        put(&mut wire, &bytes).await;
        // Bytes the server will never read must not cost the peer the code.
        put(&mut wire, &raw(BINARY, &[0; 3_000])).await;
        server.recv().await.unwrap_err();
        wire.shutdown().await.unwrap();
        is_told_why(server, wire).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_in_the_middle_of_sending_still_reads_the_code() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(0x83, b"")).await;
    assert_eq!(server.recv().await, Err(SocketError::Protocol));
    let client = async move {
        put(&mut wire, &[0; 2 * PIPE]).await;
        let mut told = [0; 4];
        wire.read_exact(&mut told).await.unwrap();
        assert_eq!(told, [0x88, 0x02, 0x0F, 0xA1]);
    };
    let both = async { tokio::join!(server.close(OUR_CODE), client).0 };
    assert_eq!(timeout(Duration::from_secs(5), both).await, Ok(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_vanishes_has_closed_without_a_word() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(BINARY, b"cut off")[..7]).await;
    drop(wire);
    assert_eq!(server.recv().await, Ok(Incoming::Closed(None)));
    assert_eq!(
        server.send(b"late".to_vec()).await,
        Err(SocketError::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn sending_to_a_peer_that_vanished_says_closed() {
    let (mut server, _clock, wire) = server_and_wire().await;
    drop(wire);
    assert_eq!(
        server.send(b"late".to_vec()).await,
        Err(SocketError::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_has_stalled() {
    let (mut server, _clock, wire) = server_and_wire().await;
    let fault = loop {
        if let Err(fault) = server.send(vec![0; LIMITS.max_frame]).await {
            break fault;
        }
    };
    assert_eq!(fault, SocketError::Stalled);
    assert_eq!(server.recv().await, Err(SocketError::Stalled));
    assert_eq!(
        server.close(OUR_CODE).await,
        Ok(()),
        "there is nobody to tell"
    );
    drop(wire);
}

#[tokio::test(start_paused = true)]
async fn a_frame_of_ours_that_is_too_long_is_not_sent_and_harms_nothing() {
    let (mut server, mut client) = super::pair().await;
    let too_long = vec![0; LIMITS.max_frame + 1];
    assert_eq!(server.send(too_long).await, Err(SocketError::TooLarge));
    server.send(b"fits".to_vec()).await.unwrap();
    assert!(matches!(client.recv().await, Ok(Incoming::Frame(frame)) if &frame[..] == b"fits"));
}

#[tokio::test(start_paused = true)]
async fn pings_whose_answers_nobody_takes_pile_up_nowhere() {
    let (mut server, clock, mut wire) = server_and_wire().await;
    // Twice as many answers as the pipe and every buffer hold.
    for _ in 0..2 * (PIPE + 32 * 1024) / 125 {
        clock.advance(Duration::from_secs(1));
        put(&mut wire, &raw(PING, &[1; 125])).await;
        put(&mut wire, &raw(BINARY, b"")).await;
        assert!(matches!(server.recv().await, Ok(Incoming::Frame(_))));
    }
    let mut piled_up = 0;
    let mut sink = [0; 4096];
    // The client begins to read: what was held back comes, and then our frame.
    let read = async {
        while !sink.starts_with(b"\x82\x03end") {
            sink.fill(0);
            piled_up += wire.read(&mut sink[..127]).await.unwrap();
        }
    };
    let (sent, ()) = tokio::join!(server.send(b"end".to_vec()), read);
    assert_eq!(sent, Ok(()));
    assert!(piled_up <= PIPE + 32 * 1024, "{piled_up} bytes were held");
}
