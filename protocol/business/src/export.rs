//! The exporter's socket: who has the sinks' credentials asks who has the records. (SPEC §14)
//! Knows: frames of a stream and their bodies. Never knows: sinks' credentials, databases, sockets.

mod batch;
mod stream;

pub use batch::{Batch, BatchError, CarriedRecord, ProvenBatch, ProvenRecord};
pub use stream::{Head, LONGEST_FRAME};

use crate::field::{Recipient, closed};
use crate::{BatchId, Kind, Line, OneTo, kind};
use minicbor::{Decode, Encode};
use partywall_ground::{Close, RelayKey};

use crate::ledger::Origin;

/// What an operator calls a sink: 1 to 64 characters.
pub type SinkName = Line<64>;

macro_rules! said {
    ($(#[$about:meta])* $name:ident { $($kind:ident($body:ident),)* }) => {
        $(#[$about])*
        pub enum $name {$(
            #[doc = concat!("See [`", stringify!($body), "`].")]
            $kind($body),
        )*}

        impl $name {
            /// Reads the body that stands behind a head. (SPEC G-7)
            ///
            /// # Errors
            /// What to close the connection with: `WrongDoor` for what goes the other way or to
            /// another door, `Malformed` for anything wrong with the body.
            pub fn decode(head: &Head, body: &[u8]) -> Result<Self, Close> {
                match head.kind() {
                    $(Kind::$kind => head.holds(body).and_then(kind::body).map(Self::$kind),)*
                    _ => Err(Close::WrongDoor),
                }
            }

            /// Its type.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            /// The whole frame, in one buffer of its length.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$kind(body) => stream::build(Kind::$kind, body),)*
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
            impl From<$body> for $name {
                fn from(body: $body) -> Self {
                    Self::$kind(body)
                }
            }
        )*
    };
}

said! {
    /// What an exporter says.
    FromExporter {
        Carry(Carry),
        Claim(Claim),
        Close(CloseBatch),
    }
}

said! {
    /// What the relay says to an exporter.
    FromRelay {
        Carried(Carried),
        Batch(Batch),
        Idle(Idle),
        Wake(Wake),
        Closed(Closed),
        Abort(Abort),
    }
}

/// What this exporter carries; once, and first. (SPEC §14)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Carry {
    /// Its sinks. One that stands twice is for the relay to refuse.
    #[n(0)]
    pub sinks: OneTo<Sink, 64>,
}

/// A sink and who is behind it. (SPEC §14)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Sink {
    /// What the operator calls it.
    #[n(0)]
    pub sink: SinkName,
    /// Who gets what goes there.
    #[n(1)]
    pub recipient: Recipient,
}

/// Whose records the exporter will get. (SPEC §14)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Carried {
    /// The operator's business key.
    #[n(0)]
    pub operator: RelayKey,
    /// The ledger's name.
    #[n(1)]
    #[cbor(with = "origin")]
    pub origin: Origin,
}

/// Asks for records of a sink. (SPEC §14, X-1)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Claim {
    /// Which sink.
    #[n(0)]
    pub sink: SinkName,
    /// At most so many.
    #[n(1)]
    pub most: Most,
}

/// How many records a claim asks for at most: 1 to 2,000. (SPEC §14)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Most(u16);

impl Most {
    /// The most that there may be.
    pub const LARGEST: Self = Self(2_000);

    /// That many, if it is 1 to 2,000.
    #[must_use]
    pub const fn new(records: u16) -> Option<Self> {
        if records >= 1 && records <= Self::LARGEST.0 {
            Some(Self(records))
        } else {
            None
        }
    }

    /// How many.
    #[must_use]
    pub const fn records(self) -> u16 {
        self.0
    }
}

impl<C> Encode<C> for Most {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.u16(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Most {
    fn decode(
        decoder: &mut minicbor::Decoder<'b>,
        _: &mut C,
    ) -> Result<Self, minicbor::decode::Error> {
        Self::new(decoder.u16()?)
            .ok_or_else(|| minicbor::decode::Error::message("not 1 to 2,000 records"))
    }
}

/// There is nothing for a sink now; a later `wake` says when. (SPEC §14)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Idle {
    /// Which sink.
    #[n(0)]
    pub sink: SinkName,
}

/// There is something for a sink now. (SPEC §14)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Wake {
    /// Which sink.
    #[n(0)]
    pub sink: SinkName,
}

/// What became of a batch: the SPEC's `close`. (SPEC §14, X-3)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CloseBatch {
    /// Which.
    #[n(0)]
    pub batch: BatchId,
    /// What.
    #[n(1)]
    pub outcome: Outcome,
}

closed! {
    /// What became of what a batch holds. (SPEC §14, X-3)
    Outcome, 3 {
        /// The sink has taken all of it.
        Sent = 1, "sent";
        /// None of it left.
        Void = 2, "void";
        /// Some of it may have left.
        Uncertain = 3, "uncertain";
    }
}

/// That is on disk. (SPEC §14)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Closed {
    /// Which batch.
    #[n(0)]
    pub batch: BatchId,
}

/// Stop every attempt to send a batch, at once. (SPEC §14, X-4)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Abort {
    /// Which.
    #[n(0)]
    pub batch: BatchId,
}

/// A ledger's name as text.
mod origin {
    use crate::ledger::Origin;
    use minicbor::decode::{Decoder, Error};
    use minicbor::encode::{Encoder, Write};

    pub(super) fn encode<C, W: Write>(
        origin: &Origin,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(origin.as_str())?.ok()
    }

    pub(super) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Origin, Error> {
        Origin::parse(decoder.str()?).map_err(|_| Error::message("not a ledger's name"))
    }
}

#[cfg(test)]
mod tests;
