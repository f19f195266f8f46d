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

    /// Row E10: as SPEC B-26 lists them, apart from the code.
    const DECEIVING: [(u32, u32); 19] = [
        (0x00, 0x1F),
        (0x7F, 0x9F),
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180E, 0x180E),
        (0x200B, 0x200B),
        (0x200E, 0x200F),
        (0x2028, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF9, 0xFFFB),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE007F),
    ];

    #[test]
    fn no_name_holds_what_turns_or_hides_writing_and_no_handle_holds_another_alphabet() {
        use crate::Domain;
        let mut row = partywall_row::Row::of("E10");
        for character in '\0'..=char::MAX {
            let code = u32::from(character);
            let deceiving = |(first, last): &(u32, u32)| (*first..=*last).contains(&code);
            let shows = !DECEIVING.iter().any(deceiving);
            let name = format!("a{character}b");
            assert_eq!(
                Line::<3>::new(&name).is_ok(),
                shows,
                "U+{code:04X} in a name"
            );
            let plain = matches!(character, 'a'..='z' | '0'..='9' | '-' | '.');
            let handle = Domain::new(&format!("a{character}b.example"));
            assert_eq!(handle.is_ok(), plain, "U+{code:04X} in a handle");
            row.tried(2);
        }
        // Cyrillic, Greek, Armenian and full-width letters that look like Latin ones.
        for (real, false_) in [
            ("paypal", "p\u{430}ypal"),
            ("google", "g\u{43E}\u{43E}gle"),
            ("apple", "\u{430}\u{440}\u{440}l\u{435}"),
            ("bank", "b\u{3B1}nk"),
            ("visa", "v\u{131}sa"),
            ("ok", "\u{585}k"),
            ("shop", "\u{FF53}hop"),
            ("one", "\u{1D428}ne"),
            ("kelvin", "\u{212A}elvin"),
        ] {
            assert!(Domain::new(&format!("{real}.example")).is_ok());
            assert!(
                Domain::new(&format!("{false_}.example")).is_err(),
                "{false_}"
            );
            row.tried(1);
        }
        // What DNS writes for such a name is shown as what it is.
        let written = Domain::new("xn--pypal-4ve.example").map(|domain| domain.to_string());
        assert_eq!(written.as_deref(), Ok("xn--pypal-4ve.example"));
    }

    #[test]
    fn a_text_is_bounded_by_its_bytes() {
        assert!(Text::<4>::new("äö").is_ok());
        assert!(Text::<4>::new("äöü").is_err() && Text::<4>::new("").is_err());
        assert!(Bytes::<2>::new(&[1, 2]).is_ok() && Bytes::<2>::new(&[1; 3]).is_err());
    }
}
