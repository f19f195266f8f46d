//! Texts and bytes that are never longer than the wire allows. (SPEC §11)
//! Knows: their bounds, and which characters deceive the eye. Never shows them: `Debug` prints
//! the type's name, so that no log repeats what somebody wrote.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

/// A text that is empty, too long, or holds characters that it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is empty, too long, or holds characters that are not allowed there")]
pub struct BadText;

/// One line: 1 to `MOST` characters (Unicode scalar values), none of which deceives, so that a name
/// shows as what it is. (SPEC B-26)
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line<const MOST: usize>(String);

/// A text of 1 to `MOST` bytes of UTF-8, of any characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<const MOST: usize>(String);

/// At most `MOST` bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes<const MOST: usize>(Vec<u8>);

/// Whether a character breaks a line, is not to be seen, or turns the direction of writing. The
/// joiners U+200C and U+200D are let pass: whole scripts need them. (SPEC B-26)
#[must_use]
pub fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180E}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

impl<const MOST: usize> Line<MOST> {
    /// Takes a line.
    ///
    /// # Errors
    /// When it is empty, longer than `MOST` characters, or deceives.
    pub fn new(text: &str) -> Result<Self, BadText> {
        let fits = !text.is_empty() && text.chars().count() <= MOST;
        let shows = !text.chars().any(deceives) || partywall_mutant::is("E10");
        if !fits || !shows {
            return Err(BadText);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MOST: usize> Text<MOST> {
    /// Takes a text.
    ///
    /// # Errors
    /// When it is empty or longer than `MOST` bytes.
    pub fn new(text: &str) -> Result<Self, BadText> {
        if text.is_empty() || text.len() > MOST {
            return Err(BadText);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MOST: usize> Bytes<MOST> {
    /// Takes bytes.
    ///
    /// # Errors
    /// When there are more than `MOST`.
    pub fn new(bytes: &[u8]) -> Result<Self, BadText> {
        if bytes.len() > MOST {
            return Err(BadText);
        }
        Ok(Self(bytes.to_vec()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

macro_rules! texts {
    ($($name:ident),*) => {$(
        impl<const MOST: usize> $name<MOST> {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<C, const MOST: usize> Encode<C> for $name<MOST> {
            fn encode<W: Write>(
                &self,
                encoder: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.str(&self.0)?.ok()
            }
        }

        impl<'b, C, const MOST: usize> Decode<'b, C> for $name<MOST> {
            fn decode(
                decoder: &mut Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::new(decoder.str()?).map_err(|_| minicbor::decode::Error::message("unfit text"))
            }
        }
    )*};
}

texts!(Line, Text);

impl<C, const MOST: usize> Encode<C> for Bytes<MOST> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C, const MOST: usize> Decode<'b, C> for Bytes<MOST> {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(decoder.bytes()?).map_err(|_| minicbor::decode::Error::message("unfit text"))
    }
}

macro_rules! silent_bounds {
    ($($name:ident),*) => {$(
        /// The type's name and nothing of the value.
        impl<const MOST: usize> std::fmt::Debug for $name<MOST> {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}

silent_bounds!(Line, Text, Bytes);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_to_so_many_characters_and_none_that_deceives() {
        assert!(Line::<3>::new("äöü").is_ok());
        for bad in [
            "",
            "abcd",
            "a\n",
            "a\u{202E}b",
            "\u{200F}",
            "a\u{2066}",
            "\u{FEFF}a",
            "a\u{AD}b",
            "\u{3164}",
        ] {
            assert_eq!(Line::<3>::new(bad), Err(BadText), "{bad:?}");
        }
    }

    #[test]
    fn a_text_is_bounded_by_its_bytes() {
        assert!(Text::<4>::new("äö").is_ok());
        assert!(Text::<4>::new("äöü").is_err() && Text::<4>::new("").is_err());
        assert!(Bytes::<2>::new(&[1, 2]).is_ok() && Bytes::<2>::new(&[1; 3]).is_err());
    }
}
