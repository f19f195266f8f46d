//! How a socket ends.
//! Knows: close codes and the bound of 2 s. Never knows: what a code means.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::{BINARY, LIMITS, pair, put, raw, server_and_wire};
use crate::{CloseCode, Incoming, SocketError};

const OUR_CODE: CloseCode = CloseCode::new(4_321).unwrap();
const A_LITTLE_OVER_THE_BOUND: Duration = Duration::from_millis(2_100);

#[tokio::test(start_paused = true)]
async fn either_side_may_close_and_the_other_reads_the_code() {
    for server_closes in [true, false] {
        let (server, client) = pair().await;
        let (mut closing, mut told) = if server_closes {
            (server, client)
        } else {
            (client, server)
        };
        let (closed, heard) = tokio::join!(closing.close(OUR_CODE), told.recv());
        assert_eq!(closed, Ok(()));
        assert_eq!(heard, Ok(Incoming::Closed(Some(4_321))));

        for ended in [&mut closing, &mut told] {
            assert!(matches!(ended.recv().await, Ok(Incoming::Closed(_))));
            assert_eq!(ended.send(b"late".to_vec()).await, Err(SocketError::Closed));
            assert_eq!(ended.close(OUR_CODE).await, Ok(()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_the_close_still_arrives() {
    let (mut server, mut client) = pair().await;
    server.feed(b"last words".to_vec()).await.unwrap();
    let client = async {
        assert!(matches!(client.recv().await, Ok(Incoming::Frame(f)) if &f[..] == b"last words"));
        assert_eq!(client.recv().await, Ok(Incoming::Closed(Some(1_001))));
    };
    let (closed, ()) = tokio::join!(server.close(CloseCode::GOING_AWAY), client);
    assert_eq!(closed, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_goes_on_talking_cannot_keep_a_closing_socket() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    let chatter = async {
        let frame = raw(BINARY, &[0; 100]);
        loop {
            put(&mut wire, &frame).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        closed = timeout(A_LITTLE_OVER_THE_BOUND, server.close(OUR_CODE)) => {
            assert_eq!(closed.unwrap(), Err(SocketError::Stalled));
        }
        () = chatter => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_cannot_keep_a_closing_socket() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    let closed = timeout(A_LITTLE_OVER_THE_BOUND, server.close(OUR_CODE)).await;
    assert_eq!(closed.unwrap(), Err(SocketError::Stalled));
    let mut told = [0; 4];
    wire.read_exact(&mut told).await.unwrap();
    assert_eq!(told, [0x88, 0x02, 0x10, 0xE1]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_closes_without_reading_cannot_keep_us() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    while server.feed(vec![0; LIMITS.max_frame]).await.is_ok() {
        if timeout(Duration::from_secs(1), server.flush())
            .await
            .is_err()
        {
            break;
        }
    }
    put(&mut wire, &raw(0x88, &4_000u16.to_be_bytes())).await;
    let heard = timeout(A_LITTLE_OVER_THE_BOUND, server.recv()).await;
    assert_eq!(heard.unwrap(), Ok(Incoming::Closed(Some(4_000))));
}

#[tokio::test]
async fn a_close_without_a_code_is_a_close() {
    let (mut server, _clock, mut wire) = server_and_wire().await;
    put(&mut wire, &raw(0x88, b"")).await;
    assert_eq!(server.recv().await, Ok(Incoming::Closed(None)));
    let mut answered = Vec::new();
    wire.read_to_end(&mut answered).await.unwrap();
    assert_eq!(
        answered,
        [0x88, 0x00],
        "answered in kind, and the stream shut down"
    );
}
