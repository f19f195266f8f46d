//! What the relay says to clients: its first words, answers to requests, and events. (SPEC §11.2,
//! §11.4, §11.7) Knows: bodies and their shapes. Never knows: what was asked.

use crate::event::Event;
use crate::ledger::{Path, UnverifiedCheckpoint, UnverifiedProof};
use crate::rights::{ConsentsAre, DisclosuresAre, Erased, HeldIs};
use crate::template::{Lint, UnverifiedApproval};
use crate::{
    BusinessStanding, ConversationId, Count, EventId, Kind, Number, Reason, Refused, SealedBundle,
    Sequence, Signed, TemplateId, TemplateState, Welcome, kind,
};
use minicbor::{Decode, Encode};
use partywall_ground::silent;
use partywall_ground::{AtMost, Close, Seconds};
use partywall_proof::Hello;

silent!(Found, TableIs);

macro_rules! answers {
    ($($kind:ident,)*) => {
        /// The answer to a request. (SPEC §11.2, B-5)
        pub enum Answer {$(
            #[doc = concat!("See [`", stringify!($kind), "`].")]
            $kind($kind),
        )*}

        impl Answer {
            /// Its type.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            /// The number of the request that it answers.
            #[must_use]
            pub const fn number(&self) -> Number {
                match self {
                    $(Self::$kind(body) => body.number,)*
                }
            }

            /// The whole frame, in one buffer of its length.
            ///
            /// # Panics
            /// When a signed body or a payload inside is longer than SPEC §12 and §13 let it be.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$kind(body) => kind::build(Kind::$kind, body),)*
                }
            }

            fn body(kind: Kind, body: &[u8]) -> Result<Self, Close> {
                match kind {
                    $(Kind::$kind => kind::body(body).map(Self::$kind),)*
                    _ => Err(Close::WrongDoor),
                }
            }
        }

        $(
            impl From<$kind> for Answer {
                fn from(body: $kind) -> Self {
                    Self::$kind(body)
                }
            }

            impl From<$kind> for FromRelay {
                fn from(body: $kind) -> Self {
                    Self::Answer(body.into())
                }
            }
        )*
    };
}

answers! {
    Done,
    Refused,
    Found,
    TableIs,
    TemplateIs,
    Taken,
    Consistent,
    Shelved,
    Submitted,
    TemplatesAre,
    StandingIs,
    Begun,
    Accepted,
    HeldIs,
    ConsentsAre,
    DisclosuresAre,
    Erased,
}

/// Everything that the relay says at the business door. (SPEC §11.2)
pub enum FromRelay {
    /// Its first words.
    Hello(Hello),
    /// The answer to a login.
    Welcome(Welcome),
    /// The answer to a request.
    Answer(Answer),
    /// Something happened.
    Event(Event),
}

impl FromRelay {
    /// Reads a whole frame from the relay. (SPEC G-7)
    ///
    /// # Errors
    /// What to close the connection with: as [`partywall_ground::Frame::parse`] says, then
    /// `Malformed` for a type that there is not, `WrongDoor` for one of clients or of the
    /// exporter's socket, `Malformed` for anything wrong with the body.
    pub fn decode(message: &[u8]) -> Result<Self, Close> {
        let (kind, body) = kind::open(message)?;
        match kind {
            Kind::Hello => kind::body(body).map(Self::Hello),
            Kind::Welcome => kind::body(body).map(Self::Welcome),
            Kind::Event => kind::body(body).map(Self::Event),
            _ => Answer::body(kind, body).map(Self::Answer),
        }
    }

    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Hello(_) => Kind::Hello,
            Self::Welcome(_) => Kind::Welcome,
            Self::Answer(answer) => answer.kind(),
            Self::Event(_) => Kind::Event,
        }
    }

    /// The whole frame, in one buffer of its length.
    ///
    /// # Panics
    /// As [`Answer::encode`].
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello(body) => kind::build(Kind::Hello, body),
            Self::Welcome(body) => kind::build(Kind::Welcome, body),
            Self::Answer(answer) => answer.encode(),
            Self::Event(event) => kind::build(Kind::Event, event),
        }
    }
}

/// Its type's name and nothing of what it says.
impl std::fmt::Debug for FromRelay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(formatter)
    }
}

