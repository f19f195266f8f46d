//! The table in words: one sentence for each row, the same words everywhere. (SPEC §12.7)
//! Knows: rows, rules and the names of those who are told. Never knows: any customer's values.

use crate::field::{Basis, Field, Purpose, Recipient, Region};
use crate::precision::{Grant, Precision};
use crate::table::{Change, Difference, RegionSet, Row, Rule, Table};

/// What those who are told are called.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The business.
    pub business: &'a str,
    /// The parent.
    pub parent: &'a str,
    /// The service provider.
    pub service_provider: &'a str,
}

/// Whether a row is on for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The customer switched it on.
    On,
    /// It is off.
    Off,
    /// It cannot be off while the chat exists.
    Always,
}

impl<'a> Names<'a> {
    /// The names that a table gives, beside the business's own.
    #[must_use]
    pub fn of(business: &'a str, table: &'a Table) -> Self {
        let terms = table.terms();
        Self {
            business,
            parent: terms
                .parent
                .as_ref()
                .map_or("the parent company", |name| name.as_str()),
            service_provider: terms
                .service_provider
                .as_ref()
                .map_or("the service provider", |name| name.as_str()),
        }
    }
}

impl Row {
    /// "Bakery may tell Parent Ltd your phone number, for advertising and its own products, kept
    /// 90 days. Off."
    #[must_use]
    pub fn sentence(self, names: Names<'_>, grant: Grant, switch: Switch) -> String {
        let switch = match switch {
            Switch::On => "On.",
            Switch::Off => "Off.",
            Switch::Always => "Always, while the chat exists.",
        };
        format!("{} {switch}", self.told(names, grant))
    }

    /// The same without its switch.
    fn told(self, names: Names<'_>, grant: Grant) -> String {
        let (who, what) = (self.who(names), self.field.phrase());
        let precision = grant.precision.phrase();
        let purpose = self.purpose.phrase();
        let days = match grant.keep.days() {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        format!("{who} {what}{precision}, {purpose}, kept {days}.")
    }

    fn who(self, names: Names<'_>) -> String {
        match self.recipient {
            Recipient::Business => format!("{} may see", names.business),
            Recipient::Parent => format!("{} may tell {}", names.business, names.parent),
            Recipient::ServiceProvider => {
                format!("{} may tell {}", names.business, names.service_provider)
            }
        }
    }
}

impl Table {
    /// A row in words for a customer, if the table allows it on this ground where they live. A
    /// legal ground names its law.
    #[must_use]
    pub fn sentence(
        &self,
        names: Names<'_>,
        row: Row,
        basis: Basis,
        region: Option<Region>,
        is_on: Switch,
    ) -> Option<String> {
        let grant = self.grant(row, basis, region)?;
        let region = region.unwrap_or(Region::Eu);
        let law = self.cell(row.at(region, basis))?.law.as_ref();
        Some(match (basis, law) {
            (Basis::Consent, _) => row.sentence(names, grant, is_on),
            (Basis::Necessary, _) => row.sentence(names, grant, Switch::Always),
            (Basis::Legal, law) => {
                let law = law.map_or_else(String::new, |law| format!(" By law: {law}."));
                format!("{}{law}", row.told(names, grant))
            }
        })
    }
}

impl Change {
    /// The change in one sentence.
    #[must_use]
    pub fn sentence(&self, names: Names<'_>) -> String {
        let told = |rule: &Rule| self.row.told(names, rule.grant());
        let ground = match self.basis {
            Basis::Consent => " Only if you switch it on.",
            Basis::Necessary => " Always, while the chat exists.",
            Basis::Legal => " Because a law says so.",
        };
        let change = match (&self.before, &self.after) {
            (None, Some(after)) => format!("New: {}{ground}", told(after)),
            (Some(before), None) => format!("Ends: {}{ground}", told(before)),
            (Some(before), Some(after)) => {
                format!(
                    "Until now: {} From then on: {}{ground}",
                    told(before),
                    told(after)
                )
            }
            (None, None) => "Nothing changes.".to_owned(),
        };
        match self.law() {
            Some(law) => format!("{change} ({law}) {}", self.regions.phrase()),
            None => format!("{change} {}", self.regions.phrase()),
        }
    }

