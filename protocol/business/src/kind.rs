//! The types of frames of the business wing: one table of number, door, direction, who may send
//! it, and what answers it; and how a frame is opened and built. (SPEC §7.2, §11, §14)
//! Knows: numbers and roles. Never knows: what bodies mean.

use crate::Role;
use minicbor::{Decode, Encode};
use partywall_ground::{Business, Close, Frame, cbor, frame};

/// Where frames of a type go. (SPEC §11.2, §14)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `GET /v1/business`.
    Business,
    /// The exporter's socket.
    Exporter,
}

/// Which way frames of a type go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a client or an exporter to the relay.
    ToRelay,
    /// From the relay.
    FromRelay,
}

/// Who is at the other end of a connection, as far as it is proven. (SPEC §11.2, B-4)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody in particular: no `login` came yet.
    Guest,
    /// Whoever logged in, in that role.
    Proven(Role),
}

/// Which callers may send a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Senders {
    /// The relay, or an exporter.
    NoCaller,
    Guests,
    Anybody,
    Businesses,
    Customers,
    Speakers,
    Entitled,
}

impl Senders {
    const fn have(self, caller: Caller) -> bool {
        use Caller::{Guest, Proven};
        use Role::{Business, Customer, Rights};
        match self {
            Self::NoCaller => false,
            Self::Guests => matches!(caller, Guest),
            Self::Anybody => true,
            Self::Businesses => matches!(caller, Proven(Business)),
            Self::Customers => matches!(caller, Proven(Customer)),
            Self::Speakers => matches!(caller, Proven(Customer | Business)),
            Self::Entitled => matches!(caller, Proven(Customer | Rights)),
        }
    }
}

