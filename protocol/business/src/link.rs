//! Links to a relay's business wing, or to one business on it, as text. (SPEC §3, §11.1)
//! Knows: the kind 0x03. Holds no secret: it may stand on a shop's window.

use crate::Domain;
use minicbor::{Decode, Encode};
use partywall_ground::{RelayKey, TooMany};
use partywall_proof::link::{Authority, Body, Form, Further, LinkError, Whole, write};

/// Leads to a relay's business wing; with a domain, to that business. (SPEC §11.1, kind 0x03)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessLink {
    authority: Authority,
    body: LinkBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct LinkBody {
    #[n(0)]
    operator: RelayKey,
    #[n(1)]
    domain: Option<Domain>,
    #[n(4)]
    further: Option<Further>,
}

impl Body for LinkBody {
    const KIND: u8 = 0x03;
}

impl BusinessLink {
    /// A link to the business listener of the operator with this business key.
    #[must_use]
    pub const fn new(authority: Authority, operator: RelayKey, domain: Option<Domain>) -> Self {
        Self {
            authority,
            body: LinkBody {
                operator,
                domain,
                further: None,
            },
        }
    }

    /// With further authorities of the same listener, tried in order.
    ///
    /// # Errors
    /// When there are more than two.
    pub fn with_further(mut self, further: Vec<Authority>) -> Result<Self, TooMany> {
        self.body.further = Further::listed(further)?;
        Ok(self)
    }

    /// The same listener, and that business on it.
    #[must_use]
    pub fn to(mut self, domain: Domain) -> Self {
        self.body.domain = Some(domain);
        self
    }

    /// Reads a link in either of its forms, exactly as it was made. (SPEC R-4)
    ///
    /// # Errors
    /// What is wrong with it, and what its holder does about it.
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let (authority, body) = Whole::parse(link)?.read()?;
        Ok(Self { authority, body })
    }

    /// The `https` form, for people.
    #[must_use]
    pub fn as_web_link(&self) -> String {
        write(Form::Web, &self.authority, &self.body).to_string()
    }

    /// The `partywall` form, for apps.
    #[must_use]
    pub fn as_app_link(&self) -> String {
        write(Form::App, &self.authority, &self.body).to_string()
    }

    /// Where the listener is, at first.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Where else it is.
    #[must_use]
    pub fn further(&self) -> &[Authority] {
        self.body.further.as_deref().unwrap_or_default()
    }

    /// Where the listener is: the link's own authority, then the further ones in order.
    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        std::iter::once(&self.authority).chain(self.further())
    }

    /// The operator's business key.
    #[must_use]
    pub const fn operator(&self) -> &RelayKey {
        &self.body.operator
    }

    /// Which business, if the link says it.
    #[must_use]
    pub const fn domain(&self) -> Option<&Domain> {
        self.body.domain.as_ref()
    }
}

/// The `https` form.
impl std::fmt::Display for BusinessLink {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.as_web_link())
    }
}

impl std::str::FromStr for BusinessLink {
    type Err = LinkError;

    fn from_str(link: &str) -> Result<Self, LinkError> {
        Self::parse(link)
    }
}
