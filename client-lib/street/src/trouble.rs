//! Why a relay cannot be spoken with: one sentence each, and what to do about it.
//! Knows: the host that a person typed or was given in a link. Never knows: ids, capabilities,
//! addresses, what was to be said.

use partywall_ground::Close;
use partywall_socket::SocketError;

/// Why there is no connection with a relay, or no longer one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The host cannot be a host: neither a DNS name nor an address.
    #[error("`{host}` is not a host name or address; check the link")]
    NotAHost {
        /// As the link has it.
        host: String,
    },
    /// Nobody answers there, or the name is unknown.
    #[error(
        "{host} does not answer; check your network connection, or ask the relay's operator whether it is running"
    )]
    Unreachable {
        /// As the link has it.
        host: String,
    },
    /// Somebody answers and does not finish the handshake in 10 s.
    #[error("{host} answers too slowly; try again later, or from another network")]
    TooSlow {
        /// As the link has it.
        host: String,
    },
    /// Somebody answers and hangs up before TLS stands.
    #[error("{host} hangs up at once; try again later, or check the link's port")]
    HangsUp {
        /// As the link has it.
        host: String,
    },
    /// TLS 1.3 could not be agreed on, or the certificate's key is not in the other end's hands.
    #[error(
        "{host} does not speak TLS 1.3 as a relay does; check the link's port, or try from another network"
    )]
    NoTls {
        /// As the link has it.
        host: String,
    },
    /// What answers speaks TLS and is not a relay.
    #[error("what answers at {host} is not a Partywall relay; check the link's host and port")]
    NotARelay {
        /// As the link has it.
        host: String,
    },
    /// A relay, or something that plays one, and not the one that the link names. Nothing was sent
    /// to it. (SPEC R-2)
    #[error(transparent)]
    WrongRelay(#[from] WrongRelay),
    /// The relay closed, and said why. (SPEC §5.7)
    #[error("{}", said(*.0))]
    Closed(Close),
    /// The connection went away without a word.
    #[error("the connection with the relay broke; it is tried again by itself")]
    Lost,
    /// Nothing was heard of the relay for too long.
    #[error("the relay fell silent; it is tried again by itself")]
    Silent,
    /// The relay sent what the protocol does not allow.
    #[error(
        "the relay sends what the protocol does not allow; update this program, or tell the relay's operator"
    )]
    Misbehaved,
}

/// The other end is not the relay of the link, or cannot show that it is. (SPEC R-2)
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} {because}")]
pub struct WrongRelay {
    /// As the link has it.
    pub host: String,
    /// What is missing.
    pub because: Mismatch,
}

/// What an identity lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// It names another permanent key than the link.
    #[error(
        "is not the relay that the link names, and was sent nothing; ask for a new link, from somebody you trust, if the relay was set up anew"
    )]
    AnotherKey,
    /// It names the right key, and no vouch of that key is for the certificate it showed.
    #[error(
        "shows a certificate that the relay did not vouch for, and was sent nothing; somebody may stand in between: try from another network, or ask the operator to run `partywall-relay vouch` for the proxy"
    )]
    NotVouched,
    /// There is a vouch for this certificate, and its time is over.
    #[error(
        "shows a certificate whose vouch has expired, and was sent nothing; check this machine's date, or ask the operator to renew the vouch"
    )]
    VouchExpired,
}

impl Trouble {
    /// Whether waiting and trying again can help by itself. Where it cannot, something has to be
    /// done first: this program updated, a new link had. (SPEC §5.7)
    #[must_use]
    pub const fn passes(&self) -> bool {
        match self {
            Self::Closed(close) => match close {
                Close::Malformed
                | Close::Version
                | Close::WrongWing
                | Close::WrongDoor
                | Close::TooLarge
                | Close::OutOfTurn
                | Close::NoSuchDrop => false,
                Close::Full
                | Close::Stalled
                | Close::ComeBack
                | Close::Busy
                | Close::NoRoom
                | Close::Fault => true,
            },
            Self::NotAHost { .. } => false,
            _ => true,
        }
    }

