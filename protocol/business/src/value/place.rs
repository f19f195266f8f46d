//! Languages, countries, networks, and initials: a few letters each. (SPEC §12.2)
//! Knows: which letters may stand where. Never knows: whose they are.

use crate::precision::Precision;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not such letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPlace {
    /// Not initials.
    #[error("initials are one to three letters from A to Z")]
    Initials,
    /// Not a locale.
    #[error("a locale is a language of two small letters, and maybe a country: de or deAT")]
    Locale,
    /// Not a country.
    #[error("a country is a code of two letters (ISO 3166-1): DE")]
    Country,
}

/// One to three letters from A to Z.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Initials([u8; 3], u8);

/// A country (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

/// A language, and maybe a country.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    language: [u8; 2],
    country: Option<Country>,
}

impl Initials {
    /// Reads them.
    ///
    /// # Errors
    /// When they are others.
    pub fn new(letters: &str) -> Result<Self, BadPlace> {
        let bytes = letters.as_bytes();
        let are_capitals = bytes.iter().all(u8::is_ascii_uppercase) || partywall_mutant::is("P21");
        if !(1..=3).contains(&bytes.len()) || !are_capitals {
            return Err(BadPlace::Initials);
        }
        let mut kept = [0; 3];
        kept[..bytes.len()].copy_from_slice(bytes);
        Ok(Self(
            kept,
            u8::try_from(bytes.len()).map_err(|_| BadPlace::Initials)?,
        ))
    }

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0[..usize::from(self.1)])
    }
}

impl Country {
    /// Reads a code.
    ///
    /// # Errors
    /// When no country has it.
    pub fn new(code: &str) -> Result<Self, BadPlace> {
        let code = <[u8; 2]>::try_from(code.as_bytes()).map_err(|_| BadPlace::Country)?;
        let is_known = COUNTRIES
            .as_bytes()
            .chunks(3)
            .any(|known| known.starts_with(&code) && code.iter().all(u8::is_ascii_uppercase));
        if is_known {
            Ok(Self(code))
        } else {
            Err(BadPlace::Country)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl Locale {
    /// Reads `de` or `deAT`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn new(locale: &str) -> Result<Self, BadPlace> {
        let (language, country) = locale.split_at_checked(2).ok_or(BadPlace::Locale)?;
        let language = <[u8; 2]>::try_from(language.as_bytes()).map_err(|_| BadPlace::Locale)?;
        if !language.iter().all(u8::is_ascii_lowercase) {
            return Err(BadPlace::Locale);
        }
        let country = match country {
            "" => None,
            country => Some(Country::new(country).map_err(|_| BadPlace::Locale)?),
        };
        Ok(Self { language, country })
    }

    /// The language's two letters.
    #[must_use]
    pub fn language(&self) -> &str {
        ascii(&self.language)
    }

    /// The country, unless only the language is told.
    #[must_use]
    pub const fn country(&self) -> Option<Country> {
        self.country
    }

    pub(super) const fn rounded(self, precision: Precision) -> Self {
        match precision {
            Precision::Language => Self {
                country: None,
                ..self
            },
            _ => self,
        }
    }
}

/// `de` or `deAT`.
impl std::fmt::Display for Locale {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let country = self.country.as_ref().map_or("", Country::as_str);
        write!(formatter, "{}{country}", self.language())
    }
}

pub(super) fn network(address: IpAddr, precision: Precision) -> IpAddr {
    match (precision, address) {
        (Precision::Network, IpAddr::V4(address)) => {
            Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)).into()
        }
        (Precision::Network, IpAddr::V6(address)) => {
            Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80)).into()
        }
        _ => address,
    }
}

fn ascii(letters: &[u8]) -> &str {
    std::str::from_utf8(letters).unwrap_or_default()
}

/// ISO 3166-1 alpha-2, officially assigned.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI \
BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ \
DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ \
GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS \
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT \
PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF \
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM \
ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_249_countries_and_each_is_read() {
        let codes: Vec<&str> = COUNTRIES.split(' ').collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted());
        for code in codes {
            assert_eq!(Country::new(code).unwrap().as_str(), code);
        }
        for code in ["XX", "D ", " D", "de", "DEU", "", "D\u{e9}"] {
            assert!(Country::new(code).is_err(), "{code:?}");
        }
    }

    #[test]
    fn a_locale_is_a_language_and_maybe_a_country() {
        assert_eq!(Locale::new("deAT").unwrap().to_string(), "deAT");
        assert_eq!(Locale::new("de").unwrap().to_string(), "de");
        for locale in ["", "d", "DE", "de-AT", "deXX", "deA", "d\u{e9}", "\u{e9}"] {
            assert!(Locale::new(locale).is_err(), "{locale:?}");
        }
        for initials in ["", "a", "ABCD", "A.", "\u{c4}"] {
            assert!(Initials::new(initials).is_err(), "{initials:?}");
        }
    }
}
