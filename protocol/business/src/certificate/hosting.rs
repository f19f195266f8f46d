//! On whose machines a business answers its customers. (SPEC §11.3)
//! Knows: the three answers. Never knows: whether they are true; the operator vouches for them.

use crate::Line;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::cbor;

/// On whose machines a business answers. Bound into the session: a change is a new one. (SPEC
/// §11.3, B-1, S-15)
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// Its own.
    Itself,
    /// A provider's of this name.
    Provider(Line<80>),
    /// The operator's, or those of the operator's parent.
    Operator,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Map {
    #[n(0)]
    code: u8,
    #[n(1)]
    provider: Option<Line<80>>,
}

impl Hosting {
    /// The bytes as they stand in the certificate, to which the session is bound. (SPEC S-15)
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }
}

impl<C> Encode<C> for Hosting {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let (code, provider) = match self {
            Self::Itself => (1, None),
            Self::Provider(name) => (2, Some(name.clone())),
            Self::Operator => (3, None),
        };
        Map { code, provider }.encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for Hosting {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let map = Map::decode(decoder, context)?;
        match (map.code, map.provider) {
            (1, None) => Ok(Self::Itself),
            (2, Some(name)) => Ok(Self::Provider(name)),
            (3, None) => Ok(Self::Operator),
            _ => Err(minicbor::decode::Error::message("no such hosting")),
        }
    }
}
