//! The name by which a business is found: a DNS name. (SPEC §11.1)
//! Knows: how it is written. Never knows: what it resolves to, or whose it is.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Not a DNS name in lower case with a dot in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a domain is a DNS name in lower-case ASCII with at least one dot: write it like bakery.example"
)]
pub struct BadDomain;

/// A lower-case DNS name of 1 to 253 characters with at least one dot, not an address. (SPEC §11.1)
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain(String);

impl Domain {
    /// Takes a domain as it is written.
    ///
    /// # Errors
    /// When it is not in lower case, has no dot, or is no DNS name. One whose last label is only
    /// digits would be an address.
    pub fn new(domain: &str) -> Result<Self, BadDomain> {
        let last = domain.rsplit('.').next().unwrap_or_default();
        let whole = domain.contains('.')
            && domain.len() <= LONGEST
            && domain.split('.').all(is_label)
            && !last.bytes().all(|byte| byte.is_ascii_digit());
        if whole {
            Ok(Self(domain.to_owned()))
        } else {
            Err(BadDomain)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(label: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty()
        && label.len() <= LONGEST_LABEL
        && label.bytes().all(inside)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The type's name and nothing of the value.
impl std::fmt::Debug for Domain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Domain")
    }
}

/// The domain, for people.
impl std::fmt::Display for Domain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for Domain {
    type Err = BadDomain;

    fn from_str(domain: &str) -> Result<Self, BadDomain> {
        Self::new(domain)
    }
}

impl<C> Encode<C> for Domain {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Domain {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(decoder.str()?).map_err(|_| minicbor::decode::Error::message("unfit text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_name_in_lower_case_with_a_dot() {
        let longest = format!("{}.{}", vec!["abcdefghi"; 25].join("."), "xy");
        assert_eq!(longest.len(), 252);
        for good in [
            "bakery.example",
            "a.b",
            "xn--bcker-gra.example",
            "1.a-b.de",
            &longest,
        ] {
            assert!(Domain::new(good).is_ok(), "{good}");
        }
        let too_long = format!("ab{longest}");
        for bad in [
            "",
            ".",
            "bakery",
            "Bakery.example",
            "bäcker.example",
            ".a.b",
            "a.b.",
            "a..b",
            "-a.b",
            "a-.b",
            "a b.c",
            "192.0.2.1",
            "a_b.c",
            "a.b:443",
            &too_long,
        ] {
            assert_eq!(Domain::new(bad), Err(BadDomain), "{bad}");
        }
    }
}
