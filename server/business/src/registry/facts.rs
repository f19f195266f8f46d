//! What a business says of itself, and the operator vouches for once it is verified.
//! Knows: the parts of a certificate that are the business's own. Never knows: whether they are true.

use minicbor::{Decode, Encode};
use partywall_business::certificate::{Hosting, Industry, Name};
use partywall_business::request::Enrol;
use partywall_business::{Domain, Endpoint};
use partywall_ground::cbor;
use partywall_store::StoreError;

/// Name, domain, industry, hosting and endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Facts {
    #[n(0)]
    pub(crate) name: Name,
    #[n(1)]
    pub(crate) domain: Domain,
    #[n(2)]
    pub(crate) industry: Industry,
    #[n(3)]
    pub(crate) hosting: Hosting,
    #[n(4)]
    pub(crate) endpoint: Endpoint,
}

impl Facts {
    /// As it stands in the database.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        cbor::decode(bytes).map_err(|_| StoreError::Corrupt)
    }

    /// Whether a customer has to be told that these took the place of `before`.
    pub(crate) fn differ_for_customers(&self, before: &Self) -> bool {
        (&self.hosting, &self.endpoint, &self.name, &self.domain)
            != (
                &before.hosting,
                &before.endpoint,
                &before.name,
                &before.domain,
            )
    }
}

impl From<&Enrol> for Facts {
    fn from(enrol: &Enrol) -> Self {
        Self {
            name: enrol.name.clone(),
            domain: enrol.domain.clone(),
            industry: enrol.industry,
            hosting: enrol.hosting.clone(),
            endpoint: enrol.endpoint,
        }
    }
}
