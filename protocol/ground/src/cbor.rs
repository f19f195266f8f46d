//! Deterministic CBOR: one encoding for every value, and nothing else is taken in.
//! Knows: SPEC §1.3 (G-3, G-4). Never knows: what the bodies mean; never allocates for a length
//! that somebody only claims.

mod strict;

pub use strict::check;

use minicbor::decode::Decode;
use minicbor::encode::{Encode, Write};
use std::convert::Infallible;

/// Why bytes are not a body. Says what broke and nothing about where or by which value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The bytes end inside the item.
    #[error("the body ends too early")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes follow the body")]
    Trailing,
    /// An integer or a length is not in its shortest form, or a length is indefinite.
    #[error("an integer or length of the body is not in its shortest form")]
    NotShortest,
    /// A tag, a float, `null` or another simple value.
    #[error("the body holds a kind of value that bodies do not have")]
    Forbidden,
    /// A map's keys are not unsigned integers in strictly ascending order.
    #[error("keys of the body are not unsigned integers in ascending order")]
    Keys,
    /// Text that is not UTF-8.
    #[error("text in the body is not UTF-8")]
    Text,
    /// Arrays and maps too deep inside one another.
    #[error("the body is nested too deep")]
    TooDeep,
    /// Deterministic, but not what the CDDL says.
    #[error("the body is not what it has to be")]
    Shape,
}

/// Reads one body: the strict pass, then `T`, then the comparison of what `T` would write with
/// what was received, so that keys and values which `T` does not know are refused. (SPEC G-3, G-4)
///
/// # Errors
/// The first thing that is wrong with the bytes.
pub fn decode<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, BodyError> {
    check(bytes)?;
    let value: T = minicbor::decode(bytes).map_err(|_| BodyError::Shape)?;
    let mut expected = Expected(bytes);
    minicbor::encode(&value, &mut expected).map_err(|_| BodyError::Shape)?;
    if !expected.0.is_empty() {
        return Err(BodyError::Shape);
    }
    Ok(value)
}

/// The one encoding of a value, in a buffer of exactly its length.
pub fn encode(value: &impl Encode<()>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length(value));
    encode_into(&mut bytes, value);
    bytes
}

/// Appends the one encoding of a value.
///
/// # Panics
/// When the value's own `Encode` refuses; none of this project does.
pub fn encode_into(bytes: &mut Vec<u8>, value: &impl Encode<()>) {
    minicbor::encode(value, bytes).expect("writing to memory does not fail");
}

/// How many bytes a value encodes to.
///
/// # Panics
/// As [`encode_into`].
pub fn length(value: &impl Encode<()>) -> usize {
    let mut counted = Counted(0);
    minicbor::encode(value, &mut counted).expect("counting does not fail");
    counted.0
}

/// Takes no bytes but those that are expected next. Keeps nothing.
struct Expected<'a>(&'a [u8]);

/// What was written is not what was expected.
struct Unexpected;

impl Write for Expected<'_> {
    type Error = Unexpected;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Unexpected> {
        self.0 = self.0.strip_prefix(bytes).ok_or(Unexpected)?;
        Ok(())
    }
}

/// Counts what it is given. Keeps nothing.
struct Counted(usize);

impl Write for Counted {
    type Error = Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0 += bytes.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minicbor::{Decoder, Encoder};

    /// Reads any number, and writes these bytes.
    #[derive(Debug, PartialEq)]
    struct Writes<const LENGTH: usize>([u8; LENGTH]);

    impl<C> Encode<C> for Writes<0> {
        fn encode<W: Write>(
            &self,
            _: &mut Encoder<W>,
            _: &mut C,
        ) -> Result<(), minicbor::encode::Error<W::Error>> {
            Ok(())
        }
    }

    impl<C> Encode<C> for Writes<1> {
        fn encode<W: Write>(
            &self,
            encoder: &mut Encoder<W>,
            _: &mut C,
        ) -> Result<(), minicbor::encode::Error<W::Error>> {
            encoder.u8(self.0[0])?.ok()
        }
    }

    impl<'b, C, const LENGTH: usize> Decode<'b, C> for Writes<LENGTH> {
        fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
            decoder.u8().map(|_| Self([7; LENGTH]))
        }
    }

    #[test]
    fn a_body_is_only_what_its_type_would_write_itself() {
        assert_eq!(decode::<Writes<1>>(&[7]), Ok(Writes([7])));
        assert_eq!(decode::<Writes<1>>(&[8]), Err(BodyError::Shape));
        assert_eq!(decode::<Writes<0>>(&[7]), Err(BodyError::Shape));
    }
}
