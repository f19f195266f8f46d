//! What became of a request: the difference between "nothing left" and "something may have" is the point of it.
//! Knows: kinds of trouble. Never knows: addresses, names and what was asked: whatever is said here may be logged.

use std::io;

use hyper::body::Bytes;
use hyper::{HeaderMap, StatusCode};

/// What became of a request.
pub enum Outcome {
    /// Not a byte of head or body was given to a connection: nothing of it can have been seen.
    NotSent(Trouble),
    /// Something may have been received; nobody knows what became of it.
    MaybeSent(Trouble),
    /// There was an answer, whatever it says. Redirects are answers as well.
    Answered(Answer),
}

/// An answer. Has no `Debug`: who asked decides what may be shown.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The beginning of its body.
    pub body: Bytes,
    /// Whether that is all of it.
    pub rest: Rest,
}

/// Whether an answer's body was read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// All of it is there.
    Whole,
    /// It was longer than the bound, broke off, or did not end in time.
    Cut,
}

/// Why there is no answer: one sentence, without a name or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The name has no address, or nobody could be asked for it.
    #[error("the host's name could not be resolved")]
    Unresolved,
    /// The host has addresses, but none that may be reached.
    #[error("the host's address is not one that may be asked")]
    OutOfReach,
    /// No connection.
    #[error("no connection: {}", words(*.0))]
    Unreachable(io::ErrorKind),
    /// The certificate has ended or not begun.
    #[error("the certificate is not valid at this date")]
    Expired,
    /// The certificate is that of somebody else.
    #[error("the certificate is for another host")]
    WrongHost,
    /// The certificate was not issued by anybody who is trusted here.
    #[error("the certificate was not issued by a trusted authority")]
    Untrusted,
    /// Any other trouble of the handshake.
    #[error("no TLS connection could be agreed on")]
    Tls,
    /// The connection ended without an answer.
    #[error("the connection broke before there was an answer")]
    Broken,
    /// What came is not HTTP, or its head is longer than 32 KiB.
    #[error("the answer is not HTTP/1.1, or its head is too long")]
    NotHttp,
    /// The caller's time was over.
    #[error("there was no answer in time")]
    OutOfTime,
}

const fn words(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::ConnectionRefused => "nobody listens there",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            "it was closed at once"
        }
        io::ErrorKind::TimedOut => "the host does not answer",
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown => "there is no way to the host",
        io::ErrorKind::PermissionDenied => "this machine does not permit it",
        _ => "the network failed",
    }
}
