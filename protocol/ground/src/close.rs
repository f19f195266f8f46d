//! Why a connection ends: the codes of a WebSocket close frame. (SPEC §5.7)
//! Knows: the codes. Never carries: text, ids, or which byte was wrong.

/// The reason why a connection is closed, and what its other end does about it. (SPEC §5.7)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[repr(u16)]
pub enum Close {
    /// The frame breaks the SPEC; the same bytes will break it again.
    #[error("a frame was malformed: this is a bug, do not send the same again")]
    Malformed = 4001,
    /// Unknown protocol version.
    #[error("the other side does not speak this version of the protocol: update")]
    Version = 4002,
    /// A frame of another wing.
    #[error("a frame of another wing came")]
    WrongWing = 4003,
    /// A frame of another door or direction.
    #[error("a frame came to the wrong door, or in the wrong direction")]
    WrongDoor = 4004,
    /// A frame longer than 65,792 bytes. (G-6)
    #[error("a frame was too large")]
    TooLarge = 4005,
    /// A frame that this state does not allow.
    #[error("a frame came out of turn")]
    OutOfTurn = 4006,
    /// Nobody reads here, or not any more.
    #[error("nobody reads this mailbox (any more): ask for a new link")]
    NoSuchDrop = 4007,
    /// The mailbox's quota is reached.
    #[error("the mailbox is full: it empties when its reader comes, try again later")]
    Full = 4008,
    /// Silent, or too slow to take what it is sent.
    #[error("the connection stalled: reconnect")]
    Stalled = 4009,
    /// The relay restarts.
    #[error("the relay restarts: reconnect in a while")]
    ComeBack = 4010,
    /// Too many connections, or no memory.
    #[error("the relay is busy: try again in a while")]
    Busy = 4011,
    /// The relay's disk is full.
    #[error("the relay's disk is full: try again later, or tell its operator")]
    NoRoom = 4012,
    /// The relay had to stop.
    #[error("the relay had to stop: try again later, or tell its operator")]
    Fault = 4013,
}

impl Close {
    /// All of them, by code.
    pub const ALL: [Self; 13] = [
        Self::Malformed,
        Self::Version,
        Self::WrongWing,
        Self::WrongDoor,
        Self::TooLarge,
        Self::OutOfTurn,
        Self::NoSuchDrop,
        Self::Full,
        Self::Stalled,
        Self::ComeBack,
        Self::Busy,
        Self::NoRoom,
        Self::Fault,
    ];

    /// The code in the close frame.
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// The reason that has this code, if one has.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|close| close.code() == code)
    }

    /// The name that the SPEC gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Version => "version",
            Self::WrongWing => "wrong-wing",
            Self::WrongDoor => "wrong-door",
            Self::TooLarge => "too-large",
            Self::OutOfTurn => "out-of-turn",
            Self::NoSuchDrop => "no-such-drop",
            Self::Full => "full",
            Self::Stalled => "stalled",
            Self::ComeBack => "come-back",
            Self::Busy => "busy",
            Self::NoRoom => "no-room",
            Self::Fault => "fault",
        }
    }
}

impl From<Close> for u16 {
    fn from(close: Close) -> u16 {
        close.code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_again_by_its_code() {
        for (place, close) in Close::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(close.code()), 4001 + place);
            assert_eq!(Close::from_code(close.code()), Some(close));
        }
        assert_eq!(Close::from_code(1000), None);
        assert_eq!(Close::from_code(4000), None);
        assert_eq!(Close::from_code(4014), None);
    }
}
