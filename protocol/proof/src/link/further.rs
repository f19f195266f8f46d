//! Where else a relay is. (SPEC §3)
//! Knows: how many there may be. Never knows: which of them answers.

use super::Authority;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::limits::FURTHER_AUTHORITIES;
use partywall_ground::{AtMost, TooMany};

/// Further authorities of the relay that a link names, in the order in which they are tried: one
/// or two. None at all is written by leaving the entry out, and in no other way. (SPEC §3)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Further(AtMost<Authority, FURTHER_AUTHORITIES>);

impl Further {
    /// A body's entry for these authorities; none when there are none.
    ///
    /// # Errors
    /// When there are more than two.
    pub fn listed(authorities: Vec<Authority>) -> Result<Option<Self>, TooMany> {
        if authorities.is_empty() {
            return Ok(None);
        }
        authorities.try_into().map(|list| Some(Self(list)))
    }
}

impl std::ops::Deref for Further {
    type Target = [Authority];

    fn deref(&self) -> &[Authority] {
        &self.0
    }
}

impl<C> Encode<C> for Further {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

/// An empty list is refused: an absent one and an empty one are the same thing.
impl<'b, C> Decode<'b, C> for Further {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let list = AtMost::decode(decoder, context)?;
        match list.is_empty() {
            true => Err(minicbor::decode::Error::message("an empty list")),
            false => Ok(Self(list)),
        }
    }
}
