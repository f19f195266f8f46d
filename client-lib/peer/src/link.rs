//! The two kinds of link that people exchange, as whole values. (SPEC §3)
//! Knows: how a link is read and written. Never knows: the store, sockets.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

/// A text is not a link, or a character of it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a link at all, or damaged on the way. (SPEC R-4)
    #[error(
        "this is not a whole Partywall link; copy it again, from https:// or partywall:// to its end"
    )]
    NotALink,
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
pub struct RelayLink(Zeroizing<String>);

/// Leads to a person: an invitation (for one person) or a contact link (for many). Whoever holds it
/// can write to its maker, so it is a secret until it was used.
#[derive(Clone)]
pub struct Link(Zeroizing<String>);

impl RelayLink {
    /// The link as text, `https://…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Link {
    /// The link as text, `https://…`.
    pub fn as_str(&self) -> &str {
        &self.0
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
        f.write_str(&self.0)
    }
}

impl fmt::Display for RelayLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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

    fn from_str(text: &str) -> Result<Self, LinkError> {
        Ok(Self(Zeroizing::new(text.trim().to_owned())))
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        Ok(Self(Zeroizing::new(text.trim().to_owned())))
    }
}
