//! What clients ask of the relay: one numbered request each. (SPEC §11.2, §11.4, §11.7)
//! Knows: bodies and their shapes, and who may send which. Never knows: whether they are granted.

use crate::certificate::{Hosting, Industry, Name};
use crate::content::LONGEST_CONTENT;
use crate::frank::FrankingKey;
use crate::template::TemplateBytes;
use crate::{
    Blocking, BusinessId, Bytes, Caller, Categories, Category, CertificateHash, Clear,
    ConversationId, Count, Declared, Domain, Endpoint, Envelope, EventId, Kind, Login, Mark,
    Number, OptIn, RightsKey, SealedBundle, ShelfBefore, Signed, TableHash, Tag, TemplateId, Why,
    kind,
};
use minicbor::{Decode, Encode};
use partywall_ground::limits::SHELVE;
use partywall_ground::silent;
use partywall_ground::{AtMost, Close, Seconds};

use crate::ledger::Size;

silent!(Report);

macro_rules! requests {
    ($($kind:ident,)*) => {
        /// A request. (SPEC §11.4, §11.7)
        pub enum Request {$(
            #[doc = concat!("See [`", stringify!($kind), "`].")]
            $kind($kind),
        )*}

        impl Request {
            /// Its type.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            /// Its number on the connection: the answer carries the same.
            #[must_use]
            pub const fn number(&self) -> Number {
                match self {
                    $(Self::$kind(body) => body.number,)*
                }
            }

            /// The whole frame, in one buffer of its length.
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
            impl From<$kind> for Request {
                fn from(body: $kind) -> Self {
                    Self::$kind(body)
                }
            }

            impl From<$kind> for FromClient {
                fn from(body: $kind) -> Self {
                    Self::Request(body.into())
                }
            }
        )*
    };
}

requests! {
    Find,
    Table,
    Template,
    Take,
    Consistency,
    Enrol,
    Shelve,
    Submit,
    Templates,
    StandingOf,
    Begin,
    Consent,
    Declare,
    Opt,
    Block,
    Leave,
    Report,
    Say,
    Held,
    Consents,
    Disclosures,
    Erase,
}

impl Request {
    /// The type of the answer when it is not refused.
    #[must_use]
    pub fn answer(&self) -> Kind {
        self.kind().answer().expect("every request has an answer")
    }
}

/// Everything that clients say at the business door. (SPEC §11.2)
pub enum FromClient {
    /// Who calls.
    Login(Login),
    /// A request.
    Request(Request),
    /// Deliveries that arrived.
    Ack(Ack),
}

impl FromClient {
    /// Reads a whole frame from a caller. (SPEC G-7, B-4)
    ///
    /// # Errors
    /// What to close the connection with: as [`partywall_ground::Frame::parse`] says, then
    /// `Malformed` for a type that there is not, `WrongDoor` for one of the relay or of the
    /// exporter's socket, `OutOfTurn` for one that this caller's role does not have, `Malformed`
    /// for anything wrong with the body.
    pub fn decode(message: &[u8], caller: Caller) -> Result<Self, Close> {
        let (kind, body) = kind::open(message)?;
        kind.admit(caller)?;
        match kind {
            Kind::Login => kind::body(body).map(Self::Login),
            Kind::Ack => kind::body(body).map(Self::Ack),
            _ => Request::body(kind, body).map(Self::Request),
        }
    }

    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Login(_) => Kind::Login,
            Self::Request(request) => request.kind(),
            Self::Ack(_) => Kind::Ack,
        }
    }

    /// The whole frame, in one buffer of its length.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Login(body) => kind::build(Kind::Login, body),
            Self::Request(request) => request.encode(),
            Self::Ack(body) => kind::build(Kind::Ack, body),
        }
    }
}

/// Its type's name and nothing of what it says.
impl std::fmt::Debug for FromClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(formatter)
    }
}

/// Its type's name and nothing of what it says.
impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(formatter)
    }
}

impl From<Login> for FromClient {
    fn from(body: Login) -> Self {
        Self::Login(body)
    }
}

impl From<Ack> for FromClient {
    fn from(body: Ack) -> Self {
        Self::Ack(body)
    }
}

impl From<Request> for FromClient {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

/// The receiver has every delivery of the connection up to `tag`. (SPEC §11.4, B-16)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ack {
    /// The last of those deliveries.
    #[n(0)]
    pub tag: Tag,
}

/// By which of its two names a business is looked up: exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its domain.
    Domain(Domain),
    /// By its id.
    Business(BusinessId),
}

/// Looks up a business. (SPEC §11.4)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// This request's number.
    pub number: Number,
    /// Which business.
    pub named: Named,
}

mod find;

