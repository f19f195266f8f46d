//! The types of frames of the peer wing, and how a frame is opened and built. (SPEC §7.2)
//! Knows: their numbers and names. Which door they belong to, `collect` and `deposit` say.

use minicbor::{Decode, Encode};
use partywall_ground::{Close, Frame, Peer, cbor, frame};

macro_rules! kinds {
    ($($(#[$about:meta])* $name:ident = $number:literal,)*) => {
        /// A frame's type. (SPEC §7.2)
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Kind {$(
            $(#[$about])*
            $name = $number,
        )*}

        impl Kind {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The type that has this number, if one has; reserved numbers have none.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// Its number in the frame's header.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }
        }
    };
}

kinds! {
    /// The relay's first words.
    Hello = 0x0001,
    /// Make a mailbox.
    Create = 0x0010,
    /// Read a mailbox.
    Attach = 0x0011,
    /// The mailbox is read here now.
    Attached = 0x0012,
    /// It is not.
    Refused = 0x0013,
    /// It is not any more.
    Detached = 0x0014,
    /// End a mailbox.
    CloseMailbox = 0x0015,
    /// It has ended.
    Closed = 0x0016,
    /// Put bundles on the shelf.
    Shelve = 0x0017,
    /// They are there.
    Shelved = 0x0018,
    /// An envelope for the reader.
    Deliver = 0x0019,
    /// The reader has it.
    Ack = 0x001A,
    /// Use this drop.
    Use = 0x0020,
    /// It is there.
    Opened = 0x0021,
    /// An envelope from the writer.
    Deposit = 0x0022,
    /// It is on disk.
    Accepted = 0x0023,
    /// Take a bundle from the shelf.
    Take = 0x0024,
    /// Here it is.
    Taken = 0x0025,
}

/// Checks a message up to its type: what follows are door and body. (SPEC G-7)
pub(crate) fn open(message: &[u8]) -> Result<(Kind, &[u8]), Close> {
    let frame = Frame::<Peer>::parse(message)?;
    let kind = Kind::from_number(frame.kind).ok_or(Close::Malformed)?;
    Ok((kind, frame.body))
}

/// Reads a body; whatever is wrong with it, the connection learns that it is malformed. (SPEC G-8)
pub(crate) fn body<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, Close> {
    cbor::decode(bytes).map_err(|_| Close::Malformed)
}

/// Builds a whole frame in one buffer of its length.
pub(crate) fn build(kind: Kind, body: &impl Encode<()>) -> Vec<u8> {
    frame::build::<Peer>(kind.number(), body)
}

/// Makes the enum of all that one side says on one door, with its only way in and out.
macro_rules! said {
    ($(#[$about:meta])* $name:ident { $($kind:ident,)* }) => {
        $(#[$about])*
        pub enum $name {$(
            #[doc = concat!("See [`", stringify!($kind), "`].")]
            $kind($kind),
        )*}

        impl $name {
            /// The whole frame, in one buffer of its length.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$kind(body) => $crate::kind::build($crate::Kind::$kind, body),)*
                }
            }

            /// Reads a whole frame. (SPEC G-7)
            ///
            /// # Errors
            /// What to close the connection with: as [`partywall_ground::Frame::parse`] says, then
            /// `Malformed` for a type that there is not, `WrongDoor` for one of the other door or
            /// direction, `Malformed` for anything wrong with the body.
            pub fn decode(message: &[u8]) -> Result<Self, partywall_ground::Close> {
                let (kind, body) = $crate::kind::open(message)?;
                match kind {
                    $($crate::Kind::$kind => $crate::kind::body(body).map(Self::$kind),)*
                    _ => Err(partywall_ground::Close::WrongDoor),
                }
            }

            /// Its type.
            #[must_use]
            pub const fn kind(&self) -> $crate::Kind {
                match self {
                    $(Self::$kind(_) => $crate::Kind::$kind,)*
                }
            }
        }

        /// Its type's name and nothing of what it says.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.kind().fmt(formatter)
            }
        }

        $(
            impl From<$kind> for $name {
                fn from(body: $kind) -> Self {
                    Self::$kind(body)
                }
            }
        )*
    };
}
pub(crate) use said;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_again_by_its_number_and_no_other_number_has_one() {
        let known = (0..=u16::MAX).filter_map(Kind::from_number).count();
        assert_eq!(known, Kind::ALL.len());
        for kind in Kind::ALL {
            assert_eq!(Kind::from_number(kind.number()), Some(*kind));
        }
    }
}
