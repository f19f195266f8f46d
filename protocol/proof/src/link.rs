//! Links as text: what every kind of link of either wing has in common. (SPEC §3)
//! Knows: where a relay is, schemes, the check. Never knows: which kinds there are, and what their
//! bodies say; a wing brings those as [`Body`]. A link's text is a secret of people: nothing here
//! prints it.

mod authority;
mod error;
mod further;
mod text;

pub use authority::{Authority, BadAuthority};
pub use error::LinkError;
pub use further::Further;

use minicbor::{Decode, Encode};
use partywall_ground::cbor;
use zeroize::Zeroizing;

/// What a link of one kind says behind its authority.
///
/// The SPEC's map of that kind: its CBOR is what stands in the link, so that decoding refuses
/// whatever the SPEC does not allow.
pub trait Body: Encode<()> + for<'b> Decode<'b, ()> {
    /// The payload's first byte. No two kinds of either wing share one. (SPEC §3)
    const KIND: u8;
}

/// The two forms in which the same link is written. (SPEC §3)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `https://HOST[:PORT]/#…`, for people.
    Web,
    /// `partywall://HOST[:PORT]/#…`, for apps.
    App,
}

/// A link whose text is whole: its check holds. Its body was not looked at yet.
pub struct Whole {
    authority: Authority,
    kind: u8,
    kind_and_body: Zeroizing<Vec<u8>>,
}

impl Whole {
    /// Reads a link's text in either form, exactly as it was made, up to its body. (SPEC R-4)
    ///
    /// # Errors
    /// What is wrong with the text, and what its holder does about it.
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        text::read(link)
    }

    /// Of which kind it is: to be held against [`Body::KIND`].
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// Its authority, and its body as one of the kind `B`.
    ///
    /// # Errors
    /// [`LinkError::UnknownKind`] when it is of another kind; [`LinkError::Body`] when its body is
    /// not as the SPEC has it, byte for byte. (SPEC G-8)
    pub fn read<B: Body>(self) -> Result<(Authority, B), LinkError> {
        match self.kind_and_body.split_first() {
            Some((kind, body)) if *kind == B::KIND => {
                let body = cbor::decode(body).map_err(|_| LinkError::Body)?;
                Ok((self.authority, body))
            }
            _ => Err(LinkError::UnknownKind),
        }
    }
}

/// The type's name and nothing of the link.
impl std::fmt::Debug for Whole {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Whole")
    }
}

/// A link's text. It holds what the body holds, secrets included. (SPEC §3)
#[must_use]
pub fn write<B: Body>(form: Form, authority: &Authority, body: &B) -> Zeroizing<String> {
    text::write(form, authority, body)
}

#[cfg(test)]
mod tests;
