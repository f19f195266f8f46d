//! What a person may point a probe at: a link, or a bare `https://HOST:PORT`.
//! Knows: where a relay may be, and who it ought to be. Never keeps: what else a link holds.

use std::fmt;
use std::str::FromStr;

use partywall_ground::RelayKey;
use partywall_peer::Link;
use partywall_proof::link::Authority;

/// Where to look, and for whom.
#[derive(Clone)]
pub struct Target {
    authorities: Vec<Authority>,
    key: Option<RelayKey>,
}

/// The text is neither a link nor an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is neither a whole Partywall link nor an address; give a relay link, or https://HOST:PORT"
)]
pub struct NotATarget;

impl Target {
    /// Tried one by one.
    #[must_use]
    pub fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    /// Whom to expect; none with a bare address.
    #[must_use]
    pub const fn key(&self) -> Option<&RelayKey> {
        self.key.as_ref()
    }
}

impl FromStr for Target {
    type Err = NotATarget;

    /// A whole link pins the relay's identity. A damaged one is refused, and not taken for a bare
    /// address: it names somebody.
    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let text = text.trim();
        if text.contains('#') {
            let link = Link::parse(text).map_err(|_damaged| NotATarget)?;
            return Ok(Self {
                authorities: link.authorities().cloned().collect(),
                key: Some(*link.relay()),
            });
        }
        let address = text.strip_prefix("https://").ok_or(NotATarget)?;
        let address = address.strip_suffix('/').unwrap_or(address);
        let authority = Authority::from_link(address).map_err(|_bad| NotATarget)?;
        Ok(Self {
            authorities: vec![authority],
            key: None,
        })
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Target")
    }
}

#[cfg(test)]
mod tests {
    use partywall_peer::RelayLink;

    use super::*;

    #[test]
    fn a_link_pins_the_identity_and_an_address_does_not() {
        let key = RelayKey::new([7; 32]);
        let authority = Authority::new("relay.example", 7443).unwrap();
        let link = Link::from(RelayLink::new(authority, key, None)).to_string();
        let target: Target = link.parse().unwrap();
        assert_eq!(target.key(), Some(&key));
        assert_eq!(target.authorities()[0].as_str(), "relay.example:7443");

        let target: Target = "https://relay.example:7443".parse().unwrap();
        assert_eq!(target.key(), None);
        let target: Target = " https://[::1]/\n".parse().unwrap();
        assert_eq!(target.authorities()[0].as_str(), "[::1]:443");
    }

    #[test]
    fn a_damaged_link_is_not_taken_for_an_address() {
        for text in [
            "https://relay.example/#AQ",
            "relay.example:7443",
            "",
            "https://",
            "http://a",
        ] {
            assert_eq!(text.parse::<Target>().err(), Some(NotATarget), "{text}");
        }
    }
}
