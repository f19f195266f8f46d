//! The W3C's words for ours: the Data Privacy Vocabulary, version 2.2, and its extensions for
//! personal data, places and the GDPR. For files that other people's tools read. (SPEC §12.8)
//! Knows: terms, as `prefix:name`, and what the prefixes stand for. Never knows: any customer.
//!
//! Sources, read as tables of terms: `https://w3id.org/dpv` (modules `purposes`, `legal_basis`,
//! `entities_legalrole`), `https://w3id.org/dpv/pd`, `https://w3id.org/dpv/loc`. Where DPV has no
//! word that says the same, the nearest broader one stands here, so that nothing is claimed that
//! is not so. `tests/exports/vocabulary.json` lists the terms of 2.2 that are used.

use crate::field::{Basis, Field, Purpose, Recipient, Region};

/// What each prefix stands for.
pub const PREFIXES: &[(&str, &str)] = &[
    ("dpv", "https://w3id.org/dpv#"),
    ("pd", "https://w3id.org/dpv/pd#"),
    ("loc", "https://w3id.org/dpv/loc#"),
    ("eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"),
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
            Self::LastActive => "pd:Behavioural",
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
    /// The place; for all the rest of the world the word for any place with a law.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::Eu => "loc:EU",
            Self::Uk => "loc:GB",
            Self::UsCa => "loc:US-CA",
            Self::In => "loc:IN",
            Self::Other => "dpv:Jurisdiction",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Copied by hand from DPV's own tables of terms; it says from which.
    const VOCABULARY: &str = include_str!("../../../tests/exports/vocabulary.json");

    fn stands_in(vocabulary: &serde_json::Value, term: &str, list: &str) -> bool {
        let (prefix, name) = term.split_once(':').unwrap();
        let namespace = PREFIXES.iter().find(|known| known.0 == prefix);
        let lists = &vocabulary[namespace.expect("the prefix is explained").1];
        let terms = lists[list].as_array();
        terms.is_some_and(|terms| terms.iter().any(|term| term == name))
    }

    #[test]
    fn every_term_is_one_of_the_vocabulary_2_2_and_of_the_right_kind() {
        let vocabulary: serde_json::Value = serde_json::from_str(VOCABULARY).unwrap();
        let terms = (Field::ALL
            .map(|field| (field.dpv(), "personal data"))
            .into_iter())
        .chain(Purpose::ALL.map(|purpose| (purpose.dpv(), "purposes")))
        .chain(Basis::ALL.map(|basis| (basis.dpv(), "legal bases")))
        .chain(Recipient::ALL.map(|recipient| (recipient.dpv(), "recipients")))
        .chain(Region::ALL.map(|region| (region.dpv(), "places")));
        for (term, list) in terms {
            assert!(stands_in(&vocabulary, term, list), "{term} among {list}");
        }
        for (term, list) in [
            ("pd:Behavioral", "personal data"),
            ("dpv:Marketing", "recipients"),
        ] {
            assert!(!stands_in(&vocabulary, term, list), "{term} among {list}");
        }
    }
}