/// Its type's name and nothing of what it says.
impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(formatter)
    }
}

impl From<Hello> for FromRelay {
    fn from(body: Hello) -> Self {
        Self::Hello(body)
    }
}

impl From<Welcome> for FromRelay {
    fn from(body: Welcome) -> Self {
        Self::Welcome(body)
    }
}

impl From<Answer> for FromRelay {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Event> for FromRelay {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

/// What was asked for is on disk. (SPEC §11.2, B-6)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Done {
    /// Which request.
    #[n(0)]
    pub number: Number,
}

/// A business, with the table in force. Nothing about it is proven yet. (SPEC §11.4, B-8)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct Found {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Its certificate.
    #[n(1)]
    pub certificate: Signed,
    /// The certificate's entry in the ledger.
    #[n(2)]
    pub certificate_entry: Box<UnverifiedProof>,
    /// The table in force (§12).
    #[n(3)]
    pub table: Signed,
    /// The table's entry in the ledger.
    #[n(4)]
    pub table_entry: Box<UnverifiedProof>,
}

/// A table. Nothing about it is proven yet. (SPEC §11.4)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct TableIs {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// The table (§12).
    #[n(1)]
    pub table: Signed,
    /// Its entry in the ledger.
    #[n(2)]
    pub table_entry: Box<UnverifiedProof>,
}

/// A template. Nothing about it is proven yet. (SPEC §11.4)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TemplateIs {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// The template and the operator's approval.
    #[n(1)]
    pub template: UnverifiedApproval,
}

/// A bundle from a shelf. (SPEC §11.4, P-10)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Taken {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Nothing lies there if this is absent.
    #[n(1)]
    pub bundle: Option<SealedBundle>,
}

/// The proof that the ledger only grew. (SPEC §11.4, §13)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Consistent {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// A checkpoint of the size to which the proof leads: the second of the request, or a later.
    #[n(1)]
    pub checkpoint: UnverifiedCheckpoint,
    /// From the first size of the request to the checkpoint's.
    #[n(2)]
    pub path: Path,
}

/// The bundles are on disk. (SPEC §11.4)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Shelved {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// How many one-time bundles lie there now.
    #[n(1)]
    pub one_time_left: Count,
}

/// A template was taken in. (SPEC §11.4, B-22)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Submitted {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Its id.
    #[n(1)]
    pub template: TemplateId,
    /// What became of it.
    #[n(2)]
    pub state: TemplateState,
    /// What the operator will look at, ascending.
    #[n(3)]
    pub lint: AtMost<Lint, 32>,
}

/// The business's templates. (SPEC §11.4)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TemplatesAre {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Each with its state.
    #[n(1)]
    pub templates: AtMost<TemplateLine, 500>,
}

/// One template and where it is in its life. (SPEC §11.4, B-22)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TemplateLine {
    /// Which.
    #[n(0)]
    pub template: TemplateId,
    /// Where it is.
    #[n(1)]
    pub state: TemplateState,
    /// Why, if it was rejected, paused or disabled.
    #[n(2)]
    pub reason: Option<Reason>,
    /// Until when it is paused.
    #[n(3)]
    pub until: Option<Seconds>,
}

/// How the business stands. (SPEC §11.4)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingIs {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// How.
    #[n(1)]
    pub standing: BusinessStanding,
    /// Why, if it was suspended or revoked.
    #[n(2)]
    pub reason: Option<Reason>,
    /// Its certificate, if it is verified.
    #[n(3)]
    pub certificate: Option<Signed>,
}

/// The conversation is there. (SPEC §11.4, B-11)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Begun {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// Its id.
    #[n(1)]
    pub conversation: ConversationId,
}

/// What was said is on disk. (SPEC §11.4, B-6, B-17)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Accepted {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// The id under which the receiver gets it.
    #[n(1)]
    pub event: EventId,
    /// Its place among the receiver's events.
    #[n(2)]
    pub sequence: Sequence,
    /// The relay's time at which it was taken in.
    #[n(3)]
    pub at: Seconds,
    /// When the window closes; 0 if none was ever open.
    #[n(4)]
    pub window_expires_at: Seconds,
}
