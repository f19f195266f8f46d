//! How a sink's line writes a value and a time for people. (SPEC §14, X-6)
//! Knows: every shape of value. Never knows: whose it is.

use std::time::{Duration, UNIX_EPOCH};

use partywall_business::disclosure::Record;
use partywall_business::precision::Precision;
use partywall_business::value::{Value, Version};
use partywall_ground::Seconds;
use serde_json::{Value as Json, json};

/// The value as it has to stand there.
pub(super) fn value(told: &Record) -> Json {
    match &told.value {
        Value::PhoneNumber(number) => json!(format!("+{}", number.value())),
        Value::DisplayName(initials) => json!(initials.as_str()),
        Value::Locale(locale) => match locale.country() {
            Some(country) => json!(format!("{}-{}", locale.language(), country.as_str())),
            None => json!(locale.language()),
        },
        Value::Country(country) => json!(country.as_str()),
        Value::DeviceModel(class) => json!(class.word()),
        Value::OsVersion(version) | Value::ClientVersion(version) => json!(dotted(*version)),
        Value::LastActive(time) | Value::InteractionTime(time) => json!(date(*time)),
        Value::MessageCount(bucket) => json!(bucket.word()),
        Value::PurchaseTotal(money) => {
            json!({"minor": money.minor, "currency": money.currency.word()})
        }
        Value::PurchaseCategory(category) => json!(category.word()),
        Value::IpAddress(address) => json!(match (told.precision, address.is_ipv4()) {
            (Precision::Network, true) => format!("{address}/24"),
            (Precision::Network, false) => format!("{address}/48"),
            _ => address.to_string(),
        }),
        Value::AdReferral(number) => json!(number),
    }
}

/// A date as RFC 3339 has it, in UTC; the end of the year 9999 for every later one.
pub(super) fn date(time: Seconds) -> String {
    const LAST: u64 = 253_402_300_799;
    let since = Duration::from_secs(time.value().min(LAST));
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}

fn dotted(version: Version) -> String {
    match version.minor {
        Some(minor) => format!("{}.{minor}", version.major),
        None => version.major.to_string(),
    }
}
