//! A list that is never longer than the wire allows.
//! Knows: its bound, before anything is kept. Never knows: what is listed.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

/// More items than there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more items than there may be")]
pub struct TooMany;

/// At most `N` items, in order: CDDL's `[0*N item]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtMost<T, const N: usize>(Vec<T>);

impl<T, const N: usize> AtMost<T, N> {
    /// No item.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The items, out of the type.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const N: usize> Default for AtMost<T, N> {
    fn default() -> Self {
        Self::none()
    }
}

impl<T, const N: usize> std::ops::Deref for AtMost<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> TryFrom<Vec<T>> for AtMost<T, N> {
    type Error = TooMany;

    fn try_from(items: Vec<T>) -> Result<Self, TooMany> {
        if items.len() > N {
            return Err(TooMany);
        }
        Ok(Self(items))
    }
}

impl<T, const N: usize> IntoIterator for AtMost<T, N> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<C, T: Encode<C>, const N: usize> Encode<C> for AtMost<T, N> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

impl<'b, C, T: Decode<'b, C>, const N: usize> Decode<'b, C> for AtMost<T, N> {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let items = decoder.array_iter_with(context)?;
        let mut kept = Vec::new();
        for item in items {
            if kept.len() == N {
                return Err(minicbor::decode::Error::message("too many items"));
            }
            kept.push(item?);
        }
        Ok(Self(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    #[test]
    fn a_list_is_never_longer_than_its_bound() {
        assert!(AtMost::<u8, 2>::try_from(vec![1, 2]).is_ok());
        assert_eq!(AtMost::<u8, 2>::try_from(vec![1, 2, 3]), Err(TooMany));
        assert!(cbor::decode::<AtMost<u8, 2>>(&[0x82, 1, 2]).is_ok());
        assert!(cbor::decode::<AtMost<u8, 2>>(&[0x83, 1, 2, 3]).is_err());
    }
}