macro_rules! bodies {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $key:literal $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Encode, Decode)]
        #[cbor(map)]
        pub struct $name {
            /// This request's number.
            #[n(0)]
            pub number: Number,
            $(
                $(#[$field_about])*
                #[n($key)]
                pub $field: $type,
            )*
        }
    )*};
}

bodies! {
    /// Asks for a table by its hash. (SPEC §11.4)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Table {
        /// Which.
        1 table: TableHash,
    }
    /// Asks for an approved template. (SPEC §11.4)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Template {
        /// Which.
        1 template: TemplateId,
    }
    /// Takes a bundle from a business's shelf. (SPEC §11.4, B-1)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Take {
        /// Whose.
        1 business: BusinessId,
    }
    /// Asks for the proof that the ledger only grew from one size to another. (SPEC §11.4, §13)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Consistency {
        /// The size that the client knows.
        1 from: Size,
        /// The size to which the proof shall lead.
        2 to: Size,
    }
    /// Asks to be a business here; verified by the operator later. (SPEC §11.4, B-10)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Enrol {
        /// Its name.
        1 name: Name,
        /// Its domain.
        2 domain: Domain,
        /// What it does.
        3 industry: Industry,
        /// On whose machines it answers.
        4 hosting: Hosting,
        /// With which identity it answers.
        5 endpoint: Endpoint,
    }
    /// Puts sealed bundles on the business's shelf. (SPEC §11.4, P-9)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Shelve {
        /// What becomes of what lies there.
        1 before: ShelfBefore,
        /// Each is handed out once.
        2 one_time: AtMost<SealedBundle, SHELVE>,
        /// Replaces the one that is handed out when there is no other.
        3 last_resort: Option<SealedBundle>,
    }
    /// Hands in a template. (SPEC §11.4, B-22)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Submit {
        /// As the business wrote it: [`Draft::decode`](crate::template::Draft::decode) reads it.
        1 template: TemplateBytes,
    }
    /// Asks for the business's templates. (SPEC §11.4)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Templates {}
    /// Asks how the business stands. (SPEC §11.4)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    StandingOf {}
    /// Begins the conversation of this customer with a business. (SPEC §11.4, B-11)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Begin {
        /// With which business.
        1 business: BusinessId,
        /// Which certificate the person was shown.
        2 certificate: CertificateHash,
        /// What may be told (§12).
        3 consent: Signed,
        /// For afterwards.
        4 rights: RightsKey,
        /// Which templates may come: ascending, each once.
        5 opted_in: Categories,
        /// Values that may be told.
        6 declared: Declared,
    }
    /// Chooses anew what may be told. (SPEC §11.4, B-23)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Consent {
        /// The new choice (§12).
        1 consent: Signed,
        /// Values that may be told.
        2 declared: Declared,
    }
    /// Says values that may be told; replaces those said before. (SPEC §11.4)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Declare {
        /// The values.
        1 declared: Declared,
    }
    /// Lets templates of a category come, or not. (SPEC §11.4, B-13)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Opt {
        /// Which templates.
        1 category: Category,
        /// Whether they may come.
        2 opt_in: OptIn,
    }
    /// Hears the business no more, or again. (SPEC §11.4, B-14)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Block {
        /// Whether it is blocked.
        1 blocking: Blocking,
    }
    /// Ends the conversation. (SPEC §11.4, B-14)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Leave {}
    /// Opens one message to the operator. As it was received: nothing is proven until
    /// [`Report::prove`]. (SPEC §11.4, B-19)
    Report {
        /// Which message.
        1 event: EventId,
        /// What it said, exactly.
        2 content: Bytes<LONGEST_CONTENT>,
        /// The key that lay in it.
        3 key: FrankingKey,
        /// Its clear part.
        4 clear: Clear,
        /// What the relay gave with it.
        5 mark: Mark,
        /// When the relay took it in.
        6 at: Seconds,
        /// What it is reported for.
        7 why: Why,
    }
    /// Says something in a conversation. (SPEC §11.4)
    #[derive(Clone, Debug, PartialEq, Eq)]
    Say {
        /// In which.
        1 conversation: ConversationId,
        /// What the relay sees of it.
        2 clear: Clear,
        /// What it does not see.
        3 envelope: Envelope,
    }
    /// Asks what the relay holds of this customer. (SPEC §11.7)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Held {}
    /// Asks for this customer's consents. (SPEC §11.7)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Consents {
        /// Those whose counter is above this one.
        1 after: Count,
    }
    /// Asks what was told of this customer. (SPEC §11.7)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Disclosures {
        /// Those behind this entry: its index plus one, 0 from the first.
        1 after: Count,
    }
    /// Erases all of this customer that can be erased. (SPEC §11.7, B-24)
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Erase {}
}
