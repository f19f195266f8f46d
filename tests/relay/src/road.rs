//! What the network does to the bytes of a connection, below TLS: as they are, slowly, only one way from some byte on,
//! not at all any more, or with a reset.
//! Knows: bytes and a road. Never knows: what they say, doors.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Bytes on their way in one direction, at the most.
const UNDER_WAY: usize = 64 * 1024;

/// What connections that begin from now on go through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Road {
    /// Everything passes.
    #[default]
    Smooth,
    /// So many bytes at a time, with a pause of milliseconds behind each.
    Dripping(usize, u64),
    /// Behind so many bytes to the client, a reset.
    Reset(u64),
    /// Behind so many bytes the client is told that nothing more comes; what it says still arrives.
    HalfClosed(u64),
    /// Behind so many bytes to the client nothing arrives any more, either way; a while later, a reset.
    Partition(u64, Duration),
}

/// Leads a connection over its road: gives the end that the proxy reads.
pub(crate) fn lead(stream: TcpStream, road: Road) -> DuplexStream {
    let (here, there) = duplex(UNDER_WAY);
    tokio::spawn(travel(stream, there, road));
    here
}

async fn travel(mut client: TcpStream, inside: DuplexStream, road: Road) {
    let (mut from_inside, mut to_inside) = tokio::io::split(inside);
    let reset = client.set_zero_linger();
    debug_assert!(reset.is_ok());
    let (mut from_client, mut to_client) = client.split();
    let (piece, pause, last) = match road {
        Road::Smooth => (UNDER_WAY, 0, u64::MAX),
        Road::Dripping(piece, pause) => (piece, pause, u64::MAX),
        Road::Reset(last) | Road::HalfClosed(last) | Road::Partition(last, _) => {
            (UNDER_WAY, 0, last)
        }
    };
    let there = carry(&mut from_client, &mut to_inside, piece, pause, u64::MAX);
    let back = async {
        let whole = carry(&mut from_inside, &mut to_client, piece, pause, last).await;
        if matches!(road, Road::HalfClosed(_)) && !whole {
            let _gone = to_client.shutdown().await;
            // Whoever speaks on is heard, until it goes.
            std::future::pending::<()>().await;
        }
        whole
    };
    let ended_whole = tokio::select! {
        whole = there => whole,
        whole = back => whole,
    };
    if let (Road::Partition(_, heals), false) = (road, ended_whole) {
        sleep(heals).await;
    }
}

/// Carries bytes until there are no more, or so many have passed; whether it was all of them.
async fn carry(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    piece: usize,
    pause: u64,
    last: u64,
) -> bool {
    let mut bytes = vec![0; piece];
    let mut left = last;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(piece).min(piece);
        let Ok(read @ 1..) = from.read(&mut bytes[..most]).await else {
            return true;
        };
        if to.write_all(&bytes[..read]).await.is_err() || to.flush().await.is_err() {
            return true;
        }
        left -= read as u64;
        if pause > 0 {
            sleep(Duration::from_millis(pause)).await;
        }
    }
    false
}
