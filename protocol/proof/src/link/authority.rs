//! Where a relay is: `HOST:PORT`, the port always written. (SPEC §3)
//! Knows: how hosts are written. Never knows: what they resolve to.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

const DEFAULT_PORT: u16 = 443;
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// HOST or PORT is not written as it has to be. (SPEC §3)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a host is a name in lower case, an IPv4 address or an IPv6 address in brackets, with a port \
     from 1 to 65535"
)]
pub struct BadAuthority;

/// `HOST:PORT`, checked. HOST is a DNS name in lower case, an IPv4 address in dotted decimal or
/// an IPv6 address in brackets; the port is always written. (SPEC §3)
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Authority {
    text: String,
    host: usize,
    port: u16,
}

impl Authority {
    /// From a host (an IPv6 address in brackets) and a port.
    ///
    /// # Errors
    /// When the host is not written as it has to be, or the port is 0.
    pub fn new(host: &str, port: u16) -> Result<Self, BadAuthority> {
        if port == 0 || !is_host(host) {
            return Err(BadAuthority);
        }
        Ok(Self {
            text: format!("{host}:{port}"),
            host: host.len(),
            port,
        })
    }

    /// From `HOST:PORT`, the port written.
    ///
    /// # Errors
    /// When either is not written as it has to be.
    pub fn parse(text: &str) -> Result<Self, BadAuthority> {
        let (host, port) = text.rsplit_once(':').ok_or(BadAuthority)?;
        Self::new(host, read_port(port)?)
    }

    /// From `HOST[:PORT]` as a link has it: 443 when it names none. (SPEC §3)
    ///
    /// # Errors
    /// When either is not written as it has to be.
    pub fn from_link(text: &str) -> Result<Self, BadAuthority> {
        match text.rsplit_once(':') {
            Some((_, after)) if !after.ends_with(']') => Self::parse(text),
            _ => Self::new(text, DEFAULT_PORT),
        }
    }

    /// `HOST:PORT`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `HOST[:PORT]` as a link has it: without the port when it is 443.
    #[must_use]
    pub fn in_link(&self) -> &str {
        if self.port == DEFAULT_PORT {
            self.host()
        } else {
            &self.text
        }
    }

    /// The host; an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[..self.host]
    }

    /// The host as resolvers and TLS take it; an IPv6 address without its brackets.
    #[must_use]
    pub fn bare_host(&self) -> &str {
        self.host().trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, 1 to 65535.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(is_ipv6);
    }
    host.parse::<Ipv4Addr>().is_ok() || is_name(host)
}

fn is_ipv6(address: &str) -> bool {
    !address.bytes().any(|byte| byte.is_ascii_uppercase()) && address.parse::<Ipv6Addr>().is_ok()
}

/// A name whose last label is a number would be taken for an IPv4 address elsewhere.
fn is_name(host: &str) -> bool {
    let last_is_a_number = host
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    host.len() <= LONGEST_NAME && !last_is_a_number && host.split('.').all(is_name_label)
}

fn is_name_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Decimal digits without a leading zero: a port has one way to be written.
fn read_port(text: &str) -> Result<u16, BadAuthority> {
    let port: u16 = text.parse().map_err(|_| BadAuthority)?;
    let one_way = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    one_way.then_some(port).ok_or(BadAuthority)
}

/// The type's name: where a relay is stays out of logs.
impl std::fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Authority")
    }
}

/// `HOST:PORT`.
impl std::fmt::Display for Authority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::str::FromStr for Authority {
    type Err = BadAuthority;

    fn from_str(text: &str) -> Result<Self, BadAuthority> {
        Self::parse(text)
    }
}

impl<C> Encode<C> for Authority {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(&self.text)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Authority {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(decoder.str()?).map_err(|_| minicbor::decode::Error::message("not HOST:PORT"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_written_in_one_of_three_ways() {
        for good in [
            "relay.example",
            "localhost",
            "a-1.b",
            "192.0.2.7",
            "[2001:db8::1]",
            "[::ffff:192.0.2.7]",
        ] {
            let authority = Authority::new(good, 7443).unwrap();
            assert_eq!(authority.host(), good);
            assert_eq!(Authority::parse(authority.as_str()), Ok(authority));
        }
        let long = format!("{}.{}", "a".repeat(63), "b".repeat(64));
        let longest = vec!["a".repeat(63); 4].join(".");
        for bad in [
            "",
            ".",
            "a..b",
            ".a",
            "a.",
            "Relay.example",
            "rel_ay",
            "-a",
            "a-",
            "a b",
            "ä",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.07",
            "1",
            "[::1",
            "::1",
            "[::1%1]",
            "[2001:DB8::1]",
            "[]",
            "[192.0.2.7]",
            "a@b",
            "a/b",
            "a:1",
            &long,
            &longest,
        ] {
            assert_eq!(Authority::new(bad, 1), Err(BadAuthority), "{bad:?}");
        }
    }

    #[test]
    fn a_port_is_written_in_one_way() {
        assert_eq!(Authority::parse("a:7443").unwrap().port(), 7_443);
        assert_eq!(Authority::new("a", 0), Err(BadAuthority));
        for bad in [
            "a", "a:", "a:0", "a:+1", "a:01", "a:65536", "a:1:1", "[::1]", "a: 1",
        ] {
            assert_eq!(Authority::parse(bad), Err(BadAuthority), "{bad:?}");
        }
    }

    #[test]
    fn a_link_leaves_out_the_port_443() {
        for (link, whole) in [
            ("a", "a:443"),
            ("a:7443", "a:7443"),
            ("[::1]", "[::1]:443"),
            ("[::1]:9", "[::1]:9"),
        ] {
            let authority = Authority::from_link(link).unwrap();
            assert_eq!(authority.as_str(), whole);
            assert_eq!(authority.in_link(), link);
        }
        assert_eq!(Authority::from_link("[::1]").unwrap().bare_host(), "::1");
        assert_eq!(Authority::from_link("a:"), Err(BadAuthority));
    }
}
