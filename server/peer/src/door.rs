//! The two doors: a small task for each connection, which owns its socket.
//! Knows: sockets, frames, one machine each. Never knows: network addresses, who somebody is; the
//! two doors share nothing that would tie a reader to a depositor.

mod asking;
mod collect;
mod deposit;
mod street;

pub(crate) use collect::collect;
pub(crate) use deposit::deposit;
pub(crate) use street::Street;

use partywall_ground::Close;
use partywall_socket::{CloseCode, FrameSocket, SocketError};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::gauges::Counters;

/// What a connection that ends is told; nothing, when it left by itself.
type End = Option<Close>;

/// What a fault of the socket means at this door. (SPEC §5.7)
fn fault(error: SocketError) -> End {
    match error {
        SocketError::TooLarge => Some(Close::TooLarge),
        SocketError::NotBinary
        | SocketError::TooManyFragments
        | SocketError::TooManyControlFrames
        | SocketError::Protocol => Some(Close::Malformed),
        SocketError::Stalled => Some(Close::Stalled),
        _ => None,
    }
}

/// Says the last word.
async fn farewell<S>(socket: &mut FrameSocket<S>, end: End, counters: &Counters)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let Some(close) = end else {
        return;
    };
    match close {
        Close::Malformed
        | Close::Version
        | Close::WrongWing
        | Close::WrongDoor
        | Close::TooLarge
        | Close::OutOfTurn => counters.violations.add(1),
        Close::Stalled => counters.stalled.add(1),
        _ => {}
    }
    if let Some(code) = CloseCode::new(close.code()) {
        // Whoever does not take it in time has gone.
        let _gone = socket.close(code).await;
    }
}
