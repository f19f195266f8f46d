//! How a value is written for sinks: as the field's usual text, or a number where it is one.
//! Knows: every shape of value. Never knows: whose it is. (SPEC §12.2, X-6)

use std::time::{Duration, UNIX_EPOCH};

use partywall_business::precision::Precision;
use partywall_business::value::{Money, Value, Version};
use partywall_ground::Seconds;
use serde::Serialize;

/// A value in JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Told {
    Word(&'static str),
    Text(String),
    Number(u16),
    Amount { minor: u64, currency: &'static str },
}

impl Told {
    pub(crate) fn of(value: &Value, precision: Precision) -> Self {
        match value {
            Value::PhoneNumber(number) => Self::Text(format!("+{}", number.value())),
            Value::DisplayName(initials) => Self::Text(initials.as_str().to_owned()),
            Value::Locale(locale) => Self::Text(match locale.country() {
                Some(country) => format!("{}-{}", locale.language(), country.as_str()),
                None => locale.language().to_owned(),
            }),
            Value::Country(country) => Self::Text(country.as_str().to_owned()),
            Value::DeviceModel(class) => Self::Word(class.word()),
            Value::OsVersion(version) | Value::ClientVersion(version) => {
                Self::Text(dotted(*version))
            }
            Value::LastActive(time) | Value::InteractionTime(time) => Self::Text(rfc3339(*time)),
            Value::MessageCount(bucket) => Self::Word(bucket.word()),
            Value::PurchaseTotal(Money { minor, currency }) => Self::Amount {
                minor: *minor,
                currency: currency.word(),
            },
            Value::PurchaseCategory(category) => Self::Word(category.word()),
            Value::IpAddress(address) => Self::Text(match (precision, address.is_ipv4()) {
                (Precision::Network, true) => format!("{address}/24"),
                (Precision::Network, false) => format!("{address}/48"),
                _ => address.to_string(),
            }),
            Value::AdReferral(number) => Self::Number(*number),
        }
    }
}

fn dotted(version: Version) -> String {
    match version.minor {
        Some(minor) => format!("{}.{minor}", version.major),
        None => version.major.to_string(),
    }
}

/// A date as RFC 3339 has it, in UTC; the end of the year 9999 for every later one.
pub(crate) fn rfc3339(time: Seconds) -> String {
    const LAST: u64 = 253_402_300_799;
    let since = Duration::from_secs(time.value().min(LAST));
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}
