//! The two kinds of link that people exchange, as whole values. (SPEC §3)
//! Knows: how a link is read and written. Never knows: the store, sockets.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use partywall_peer::Uses;
use zeroize::Zeroizing;

/// A text is not a link, or a character of it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a link at all, or damaged on the way. (SPEC R-4)
    #[error(transparent)]
    NotALink(partywall_proof::link::LinkError),
    /// A contact link or invitation where a relay link is wanted.
    #[error(
        "this link leads to a person; here a relay's link is needed, which the relay prints when it starts"
    )]
    NotARelay,
    /// A relay link where a person's is wanted.
    #[error("this link leads to a relay; here a person's invitation or contact link is needed")]
    NotAPerson,
}

/// Leads to a relay; may carry a pass. Printed by the relay. Keep it to yourself if it has a pass.
#[derive(Clone)]
pub struct RelayLink {
    text: Zeroizing<String>,
    parsed: Arc<partywall_peer::RelayLink>,
}

/// Leads to a person: an invitation (for one person) or a contact link (for many). Whoever holds it
/// can write to its maker, so it is a secret until it was used.
#[derive(Clone)]
pub struct Link {
    text: Zeroizing<String>,
    parsed: Arc<partywall_peer::ContactLink>,
}

impl RelayLink {
    /// The link as text, `https://…`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The relay's `HOST:PORT`.
    pub fn host(&self) -> &str {
        self.parsed.authority().as_str()
    }

    pub(crate) fn parsed(&self) -> &partywall_peer::RelayLink {
        &self.parsed
    }
}

impl Link {
    /// The link as text, `https://…`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a contact link, for many people, and not an invitation for one.
    pub fn is_reusable(&self) -> bool {
        self.parsed.uses() == Uses::Many
    }

    pub(crate) fn parsed(&self) -> &partywall_peer::ContactLink {
        &self.parsed
    }

    /// A link of our own, as it was kept.
    pub(crate) fn of(text: &str) -> Link {
        text.parse()
            .expect("a link that was made and kept here is whole")
    }

    /// Whether it is the same link as this text.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text.as_str() == text
    }

    /// The link as a QR code of Unicode half blocks, to be printed on a terminal: rows of equal
    /// width, dark on light, with the quiet zone it needs.
    pub fn qr(&self) -> String {
        qrcode::QrCode::new(self.as_str().as_bytes())
            .map(|code| code.render::<qrcode::render::unicode::Dense1x2>().build())
            .unwrap_or_default()
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for RelayLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

impl fmt::Debug for RelayLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelayLink")
    }
}

impl FromStr for RelayLink {
    type Err = LinkError;

    /// Reads a link in either of its forms, `https:` or `partywall:`.
    fn from_str(text: &str) -> Result<Self, LinkError> {
        match read(text)? {
            (text, partywall_peer::Link::Relay(parsed)) => Ok(Self {
                text,
                parsed: Arc::new(parsed),
            }),
            (_, partywall_peer::Link::Contact(_)) => Err(LinkError::NotARelay),
        }
    }
}

impl FromStr for Link {
    type Err = LinkError;

    /// Reads a link in either of its forms, `https:` or `partywall:`.
    fn from_str(text: &str) -> Result<Self, LinkError> {
        match read(text)? {
            (text, partywall_peer::Link::Contact(parsed)) => Ok(Self {
                text,
                parsed: Arc::new(parsed),
            }),
            (_, partywall_peer::Link::Relay(_)) => Err(LinkError::NotAPerson),
        }
    }
}

/// The link, and its text in the one form in which links are kept.
fn read(text: &str) -> Result<(Zeroizing<String>, partywall_peer::Link), LinkError> {
    let link = partywall_peer::Link::parse(text.trim()).map_err(LinkError::NotALink)?;
    Ok((link.as_web_link(), link))
}
