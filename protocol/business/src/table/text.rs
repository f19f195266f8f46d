//! Short texts that an operator writes for people. (SPEC §12.3)
//! Knows: how long they may be and which characters they must not have. Never knows: customers.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

/// A text of 1 to `N` bytes of UTF-8 without control characters or blanks at its ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<const N: usize>(String);

/// Not a text that may stand here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write 1 to {most} bytes of text without line breaks and without blanks at its ends")]
pub struct BadText {
    /// Bytes that it may have.
    pub most: usize,
}

impl<const N: usize> Text<N> {
    /// Takes a text in.
    ///
    /// # Errors
    /// When it is empty, too long, holds control characters, or begins or ends with blanks.
    pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
        let text = text.into();
        let whole =
            (1..=N).contains(&text.len()) && text.trim() == text && !text.chars().any(is_unfit);
        if whole {
            Ok(Self(text))
        } else {
            Err(BadText { most: N })
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those that turn the direction of what follows. (SPEC T-7)
fn is_unfit(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The text.
impl<const N: usize> std::fmt::Display for Text<N> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<C, const N: usize> Encode<C> for Text<N> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(&self.0)?.ok()
    }
}

impl<'b, C, const N: usize> Decode<'b, C> for Text<N> {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(decoder.str()?).map_err(|_| minicbor::decode::Error::message("unfit text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_mislead_its_reader_is_refused() {
        for text in ["", " a", "a ", "a\nb", "a\u{202E}b", "a\u{0}", "abcdefghi"] {
            assert!(Text::<8>::new(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Text::<8>::new("Bäckerei").map(|_| ()),
            Err(BadText { most: 8 })
        );
        assert_eq!(Text::<9>::new("Bäckerei").unwrap().as_str(), "Bäckerei");
    }
}
