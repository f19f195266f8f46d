//! The W3C's words for ours: the Data Privacy Vocabulary, version 2, and its extensions for
//! personal data and places. For files that other people's tools read. (SPEC §12.8)
//! Knows: terms, as `prefix:name`, and what the prefixes stand for. Never knows: any customer.
//!
//! Sources, read as tables of terms: `https://w3id.org/dpv` (modules `purposes`, `legal_basis`,
//! `entities_legalrole`), `https://w3id.org/dpv/pd`, `https://w3id.org/dpv/loc`. Where DPV has no
//! word that says the same, the nearest broader one stands here, so that nothing is claimed that
//! is not so.

use crate::field::{Basis, Field, Purpose, Recipient, Region};

/// What each prefix stands for.
pub const PREFIXES: &[(&str, &str)] = &[
    ("dpv", "https://w3id.org/dpv#"),
    ("pd", "https://w3id.org/dpv/pd#"),
    ("loc", "https://w3id.org/dpv/loc#"),
];

impl Field {
    /// The category of personal data.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::PhoneNumber => "pd:TelephoneNumber",
            Self::DisplayName => "pd:Name",
            Self::Locale => "pd:Language",
            Self::Country => "pd:Country",
            Self::DeviceModel => "pd:DeviceBased",
            Self::OsVersion => "pd:DeviceOperatingSystem",
            Self::ClientVersion => "pd:DeviceApplications",
            Self::LastActive => "pd:Behavioral",
            Self::MessageCount => "pd:CommunicationsMetadata",
            Self::InteractionTime => "pd:Interaction",
            Self::PurchaseTotal | Self::PurchaseCategory => "pd:Purchase",
            Self::IpAddress => "pd:IPAddress",
            Self::AdReferral => "pd:BrowsingReferral",
        }
    }
}

impl Purpose {
    /// The purpose.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::ServiceOperation => "dpv:ServiceProvision",
            Self::SafetySecurity => "dpv:EnforceSecurity",
            Self::Personalisation => "dpv:Personalisation",
            Self::AdsProductImprovement => "dpv:Advertising",
            Self::Analytics => "dpv:ServiceUsageAnalytics",
        }
    }
}

impl Basis {
    /// The legal basis.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::Consent => "dpv:Consent",
            Self::Necessary => "dpv:ContractPerformance",
            Self::Legal => "dpv:LegalObligation",
        }
    }
}

impl Recipient {
    /// The recipient's role.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::Business => "dpv:DataController",
            Self::Parent => "dpv:ThirdParty",
            Self::ServiceProvider => "dpv:DataProcessor",
        }
    }
}

impl Region {
    /// The place; none for all the rest of the world.
    #[must_use]
    pub const fn dpv(self) -> Option<&'static str> {
        match self {
            Self::Eu => Some("loc:EU"),
            Self::Uk => Some("loc:GB"),
            Self::UsCa => Some("loc:US-CA"),
            Self::In => Some("loc:IN"),
            Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_has_a_prefix_that_is_explained() {
        let terms = Field::ALL
            .map(Field::dpv)
            .into_iter()
            .chain(Purpose::ALL.map(Purpose::dpv))
            .chain(Basis::ALL.map(Basis::dpv))
            .chain(Recipient::ALL.map(Recipient::dpv))
            .chain(Region::ALL.into_iter().filter_map(Region::dpv));
        for term in terms {
            let (prefix, name) = term.split_once(':').unwrap();
            assert!(PREFIXES.iter().any(|known| known.0 == prefix), "{term}");
            assert!(!name.is_empty());
        }
    }
}
