//! Content as CBOR: one map, in which key 4 says which further keys stand. (SPEC §11.6)
//! Knows: keys. Never knows: who said it.

use super::items::{Button, HandOff, Item, Location, Section};
use super::what::{ItemId, Message};
use super::{Content, What, money};
use crate::frank::FrankingKey;
use crate::template::Parameter;
use crate::value::Money;
use crate::{OneTo, Seen, Sequence, TemplateId, Version};
use minicbor::decode::{Decode, Decoder, Error};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::{AtMost, Milliseconds};

/// Every key that any kind has. What a kind does not take from here was too much: the comparison
/// after decoding finds it. (SPEC G-3)
#[derive(minicbor::Decode)]
#[cbor(map)]
struct Keys {
    #[n(0)]
    sequence: Sequence,
    #[n(1)]
    written: Milliseconds,
    #[n(2)]
    seen: Seen,
    #[n(3)]
    key: FrankingKey,
    #[n(4)]
    what: u8,
    #[n(5)]
    text: Option<Message>,
    #[n(6)]
    buttons: Option<OneTo<Button, 3>>,
    #[n(7)]
    sections: Option<OneTo<Section, 10>>,
    #[n(8)]
    items: Option<OneTo<Item, 30>>,
    #[n(9)]
    total: Option<Total>,
    #[n(10)]
    id: Option<ItemId>,
    #[n(11)]
    of: Option<Sequence>,
    #[n(12)]
    location: Option<Location>,
    #[n(13)]
    hand_off: Option<HandOff>,
    #[n(14)]
    template: Option<TemplateId>,
    #[n(15)]
    version: Option<Version>,
    #[n(16)]
    parameters: Option<AtMost<Parameter, 16>>,
    #[n(17)]
    up_to: Option<Sequence>,
}

/// Money, where it may be absent.
#[derive(minicbor::Decode)]
#[cbor(transparent)]
struct Total(
    #[n(0)]
    #[cbor(with = "money")]
    Money,
);

impl Keys {
    fn what(&mut self) -> Option<What> {
        Some(match self.what {
            1 => What::Text(self.text.take()?),
            2 => What::Buttons(self.text.take()?, self.buttons.take()?),
            3 => What::List(self.text.take()?, self.sections.take()?),
            4 => {
                let items = self.items.take()?;
                let [item] = &*items else { return None };
                What::Product(item.clone())
            }
            5 => What::Products(self.text.take()?, self.items.take()?),
            6 => What::Order(self.items.take()?, self.total.take()?.0),
            7 => What::Chosen(self.id.take()?, self.of?),
            8 => What::AskLocation(self.text.take()?),
            9 => What::Location(self.location?),
            10 => What::HandOff(self.hand_off?, self.text.take()),
            11 => What::Agent,
            12 => What::Template(self.template?, self.version?, self.parameters.take()?),
            13 => What::Read(self.up_to?),
            14 => What::Typing,
            _ => return None,
        })
    }
}

impl<'b, C> Decode<'b, C> for Content {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, Error> {
        let mut keys = Keys::decode(decoder, context)?;
        let what = keys.what().filter(What::is_whole);
        Ok(Self {
            sequence: keys.sequence,
            written: keys.written,
            seen: keys.seen,
            key: keys.key,
            what: what.ok_or_else(|| Error::message("nothing that may be said"))?,
        })
    }
}

impl What {
    /// How many keys it has besides those that all have.
    const fn keys(&self) -> u64 {
        match self {
            Self::Agent | Self::Typing => 0,
            Self::Text(_)
            | Self::Product(_)
            | Self::AskLocation(_)
            | Self::Location(_)
            | Self::Read(_) => 1,
            Self::HandOff(_, words) => 1 + words.is_some() as u64,
            Self::Buttons(..)
            | Self::List(..)
            | Self::Products(..)
            | Self::Order(..)
            | Self::Chosen(..) => 2,
            Self::Template(..) => 3,
        }
    }
}

impl<C> Encode<C> for Content {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.map(5 + self.what.keys())?;
        encoder.u8(0)?.encode(self.sequence)?;
        encoder.u8(1)?.encode(self.written)?;
        encoder.u8(2)?.encode(self.seen)?;
        encoder.u8(3)?.encode(&self.key)?;
        encoder.u8(4)?.u8(self.what.number())?;
        match &self.what {
            What::Text(text) | What::AskLocation(text) => {
                encoder.u8(5)?.encode(text)?;
            }
            What::Buttons(text, buttons) => {
                encoder.u8(5)?.encode(text)?.u8(6)?.encode(buttons)?;
            }
            What::List(text, sections) => {
                encoder.u8(5)?.encode(text)?.u8(7)?.encode(sections)?;
            }
            What::Product(item) => {
                encoder.u8(8)?.array(1)?.encode(item)?;
            }
            What::Products(text, items) => {
                encoder.u8(5)?.encode(text)?.u8(8)?.encode(items)?;
            }
            What::Order(items, total) => {
                encoder.u8(8)?.encode(items)?.u8(9)?;
                money::encode(total, encoder, context)?;
            }
            What::Chosen(id, of) => {
                encoder.u8(10)?.encode(id)?.u8(11)?.encode(of)?;
            }
            What::Location(location) => {
                encoder.u8(12)?.encode(location)?;
            }
            What::HandOff(hand_off, words) => {
                if let Some(words) = words {
                    encoder.u8(5)?.encode(words)?;
                }
                encoder.u8(13)?.encode(hand_off)?;
            }
            What::Template(template, version, parameters) => {
                encoder.u8(14)?.encode(template)?.u8(15)?.encode(version)?;
                encoder.u8(16)?.encode(parameters)?;
            }
            What::Read(up_to) => {
                encoder.u8(17)?.encode(up_to)?;
            }
            What::Agent | What::Typing => {}
        }
        Ok(())
    }
}
