//! Events as CBOR: one map, in which the kind says which keys stand. (SPEC §11.5)
//! Knows: keys. Never knows: what an event is for.

use super::{Event, LONGEST_DISCLOSURE, News};
use crate::field::Region;
use crate::ledger::UnverifiedProof;
use crate::{
    Bytes, Categories, Category, Clear, ConversationId, Envelope, EventId, Mark, OptIn, Reason,
    Sequence, Tag,
};
use crate::{CertificateHash, TableHash};
use minicbor::decode::{Decode, Decoder, Error};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::Seconds;

/// Every key that any kind has. What a kind does not take from here was too much: the comparison
/// after decoding finds it. (SPEC G-3)
#[derive(minicbor::Decode)]
#[cbor(map)]
struct Keys {
    #[n(0)]
    tag: Tag,
    #[n(1)]
    id: EventId,
    #[n(2)]
    conversation: ConversationId,
    #[n(3)]
    sequence: Sequence,
    #[n(4)]
    at: Seconds,
    #[n(5)]
    window_expires_at: Seconds,
    #[n(6)]
    kind: u8,
    #[n(7)]
    clear: Option<Clear>,
    #[n(8)]
    envelope: Option<Envelope>,
    #[n(9)]
    mark: Option<Mark>,
    #[n(10)]
    opted_in: Option<Categories>,
    #[n(11)]
    category: Option<Category>,
    #[n(12)]
    opt_in: Option<OptIn>,
    #[n(13)]
    disclosure: Option<Bytes<LONGEST_DISCLOSURE>>,
    #[n(14)]
    region: Option<Region>,
    #[n(15)]
    entry: Option<UnverifiedProof>,
    #[n(16)]
    message: Option<EventId>,
    #[n(17)]
    reason: Option<Reason>,
    #[n(18)]
    hash: Option<TableHash>,
}

impl Keys {
    fn news(&mut self) -> Option<News> {
        Some(match self.kind {
            1 => News::Message {
                clear: self.clear?,
                envelope: self.envelope.take()?,
                mark: self.mark?,
            },
            2 => News::Began {
                opted_in: self.opted_in.take()?,
                region: self.region,
            },
            3 => News::Left,
            4 => News::Opted {
                category: self.category?,
                opt_in: self.opt_in?,
            },
            5 => News::Disclosed {
                disclosure: self.disclosure.take()?,
                entry: self.entry.take()?,
            },
            6 => News::Withdrawn {
                message: self.message?,
                reason: self.reason?,
            },
            7 => News::Suspended(self.reason?),
            8 => News::Revoked(self.reason?),
            9 => News::Table(self.hash?),
            10 => News::Certificate(CertificateHash::new(self.hash?.into_bytes())),
            _ => return None,
        })
    }
}

impl<'b, C> Decode<'b, C> for Event {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, Error> {
        let mut keys = Keys::decode(decoder, context)?;
        let news = keys.news().ok_or_else(|| Error::message("no such event"))?;
        Ok(Self {
            tag: keys.tag,
            id: keys.id,
            conversation: keys.conversation,
            sequence: keys.sequence,
            at: keys.at,
            window_expires_at: keys.window_expires_at,
            news,
        })
    }
}

impl News {
    /// How many keys it has besides those that all have.
    const fn keys(&self) -> u64 {
        match self {
            Self::Message { .. } => 3,
            Self::Began { region, .. } => 1 + region.is_some() as u64,
            Self::Left => 0,
            Self::Opted { .. } | Self::Disclosed { .. } | Self::Withdrawn { .. } => 2,
            Self::Suspended(_) | Self::Revoked(_) | Self::Table(_) | Self::Certificate(_) => 1,
        }
    }
}

impl<C> Encode<C> for Event {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.map(7 + self.news.keys())?;
        encoder.u8(0)?.encode(self.tag)?;
        encoder.u8(1)?.encode(self.id)?;
        encoder.u8(2)?.encode(self.conversation)?;
        encoder.u8(3)?.encode(self.sequence)?;
        encoder.u8(4)?.encode(self.at)?;
        encoder.u8(5)?.encode(self.window_expires_at)?;
        encoder.u8(6)?.u8(self.news.number())?;
        match &self.news {
            News::Message {
                clear,
                envelope,
                mark,
            } => {
                encoder.u8(7)?.encode(clear)?;
                encoder.u8(8)?.encode(envelope)?;
                encoder.u8(9)?.encode(mark)?;
            }
            News::Began { opted_in, region } => {
                encoder.u8(10)?.encode(opted_in)?;
                if let Some(region) = region {
                    encoder.u8(14)?.encode(region)?;
                }
            }
            News::Left => {}
            News::Opted { category, opt_in } => {
                encoder.u8(11)?.encode(category)?;
                encoder.u8(12)?.encode(opt_in)?;
            }
            News::Disclosed { disclosure, entry } => {
                encoder.u8(13)?.encode(disclosure)?;
                encoder.u8(15)?.encode(entry)?;
            }
            News::Withdrawn { message, reason } => {
                encoder.u8(16)?.encode(message)?;
                encoder.u8(17)?.encode(reason)?;
            }
            News::Suspended(reason) | News::Revoked(reason) => {
                encoder.u8(17)?.encode(reason)?;
            }
            News::Table(hash) => {
                encoder.u8(18)?.encode(hash)?;
            }
            News::Certificate(hash) => {
                encoder.u8(18)?.encode(hash)?;
            }
        }
        Ok(())
    }
}
