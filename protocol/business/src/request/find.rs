//! The body of `find`: one of two names, and never both. (SPEC §11.4)
//! Knows: that body. Never knows: who is found.

use super::{Find, Named};
use crate::{BusinessId, Domain, Number};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Map {
    #[n(0)]
    number: Number,
    #[n(1)]
    domain: Option<Domain>,
    #[n(2)]
    business: Option<BusinessId>,
}

impl<C> Encode<C> for Find {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let (domain, business) = match &self.named {
            Named::Domain(domain) => (Some(domain.clone()), None),
            Named::Business(business) => (None, Some(*business)),
        };
        let map = Map {
            number: self.number,
            domain,
            business,
        };
        map.encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for Find {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let map = Map::decode(decoder, context)?;
        let named = match (map.domain, map.business) {
            (Some(domain), None) => Named::Domain(domain),
            (None, Some(business)) => Named::Business(business),
            _ => return Err(minicbor::decode::Error::message("not exactly one name")),
        };
        Ok(Self {
            number: map.number,
            named,
        })
    }
}
