//! Links: what people exchange, as text. (SPEC §3)
//! Knows: the kinds 0x01 and 0x02, and what the link's holder may do. Its text is a secret of
//! people: only `Display` and the two `as_…_link` write it, and nothing prints it by accident.

pub use crate::words::Uses;

use minicbor::{Decode, Encode};
use partywall_ground::silent;
use partywall_ground::{IdentityId, LinkSecret, Pass, RelayKey, TooMany};
use partywall_proof::link::{Authority, Body, Form, Further, LinkError, Whole, write};
use zeroize::Zeroizing;

silent!(Link, RelayLink, ContactLink);

/// A link that was read and found to be whole. (SPEC §3, R-4)
pub enum Link {
    /// Leads to a relay.
    Relay(RelayLink),
    /// Leads to a person.
    Contact(ContactLink),
}

/// Leads to a relay; with a pass, its holder may make mailboxes there. (SPEC §3, kind 0x01)
pub struct RelayLink {
    authority: Authority,
    body: RelayBody,
}

/// Leads to a person. (SPEC §3, kind 0x02)
pub struct ContactLink {
    authority: Authority,
    body: ContactBody,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct RelayBody {
    #[n(0)]
    relay: RelayKey,
    #[n(1)]
    pass: Option<Pass>,
    #[n(4)]
    further: Option<Further>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct ContactBody {
    #[n(0)]
    relay: RelayKey,
    #[n(1)]
    maker: IdentityId,
    #[n(2)]
    secret: LinkSecret,
    #[n(3)]
    uses: Uses,
    #[n(4)]
    further: Option<Further>,
}

impl Body for RelayBody {
    const KIND: u8 = 0x01;
}

impl Body for ContactBody {
    const KIND: u8 = 0x02;
}

impl Link {
    /// Reads a link in either of its forms, exactly as it was made. (SPEC R-4)
    ///
    /// # Errors
    /// What is wrong with it, and what its holder does about it.
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let whole = Whole::parse(link)?;
        match whole.kind() {
            RelayBody::KIND => {
                let (authority, body) = whole.read()?;
                Ok(Self::Relay(RelayLink { authority, body }))
            }
            ContactBody::KIND => {
                let (authority, body) = whole.read()?;
                Ok(Self::Contact(ContactLink { authority, body }))
            }
            _ => Err(LinkError::UnknownKind),
        }
    }

    /// The `https` form, for people.
    #[must_use]
    pub fn as_web_link(&self) -> Zeroizing<String> {
        self.written(Form::Web)
    }

    /// The `partywall` form, for apps.
    #[must_use]
    pub fn as_app_link(&self) -> Zeroizing<String> {
        self.written(Form::App)
    }

    fn written(&self, form: Form) -> Zeroizing<String> {
        match self {
            Self::Relay(link) => write(form, &link.authority, &link.body),
            Self::Contact(link) => write(form, &link.authority, &link.body),
        }
    }

    /// Where the relay is: the link's own authority, then the further ones in order.
    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        let (authority, further) = match self {
            Self::Relay(link) => (&link.authority, &link.body.further),
            Self::Contact(link) => (&link.authority, &link.body.further),
        };
        std::iter::once(authority).chain(further.iter().flat_map(|list| list.iter()))
    }

    /// The relay's permanent key.
    #[must_use]
    pub const fn relay(&self) -> &RelayKey {
        match self {
            Self::Relay(link) => link.relay(),
            Self::Contact(link) => link.relay(),
        }
    }
}

impl RelayLink {
    /// A link to a relay.
    #[must_use]
    pub const fn new(authority: Authority, relay: RelayKey, pass: Option<Pass>) -> Self {
        Self {
            authority,
            body: RelayBody {
                relay,
                pass,
                further: None,
            },
        }
    }

    /// With further authorities of the same relay, tried in order.
    ///
    /// # Errors
    /// When there are more than two.
    pub fn with_further(mut self, further: Vec<Authority>) -> Result<Self, TooMany> {
        self.body.further = Further::listed(further)?;
        Ok(self)
    }

    /// Where the relay is, at first.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Where else the relay is.
    #[must_use]
    pub fn further(&self) -> &[Authority] {
        self.body.further.as_deref().unwrap_or_default()
    }

    /// The relay's permanent key.
    #[must_use]
    pub const fn relay(&self) -> &RelayKey {
        &self.body.relay
    }

    /// The right to make mailboxes, if the link gives it.
    #[must_use]
    pub const fn pass(&self) -> Option<&Pass> {
        self.body.pass.as_ref()
    }
}

impl ContactLink {
    /// A link to the person whose identity is `maker`.
    #[must_use]
    pub const fn new(
        authority: Authority,
        relay: RelayKey,
        maker: IdentityId,
        secret: LinkSecret,
        uses: Uses,
    ) -> Self {
        Self {
            authority,
            body: ContactBody {
                relay,
                maker,
                secret,
                uses,
                further: None,
            },
        }
    }

    /// With further authorities of the same relay, tried in order.
    ///
    /// # Errors
    /// When there are more than two.
    pub fn with_further(mut self, further: Vec<Authority>) -> Result<Self, TooMany> {
        self.body.further = Further::listed(further)?;
        Ok(self)
    }

    /// Where the relay is, at first.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Where else the relay is.
    #[must_use]
    pub fn further(&self) -> &[Authority] {
        self.body.further.as_deref().unwrap_or_default()
    }

    /// The relay's permanent key.
    #[must_use]
    pub const fn relay(&self) -> &RelayKey {
        &self.body.relay
    }

    /// Whom the link leads to.
    #[must_use]
    pub const fn maker(&self) -> &IdentityId {
        &self.body.maker
    }

    /// `L`, from which capability, shelf key and PSK come. Never sent to a relay. (SPEC R-5)
    #[must_use]
    pub const fn secret(&self) -> &LinkSecret {
        &self.body.secret
    }

    /// For how many people it is.
    #[must_use]
    pub const fn uses(&self) -> Uses {
        self.body.uses
    }
}

/// The `https` form, secrets included: for the person whose link it is.
impl std::fmt::Display for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.as_web_link())
    }
}

impl std::str::FromStr for Link {
    type Err = LinkError;

    fn from_str(link: &str) -> Result<Self, LinkError> {
        Self::parse(link)
    }
}

impl From<RelayLink> for Link {
    fn from(link: RelayLink) -> Self {
        Self::Relay(link)
    }
}

impl From<ContactLink> for Link {
    fn from(link: ContactLink) -> Self {
        Self::Contact(link)
    }
}