    fn law(&self) -> Option<&str> {
        let rule = self.after.as_ref().or(self.before.as_ref())?;
        rule.law.as_ref().map(|law| law.as_str())
    }
}

impl Difference {
    /// All changes in sentences: newly shared, changed, stopped.
    #[must_use]
    pub fn sentences(&self, names: Names<'_>) -> Vec<String> {
        self.newly_shared
            .iter()
            .chain(&self.changed)
            .chain(&self.stopped)
            .map(|change| change.sentence(names))
            .collect()
    }
}

impl RegionSet {
    /// "(everywhere)", "(in the EU and the UK)".
    fn phrase(self) -> String {
        if self == Self::ALL {
            return "(everywhere)".to_owned();
        }
        let places: Vec<&str> = self.iter().map(Region::phrase).collect();
        match places.as_slice() {
            [] => "(nowhere)".to_owned(),
            [one] => format!("(in {one})"),
            [all @ .., last] => format!("(in {} and {last})", all.join(", ")),
        }
    }
}

impl Region {
    /// The place in words.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Eu => "the EU",
            Self::Uk => "the UK",
            Self::UsCa => "California",
            Self::In => "India",
            Self::Other => "other countries",
        }
    }
}

impl Field {
    /// The field in words.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::PhoneNumber => "your phone number",
            Self::DisplayName => "your initials",
            Self::Locale => "your language and country setting",
            Self::Country => "the country you live in",
            Self::DeviceModel => "which kind of device you use",
            Self::OsVersion => "the version of your device's system",
            Self::ClientVersion => "the version of your app",
            Self::LastActive => "when you were last connected",
            Self::MessageCount => "about how many messages you exchanged",
            Self::InteractionTime => "when you last wrote",
            Self::PurchaseTotal => "what you paid",
            Self::PurchaseCategory => "what kind of thing you bought",
            Self::IpAddress => "your network address",
            Self::AdReferral => "which advertisement led you here",
        }
    }
}

impl Purpose {
    /// The purpose in words.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::ServiceOperation => "to do what you ask for",
            Self::SafetySecurity => "against fraud and abuse",
            Self::Personalisation => "to fit what you are shown to you",
            Self::AdsProductImprovement => "for advertising and its own products",
            Self::Analytics => "to count and measure",
        }
    }
}

impl Precision {
    /// The precision in words, with its comma; nothing where the field is told as it is.
    const fn phrase(self) -> &'static str {
        match self {
            Self::Full | Self::Initials | Self::Class | Self::Bucket => "",
            Self::CountryCode => ", only the country code",
            Self::Language => ", only the language",
            Self::Major => ", only the first number",
            Self::Hour => ", rounded to the hour",
            Self::Day => ", rounded to the day",
            Self::Week => ", rounded to the week",
            Self::Month => ", rounded to the month",
            Self::Tens => ", rounded down to tens",
            Self::Hundreds => ", rounded down to hundreds",
            Self::Network => ", only the network it belongs to",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precision::KeepDays;

    const NAMES: Names<'_> = Names {
        business: "Bakery",
        parent: "Parent Ltd",
        service_provider: "Printer Ltd",
    };

    fn grant(precision: Precision, days: u16) -> Grant {
        Grant {
            precision,
            keep: KeepDays::new(days).unwrap(),
        }
    }

    #[test]
    fn a_row_is_one_sentence_that_says_who_what_why_how_long_and_whether() {
        let row = Row::new(
            Field::PhoneNumber,
            Recipient::Parent,
            Purpose::AdsProductImprovement,
        );
        assert_eq!(
            row.sentence(NAMES, grant(Precision::Full, 90), Switch::Off),
            "Bakery may tell Parent Ltd your phone number, for advertising and its own products, kept 90 days. Off."
        );
        let row = Row::new(Field::LastActive, Recipient::Business, Purpose::Analytics);
        assert_eq!(
            row.sentence(NAMES, grant(Precision::Day, 1), Switch::Always),
            "Bakery may see when you were last connected, rounded to the day, to count and measure, kept 1 day. Always, while the chat exists."
        );
    }

    #[test]
    fn no_two_rows_and_precisions_read_alike() {
        let mut sentences = std::collections::BTreeSet::new();
        for row in Row::all() {
            for precision in row.field.precisions() {
                let sentence = row.sentence(NAMES, grant(*precision, 30), Switch::On);
                assert!(sentences.insert(sentence), "{row:?}");
            }
        }
        assert!(sentences.len() > Row::COUNT);
    }

    #[test]
    fn a_change_says_what_is_new_and_where() {
        let change = Change {
            row: Row::new(
                Field::PhoneNumber,
                Recipient::ServiceProvider,
                Purpose::ServiceOperation,
            ),
            basis: Basis::Consent,
            regions: [Region::Eu, Region::Uk].into_iter().collect(),
            before: None,
            after: Some(Rule::new(Precision::CountryCode, KeepDays::new(9).unwrap())),
        };
        assert_eq!(
            change.sentence(NAMES),
            "New: Bakery may tell Printer Ltd your phone number, only the country code, to do what you ask for, kept 9 days. Only if you switch it on. (in the EU and the UK)"
        );
    }
}
