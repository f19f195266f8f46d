//! Why a socket cannot be used any more.
//! Knows: causes. Never knows: addresses, payloads, what the peer wrote as a reason.

use std::io;

use tokio_tungstenite::tungstenite;

use crate::meter::TOO_MUCH;

/// The end of a socket. Once returned, every later call on the socket returns it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// The peer sent text where only binary frames are spoken.
    #[error("the other side does not speak this protocol; check the address and port")]
    NotBinary,
    /// A frame longer than [`crate::Limits::max_frame`], from the peer or handed to `send`.
    #[error("a frame was longer than allowed; update the older of the two sides")]
    TooLarge,
    /// The peer cut its messages into too many pieces.
    #[error("the other side sends in too many fragments; check what lies between the two sides")]
    TooManyFragments,
    /// The peer pinged (or ponged) faster than allowed.
    #[error("the other side sends too many pings; lower their pace")]
    TooManyControlFrames,
    /// The peer broke WebSocket's rules.
    #[error("the other side broke the rules of WebSocket; check the address and port")]
    Protocol,
    /// The peer did not take, or did not answer, within the time allowed.
    #[error("the other side does not respond; check the connection and try again")]
    Stalled,
    /// The socket is closed.
    #[error("the connection is closed; connect again")]
    Closed,
    /// The server answered the upgrade with this HTTP status instead.
    #[error(
        "the server refused the connection with HTTP status {status}; check the address and port"
    )]
    Refused {
        /// Its status code.
        status: u16,
    },
    /// `host` or `path` is not one.
    #[error("the address is not valid; write it as host or host:port")]
    Address,
    /// The operating system or TLS ended it.
    #[error("the connection failed ({0}); check it and try again")]
    Io(io::ErrorKind),
}

impl From<tungstenite::Error> for SocketError {
    fn from(error: tungstenite::Error) -> Self {
        use tungstenite::Error as Cause;
        use tungstenite::error::ProtocolError::{
            HandshakeIncomplete, ResetWithoutClosingHandshake,
        };
        match error {
            Cause::ConnectionClosed | Cause::AlreadyClosed => Self::Closed,
            Cause::Protocol(HandshakeIncomplete | ResetWithoutClosingHandshake) => Self::Closed,
            Cause::Io(error) => Self::from(error.kind()),
            Cause::Capacity(_) | Cause::WriteBufferFull(_) => Self::TooLarge,
            Cause::Utf8(_) => Self::NotBinary,
            Cause::Http(response) => Self::Refused {
                status: response.status().as_u16(),
            },
            Cause::Url(_) | Cause::HttpFormat(_) => Self::Address,
            Cause::Protocol(_) | Cause::AttackAttempt | Cause::Tls(_) => Self::Protocol,
        }
    }
}

impl From<io::ErrorKind> for SocketError {
    /// A peer that went away without a word has closed; that is no fault.
    fn from(kind: io::ErrorKind) -> Self {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        match kind {
            BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof => Self::Closed,
            TOO_MUCH => Self::TooManyFragments,
            other => Self::Io(other),
        }
    }
}