    /// Whether the relay refused what we said: the same bytes must not be said again. (SPEC §5.7)
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Closed(
                Close::Malformed
                    | Close::WrongWing
                    | Close::WrongDoor
                    | Close::TooLarge
                    | Close::OutOfTurn
            )
        )
    }

    /// How much it tells: of several authorities' troubles, the most telling one is reported.
    pub(crate) const fn weight(&self) -> u8 {
        match self {
            Self::NotAHost { .. } => 0,
            Self::Unreachable { .. } => 1,
            Self::TooSlow { .. } => 2,
            Self::HangsUp { .. } => 3,
            Self::NoTls { .. } => 4,
            Self::NotARelay { .. } => 5,
            Self::Lost | Self::Silent => 6,
            Self::Misbehaved => 7,
            Self::Closed(_) => 8,
            Self::WrongRelay(_) => 9,
        }
    }
}

/// A socket's trouble after the handshake. Its own sentences are for builders, ours for people.
impl From<SocketError> for Trouble {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::Stalled => Self::Silent,
            SocketError::Closed | SocketError::Io(_) => Self::Lost,
            _ => Self::Misbehaved,
        }
    }
}

/// What a close code means for a person at this end.
const fn said(close: Close) -> &'static str {
    match close {
        Close::Version => {
            "the relay does not speak this program's version of the protocol; update this program"
        }
        Close::Malformed
        | Close::WrongWing
        | Close::WrongDoor
        | Close::TooLarge
        | Close::OutOfTurn => {
            "the relay refused what this program sent, which is a mistake in this program; update it, and report this if that does not help"
        }
        Close::NoSuchDrop => "nobody reads there (any more); ask for a new link",
        Close::Full => {
            "the mailbox is full; it is tried again by itself, and empties when its reader comes"
        }
        Close::Stalled => "the connection was too slow for the relay; it is tried again by itself",
        Close::ComeBack => "the relay restarts; it is tried again by itself",
        Close::Busy => "the relay has too many connections; it is tried again by itself",
        Close::NoRoom => {
            "the relay's disk is full; it is tried again by itself, or tell the relay's operator"
        }
        Close::Fault => {
            "the relay had to stop; it is tried again by itself, or tell the relay's operator"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<Trouble> {
        let host = || "relay.example".to_owned();
        let mut all = vec![
            Trouble::NotAHost { host: host() },
            Trouble::Unreachable { host: host() },
            Trouble::TooSlow { host: host() },
            Trouble::HangsUp { host: host() },
            Trouble::NoTls { host: host() },
            Trouble::NotARelay { host: host() },
            Trouble::Lost,
            Trouble::Silent,
            Trouble::Misbehaved,
        ];
        for because in [
            Mismatch::AnotherKey,
            Mismatch::NotVouched,
            Mismatch::VouchExpired,
        ] {
            all.push(
                WrongRelay {
                    host: host(),
                    because,
                }
                .into(),
            );
        }
        all.extend(Close::ALL.into_iter().map(Trouble::Closed));
        all
    }

    #[test]
    fn every_trouble_is_one_sentence_that_says_what_to_do() {
        for trouble in every() {
            let sentence = trouble.to_string();
            assert!(sentence.contains("; "), "what to do: {sentence}");
            assert!(
                !sentence.contains(". ") && !sentence.ends_with('.'),
                "{sentence}"
            );
        }
    }

    #[test]
    fn a_program_that_is_too_old_or_wrong_does_not_run_against_the_relay() {
        for (close, passes) in [
            (Close::Malformed, false),
            (Close::Version, false),
            (Close::NoSuchDrop, false),
            (Close::ComeBack, true),
            (Close::Full, true),
            (Close::NoRoom, true),
        ] {
            assert_eq!(Trouble::Closed(close).passes(), passes, "{close:?}");
        }
    }
}