macro_rules! kinds {
    ($($(#[$about:meta])* $name:ident = $number:literal, $door:ident, $direction:ident, $senders:ident $(=> $answer:ident)?;)*) => {
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

            /// Its name in the SPEC's words, run together.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// Where it goes.
            #[must_use]
            pub const fn door(self) -> Door {
                match self {
                    $(Self::$name => Door::$door,)*
                }
            }

            /// Which way it goes.
            #[must_use]
            pub const fn direction(self) -> Direction {
                match self {
                    $(Self::$name => Direction::$direction,)*
                }
            }

            /// What answers it when it is not refused; `None` if it is no request.
            #[must_use]
            pub const fn answer(self) -> Option<Self> {
                match self {
                    $($(Self::$name => Some(Self::$answer),)?)*
                    _ => None,
                }
            }

            const fn senders(self) -> Senders {
                match self {
                    $(Self::$name => Senders::$senders,)*
                }
            }
        }
    };
}

kinds! {
    /// The relay's first words.
    Hello = 0x0100, Business, FromRelay, NoCaller;
    /// Proves who calls.
    Login = 0x0101, Business, ToRelay, Guests;
    /// It is proven.
    Welcome = 0x0102, Business, FromRelay, NoCaller;
    /// What was asked for is on disk.
    Done = 0x0103, Business, FromRelay, NoCaller;
    /// What was asked for is refused.
    Refused = 0x0104, Business, FromRelay, NoCaller;
    /// Look up a business.
    Find = 0x0110, Business, ToRelay, Anybody => Found;
    /// Its certificate and the table in force.
    Found = 0x0111, Business, FromRelay, NoCaller;
    /// Ask for a table.
    Table = 0x0112, Business, ToRelay, Anybody => TableIs;
    /// Here it is.
    TableIs = 0x0113, Business, FromRelay, NoCaller;
    /// Ask for a template.
    Template = 0x0114, Business, ToRelay, Anybody => TemplateIs;
    /// Here it is.
    TemplateIs = 0x0115, Business, FromRelay, NoCaller;
    /// Take a bundle from a business's shelf.
    Take = 0x0116, Business, ToRelay, Anybody => Taken;
    /// Here it is.
    Taken = 0x0117, Business, FromRelay, NoCaller;
    /// Ask whether the ledger only grew.
    Consistency = 0x0118, Business, ToRelay, Anybody => Consistent;
    /// The proof.
    Consistent = 0x0119, Business, FromRelay, NoCaller;
    /// Ask to be a business here.
    Enrol = 0x0120, Business, ToRelay, Businesses => Done;
    /// Put bundles on the shelf.
    Shelve = 0x0121, Business, ToRelay, Businesses => Shelved;
    /// They are there.
    Shelved = 0x0122, Business, FromRelay, NoCaller;
    /// Hand in a template.
    Submit = 0x0123, Business, ToRelay, Businesses => Submitted;
    /// It was taken in.
    Submitted = 0x0124, Business, FromRelay, NoCaller;
    /// Ask for one's templates.
    Templates = 0x0125, Business, ToRelay, Businesses => TemplatesAre;
    /// Here they are.
    TemplatesAre = 0x0126, Business, FromRelay, NoCaller;
    /// Ask for one's standing.
    StandingOf = 0x0127, Business, ToRelay, Businesses => StandingIs;
    /// Here it is.
    StandingIs = 0x0128, Business, FromRelay, NoCaller;
    /// Begin a conversation.
    Begin = 0x0130, Business, ToRelay, Customers => Begun;
    /// It is there.
    Begun = 0x0131, Business, FromRelay, NoCaller;
    /// Choose anew what may be told.
    Consent = 0x0132, Business, ToRelay, Customers => Done;
    /// Say values that may be told.
    Declare = 0x0133, Business, ToRelay, Customers => Done;
    /// Let templates of a category come, or not.
    Opt = 0x0134, Business, ToRelay, Customers => Done;
    /// Hear the business no more, or again.
    Block = 0x0135, Business, ToRelay, Customers => Done;
    /// End the conversation.
    Leave = 0x0136, Business, ToRelay, Customers => Done;
    /// Open one message to the operator.
    Report = 0x0137, Business, ToRelay, Customers => Done;
    /// Say something.
    Say = 0x0140, Business, ToRelay, Speakers => Accepted;
    /// It is on disk.
    Accepted = 0x0141, Business, FromRelay, NoCaller;
    /// Something happened in a conversation.
    Event = 0x0142, Business, FromRelay, NoCaller;
    /// The receiver has it.
    Ack = 0x0143, Business, ToRelay, Speakers;
    /// Ask what is held.
    Held = 0x0150, Business, ToRelay, Entitled => HeldIs;
    /// Here it is.
    HeldIs = 0x0151, Business, FromRelay, NoCaller;
    /// Ask for one's consents.
    Consents = 0x0152, Business, ToRelay, Entitled => ConsentsAre;
    /// Here they are.
    ConsentsAre = 0x0153, Business, FromRelay, NoCaller;
    /// Ask what was told to whom.
    Disclosures = 0x0154, Business, ToRelay, Entitled => DisclosuresAre;
    /// Here it is.
    DisclosuresAre = 0x0155, Business, FromRelay, NoCaller;
    /// Erase all that can be.
    Erase = 0x0156, Business, ToRelay, Entitled => Erased;
    /// It is erased.
    Erased = 0x0157, Business, FromRelay, NoCaller;
    /// What an exporter carries.
    Carry = 0x0180, Exporter, ToRelay, NoCaller => Carried;
    /// Whose records they are.
    Carried = 0x0181, Exporter, FromRelay, NoCaller;
    /// Ask for records.
    Claim = 0x0182, Exporter, ToRelay, NoCaller => Batch;
    /// Here they are.
    Batch = 0x0183, Exporter, FromRelay, NoCaller;
    /// There are none.
    Idle = 0x0184, Exporter, FromRelay, NoCaller;
    /// There are some now.
    Wake = 0x0185, Exporter, FromRelay, NoCaller;
    /// What became of a batch.
    Close = 0x0186, Exporter, ToRelay, NoCaller => Closed;
    /// That is on disk.
    Closed = 0x0187, Exporter, FromRelay, NoCaller;
    /// Stop sending a batch.
    Abort = 0x0188, Exporter, FromRelay, NoCaller;
}

impl Kind {
    /// Whether a caller may send it at the business door now. (SPEC G-7, B-4)
    ///
    /// # Errors
    /// `WrongDoor` for what the relay says or what belongs to the exporter's socket, `OutOfTurn`
    /// for what this caller's role does not have.
    pub const fn admit(self, caller: Caller) -> Result<(), Close> {
        match (self.door(), self.direction()) {
            (Door::Business, Direction::ToRelay) if self.senders().have(caller) => Ok(()),
            (Door::Business, Direction::ToRelay) => Err(Close::OutOfTurn),
            _ => Err(Close::WrongDoor),
        }
    }
}

/// Checks a message up to its type: what follows are door, role and body. (SPEC G-7)
pub(crate) fn open(message: &[u8]) -> Result<(Kind, &[u8]), Close> {
    let frame = Frame::<Business>::parse(message)?;
    let kind = Kind::from_number(frame.kind).ok_or(Close::Malformed)?;
    Ok((kind, frame.body))
}

/// Reads a body; whatever is wrong with it, the connection learns that it is malformed. (SPEC G-8)
pub(crate) fn body<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, Close> {
    cbor::decode(bytes).map_err(|_| Close::Malformed)
}

/// Builds a whole frame in one buffer of its length.
pub(crate) fn build(kind: Kind, body: &impl Encode<()>) -> Vec<u8> {
    frame::build::<Business>(kind.number(), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLERS: [Caller; 4] = [
        Caller::Guest,
        Caller::Proven(Role::Customer),
        Caller::Proven(Role::Business),
        Caller::Proven(Role::Rights),
    ];

    #[test]
    fn every_type_is_found_again_by_its_number_and_no_other_number_has_one() {
        let known = (0..=u16::MAX).filter_map(Kind::from_number).count();
        assert_eq!(known, Kind::ALL.len());
        assert!(Kind::ALL.is_sorted());
        for kind in Kind::ALL {
            assert_eq!(Kind::from_number(kind.number()), Some(*kind));
            assert_eq!(kind.number() >> 8, 1, "{kind:?}");
        }
    }

    #[test]
    fn every_request_has_an_answer_of_its_door_and_nothing_else_has_one() {
        for kind in Kind::ALL {
            let asks =
                kind.direction() == Direction::ToRelay && !matches!(kind, Kind::Login | Kind::Ack);
            assert_eq!(kind.answer().is_some(), asks, "{kind:?}");
            if let Some(answer) = kind.answer() {
                assert_eq!(answer.direction(), Direction::FromRelay, "{kind:?}");
                assert_eq!(answer.door(), kind.door(), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_caller_sends_what_its_role_has_and_nothing_else() {
        let may = |kind: Kind| CALLERS.map(|caller| kind.admit(caller).is_ok());
        for kind in Kind::ALL {
            let expected = match kind.number() {
                0x0101 => [true, false, false, false],
                0x0110 | 0x0112 | 0x0114 | 0x0116 | 0x0118 => [true; 4],
                0x0120 | 0x0121 | 0x0123 | 0x0125 | 0x0127 => [false, false, true, false],
                0x0130 | 0x0132..=0x0137 => [false, true, false, false],
                0x0140 | 0x0143 => [false, true, true, false],
                0x0150 | 0x0152 | 0x0154 | 0x0156 => [false, true, false, true],
                _ => [false; 4],
            };
            assert_eq!(may(*kind), expected, "{kind:?}");
        }
    }
}
