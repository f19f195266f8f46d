//! What links say: the name and port under which people reach this relay.
//! Knows: how an operator writes a host. Never knows: whether anything answers there.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use partywall_proof::link::Authority;

/// `NAME` or `NAME:PORT`: a DNS name or an IP address, an IPv6 address in brackets.
#[derive(Clone, PartialEq, Eq)]
pub struct Host {
    /// As a link writes it, with a port that counts only if one was named.
    authority: Authority,
    port: Option<u16>,
}

/// The text is not a host.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host")]
pub struct NotAHost;

/// Stands in where no port was named, so that the name can be checked.
const ANY_PORT: u16 = 443;

impl Host {
    /// The bare name: no port, no brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        self.authority.bare_host()
    }

    /// Where links lead, with `default_port` unless the host names one.
    ///
    /// # Errors
    /// When the port is 0.
    pub fn authority(&self, default_port: u16) -> Result<Authority, NotAHost> {
        Authority::new(self.authority.host(), self.port.unwrap_or(default_port))
            .map_err(|_| NotAHost)
    }

    /// Whether it can only ever mean this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.name() == "localhost"
            || self
                .name()
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

/// Where links lead when nobody named a host: the listener itself.
///
/// # Errors
/// When the port is 0.
pub fn authority_of(bound: SocketAddr) -> Result<Authority, NotAHost> {
    Authority::parse(&bound.to_string()).map_err(|_| NotAHost)
}

impl FromStr for Host {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        let text = text.to_ascii_lowercase();
        let named = text
            .rsplit_once(':')
            .filter(|(_, after)| !after.ends_with(']'));
        let authority = match named {
            Some(_) => Authority::parse(&text),
            None => Authority::new(&text, ANY_PORT),
        };
        let authority = authority.map_err(|_| NotAHost)?;
        let port = named.map(|_| authority.port());
        Ok(Self { authority, port })
    }
}

/// The type's name: where a relay is stays out of logs.
impl std::fmt::Debug for Host {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Host")
    }
}

#[cfg(test)]
mod tests {
    use super::{Host, NotAHost};

    #[test]
    fn names_addresses_and_ports_are_read_and_spelled_back() {
        for (text, authority) in [
            ("relay.example.org", "relay.example.org:9"),
            ("localhost:7443", "localhost:7443"),
            ("192.0.2.7", "192.0.2.7:9"),
            ("192.0.2.7:443", "192.0.2.7:443"),
            ("[2001:db8::1]", "[2001:db8::1]:9"),
            ("[::1]:7443", "[::1]:7443"),
        ] {
            assert_eq!(
                text.parse::<Host>().unwrap().authority(9).unwrap().as_str(),
                authority
            );
        }
        assert_eq!(
            "Relay.Example".parse::<Host>().unwrap().name(),
            "relay.example"
        );
    }

    #[test]
    fn what_is_not_a_host_is_refused() {
        for text in [
            "",
            ":443",
            "a:",
            "a:0",
            "a:99999",
            "a:+1",
            "a b",
            "https://a",
            "a/b",
            "::1",
            "[::1",
            "[a]:1",
            "-a",
            "a..b",
            "1.2.3",
            "a:1:2",
            "user@a",
        ] {
            assert_eq!(text.parse::<Host>(), Err(NotAHost), "{text}");
        }
    }

    #[test]
    fn only_names_that_can_mean_nothing_else_are_this_machine() {
        for text in ["localhost", "127.0.0.1:1", "127.9.9.9", "[::1]"] {
            assert!(text.parse::<Host>().unwrap().is_loopback(), "{text}");
        }
        for text in ["localhost.example.org", "192.0.2.1", "relay.example"] {
            assert!(!text.parse::<Host>().unwrap().is_loopback(), "{text}");
        }
    }
}
