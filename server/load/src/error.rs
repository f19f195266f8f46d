//! Why a load did not come to its end, for whoever started it.
//! Knows: sentences. Never knows: an id, a capability, an address.

use std::io;
use std::time::Duration;

/// A load did not come to its end. One sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Nobody listens there, or the connection broke.
    #[error(
        "the connection failed ({0}): is the server running, and are enough files allowed to be open?"
    )]
    Io(#[from] io::Error),
    /// The other end is not the relay that the link names.
    #[error("this is not the relay that the link names: {0}")]
    Stranger(String),
    /// The link is none, or leads to a person.
    #[error("this is no relay link; `partywall-relay pass` prints one")]
    Link,
    /// The server refused to open a connection or a mailbox.
    #[error("the server refused: {0}")]
    Refused(String),
    /// The server closed a connection.
    #[error("the server closed a connection with code {0}: look at its log, or ask for less")]
    Closed(u16),
    /// The other end says what the protocol does not.
    #[error(
        "the server said something that is not in the protocol; use programs of the same version"
    )]
    Nonsense,
    /// The server did not come to the end in time.
    #[error("nothing more came for {} s; the server is stuck or too slow for this load", .0.as_secs())]
    Stalled(Duration),
    /// The machine gave no thread or no randomness.
    #[error("the machine has too little left for the load itself: {0}")]
    Machine(String),
}
