//! How a connection ends. (SPEC §5.7)
//! Knows: close codes, and what a socket's fault means. Never knows: who it was.

use partywall_ground::Close;
use partywall_socket::{CloseCode, FrameSocket, SocketError};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::Counter;

/// What a connection that ends is told; nothing, when it left by itself.
pub type End = Option<Close>;

/// What a fault of the socket means at this door. (SPEC §5.7)
#[must_use]
pub fn fault(error: SocketError) -> End {
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

/// Says the last word, and counts why it had to be said: a broken protocol, or silence.
pub async fn farewell<S>(
    socket: &mut FrameSocket<S>,
    end: End,
    violations: &Counter,
    stalled: &Counter,
) where
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
        | Close::OutOfTurn => violations.add(1),
        Close::Stalled => stalled.add(1),
        _ => {}
    }
    if let Some(code) = CloseCode::new(close.code()) {
        // Whoever does not take it in time has gone.
        let _gone = socket.close(code).await;
    }
}

/// Whether the wing's end has come, or a worse one than was known.
#[must_use]
pub fn is_news(end: End, ending: bool) -> bool {
    end.is_some_and(|close| !ending || close != Close::ComeBack)
}
