//! Why a relay is not connected, in the few words that conversations and apps hear.
//! Knows: kinds of trouble. Never knows: which relay, which host.

use partywall_ground::Close;

use crate::trouble::Trouble;

/// Why a line is not connected, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownReason {
    /// The name does not resolve, or nobody answers there.
    #[error(
        "nobody answers at the relay's address; check that it runs and that this machine is online"
    )]
    Unreachable,
    /// TLS or the WebSocket upgrade failed.
    #[error(
        "what answers at the relay's address is not a Partywall relay; check the address and port"
    )]
    NotARelay,
    /// It could not prove the identity that the link names. Nothing was sent.
    #[error(
        "the relay could not prove that it is the one your link names; nothing was sent; ask its operator"
    )]
    WrongRelay,
    /// Protocol versions differ.
    #[error("the relay speaks another version; update this program or the relay")]
    Version,
    /// The connection ended; it is tried again.
    #[error("the connection to the relay ended; it is tried again")]
    Lost,
    /// The relay has no room or too many connections; it is tried again.
    #[error("the relay is busy or its disk is full; it is tried again")]
    Busy,
    /// One side found the other's frame malformed.
    #[error("the relay and this program disagree about the protocol; update both, and report it")]
    Fault,
}

/// The few words in which the conversations hear of it.
impl From<&Trouble> for DownReason {
    fn from(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::NotAHost { .. }
            | Trouble::Unreachable { .. }
            | Trouble::TooSlow { .. }
            | Trouble::HangsUp { .. } => Self::Unreachable,
            Trouble::NoTls { .. } | Trouble::NotARelay { .. } => Self::NotARelay,
            Trouble::WrongRelay(_) => Self::WrongRelay,
            Trouble::Lost | Trouble::Silent => Self::Lost,
            Trouble::Misbehaved => Self::Fault,
            Trouble::Closed(close) => match close {
                Close::Version => Self::Version,
                Close::Malformed
                | Close::WrongWing
                | Close::WrongDoor
                | Close::TooLarge
                | Close::OutOfTurn => Self::Fault,
                Close::Full | Close::Busy | Close::NoRoom | Close::Fault => Self::Busy,
                Close::NoSuchDrop | Close::Stalled | Close::ComeBack => Self::Lost,
            },
        }
    }
}
