//! What may be set into a template: numbers, money, dates, published options, short codes; never
//! words. (SPEC §11.6, B-20) Knows: the five types. Never knows: which template asks for them.

use crate::content::money;
use crate::field::closed;
use crate::value::Money;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

closed! {
    /// Of which type a parameter is. (SPEC §11.6)
    ParameterKind, 5 {
        /// A whole number.
        Integer = 1, "integer";
        /// An amount in a currency.
        Money = 2, "money";
        /// A day.
        Date = 3, "date";
        /// One of the published options.
        Option = 4, "option";
        /// A short code.
        Code = 5, "code";
    }
}

/// What is set into one place of a template. (SPEC §11.6)
#[derive(Clone, PartialEq, Eq)]
pub enum Parameter {
    /// A whole number.
    Integer(i64),
    /// An amount.
    Money(Money),
    /// A day, counted from 1970-01-01.
    Date(u32),
    /// Which of the published options, from 0.
    Option(u8),
    /// A short code.
    Code(ShortCode),
}

impl Parameter {
    /// Of which type it is.
    #[must_use]
    pub const fn kind(&self) -> ParameterKind {
        match self {
            Self::Integer(_) => ParameterKind::Integer,
            Self::Money(_) => ParameterKind::Money,
            Self::Date(_) => ParameterKind::Date,
            Self::Option(_) => ParameterKind::Option,
            Self::Code(_) => ParameterKind::Code,
        }
    }
}

/// Its type and nothing of the value.
impl std::fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Parameter({:?})", self.kind())
    }
}

impl<C> Encode<C> for Parameter {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.array(2)?.encode(self.kind())?;
        match self {
            Self::Integer(number) => encoder.i64(*number)?.ok(),
            Self::Money(amount) => money::encode(amount, encoder, context),
            Self::Date(day) => encoder.u32(*day)?.ok(),
            Self::Option(place) => encoder.u8(*place)?.ok(),
            Self::Code(code) => encoder.str(code.as_str())?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Parameter {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        if decoder.array()? != Some(2) {
            return Err(minicbor::decode::Error::message("not a pair"));
        }
        Ok(match ParameterKind::decode(decoder, context)? {
            ParameterKind::Integer => Self::Integer(decoder.i64()?),
            ParameterKind::Money => Self::Money(money::decode(decoder, context)?),
            ParameterKind::Date => Self::Date(decoder.u32()?),
            ParameterKind::Option => Self::Option(decoder.u8()?),
            ParameterKind::Code => {
                let code = ShortCode::new(decoder.str()?);
                Self::Code(code.map_err(|_| minicbor::decode::Error::message("no short code"))?)
            }
        })
    }
}

/// Not 4 to 10 of the characters that short codes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a short code has 4 to 10 characters of 0123456789BCDFGHJKLMNPQRSTVWXZ")]
pub struct BadCode;

/// 4 to 10 digits and consonants, which make no word. (SPEC B-20)
#[derive(Clone, PartialEq, Eq)]
pub struct ShortCode(String);

impl ShortCode {
    const CHARACTERS: &str = "0123456789BCDFGHJKLMNPQRSTVWXZ";

    /// Takes a code.
    ///
    /// # Errors
    /// When it is too short or too long, or has another character.
    pub fn new(code: &str) -> Result<Self, BadCode> {
        let whole = (4..=10).contains(&code.len())
            && code.chars().all(|one| Self::CHARACTERS.contains(one));
        if whole {
            Ok(Self(code.to_owned()))
        } else {
            Err(BadCode)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The type's name and nothing of the code.
impl std::fmt::Debug for ShortCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ShortCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_code_makes_no_word_and_is_not_long() {
        for good in ["0000", "BCDFGHJKLM", "7X9Z"] {
            assert!(ShortCode::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "123",
            "12345678901",
            "ABCD",
            "12Y4",
            "bcdf",
            "12 4",
            "１２３４",
        ] {
            assert_eq!(ShortCode::new(bad), Err(BadCode), "{bad}");
        }
    }
}
