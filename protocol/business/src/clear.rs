//! The clear part of a message: what the relay may see of it, bound into what it cannot see.
//! (SPEC §11.6, B-18) Knows: class, commitment, template. Never knows: what is said.

use crate::{Class, Commitment, TemplateId, Version};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::cbor;

/// What travels in the clear beside an envelope: at most 512 bytes of CBOR. (SPEC §11.6, S-14)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clear {
    /// Free words.
    Reply(Commitment),
    /// A template.
    Template(Commitment, TemplateId, Version),
    /// A sign.
    Control(Commitment),
}

/// The map as the SPEC has it, before it is known whether class and template go together.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Map {
    #[n(0)]
    class: Class,
    #[n(1)]
    frank: Commitment,
    #[n(2)]
    template: Option<TemplateId>,
    #[n(3)]
    version: Option<Version>,
}

impl Clear {
    /// Of which class what is said has to be. (SPEC B-18)
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Reply(_) => Class::Reply,
            Self::Template(..) => Class::Template,
            Self::Control(_) => Class::Control,
        }
    }

    /// `C`.
    #[must_use]
    pub const fn commitment(&self) -> &Commitment {
        match self {
            Self::Reply(frank) | Self::Template(frank, ..) | Self::Control(frank) => frank,
        }
    }

    /// The bytes that the channel binds: the one encoding, so what was received. (SPEC G-5, S-14)
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }
}

impl<C> Encode<C> for Clear {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let (template, version) = match self {
            Self::Template(_, template, version) => (Some(*template), Some(*version)),
            Self::Reply(_) | Self::Control(_) => (None, None),
        };
        let map = Map {
            class: self.class(),
            frank: *self.commitment(),
            template,
            version,
        };
        map.encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for Clear {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let map = Map::decode(decoder, context)?;
        match (map.class, map.template, map.version) {
            (Class::Reply, None, None) => Ok(Self::Reply(map.frank)),
            (Class::Control, None, None) => Ok(Self::Control(map.frank)),
            (Class::Template, Some(template), Some(version)) => {
                Ok(Self::Template(map.frank, template, version))
            }
            _ => Err(minicbor::decode::Error::message(
                "class and template do not go together",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRANK: Commitment = Commitment::new([7; 32]);

    #[test]
    fn a_template_is_named_exactly_when_the_class_is_template() {
        let template = Clear::Template(FRANK, TemplateId::new([1; 16]), Version::new(3));
        for clear in [Clear::Reply(FRANK), template, Clear::Control(FRANK)] {
            let bytes = clear.to_bytes();
            assert_eq!(cbor::decode(&bytes), Ok(clear));
            for other in 1..=4 {
                let mut changed = bytes.clone();
                changed[2] = other;
                let read = cbor::decode::<Clear>(&changed);
                let same_shape = (other == 2) == (clear.class() == Class::Template) && other < 4;
                assert_eq!(read.is_ok(), same_shape, "{clear:?} as {other}");
            }
        }
        let longest = Clear::Template(FRANK, TemplateId::new([1; 16]), Version::new(u64::MAX));
        assert!(longest.to_bytes().len() <= 512);
    }
}
