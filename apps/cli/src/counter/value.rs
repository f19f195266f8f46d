//! FIELD=VALUE: what a customer declares; and a value, shown.
//! Knows: how each field's value is typed. Never knows: whose value it is.

use partywall_business::field::{Field, Source};
use partywall_business::value::{
    Country, DeviceClass, Initials, Locale, PhoneNumber, PurchaseCategory, Value, Version,
};

use super::{moments, money, names};

/// Reads a declared value.
///
/// # Errors
/// No such field, one that the relay sees by itself, or a value that it cannot have.
pub(crate) fn declared(said: &str) -> Result<Value, String> {
    let (field, value) = said
        .split_once('=')
        .ok_or("a value is declared as FIELD=VALUE, such as locale=deAT")?;
    let field = names::field(field)?;
    if field.source() == Source::Observed {
        return Err(format!(
            "{field} is seen by the relay and cannot be declared"
        ));
    }
    value_of(field, value.trim())
}

/// Reads initials.
///
/// # Errors
/// Not one to three letters.
pub(crate) fn initials(said: &str) -> Result<Value, String> {
    value_of(Field::DisplayName, said.trim())
}

fn value_of(field: Field, said: &str) -> Result<Value, String> {
    Ok(match field {
        Field::PhoneNumber => Value::PhoneNumber(phone(said).ok_or(
            "a phone number is its country code and up to 15 digits in all, such as +4915112345678",
        )?),
        Field::DisplayName => {
            Value::DisplayName(Initials::new(said).map_err(|bad| bad.to_string())?)
        }
        Field::Locale => Value::Locale(locale(said)?),
        Field::Country => Value::Country(Country::new(said).map_err(|bad| bad.to_string())?),
        Field::DeviceModel => {
            let class = names::one_of("kind of device", &DeviceClass::ALL, DeviceClass::word, said);
            Value::DeviceModel(class?)
        }
        Field::OsVersion => Value::OsVersion(version(said)?),
        Field::ClientVersion => Value::ClientVersion(version(said)?),
        Field::PurchaseTotal => Value::PurchaseTotal(money::money(said)?),
        Field::PurchaseCategory => {
            let (all, word) = (&PurchaseCategory::ALL, PurchaseCategory::word);
            Value::PurchaseCategory(names::one_of("kind of purchase", all, word, said)?)
        }
        Field::AdReferral => Value::AdReferral(
            said.parse()
                .map_err(|_| "an advertisement's number is 0 to 65535")?,
        ),
        Field::LastActive | Field::MessageCount | Field::InteractionTime | Field::IpAddress => {
            return Err(format!(
                "{field} is seen by the relay and cannot be declared"
            ));
        }
    })
}

fn phone(said: &str) -> Option<PhoneNumber> {
    let digits: String = said
        .strip_prefix('+')
        .unwrap_or(said)
        .chars()
        .filter(|one| !matches!(one, ' ' | '-'))
        .collect();
    let plain = (1..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if plain {
        PhoneNumber::new(digits.parse().ok()?)
    } else {
        None
    }
}

/// `de`, `deAT`, and also `de-AT` and `de_AT`.
fn locale(said: &str) -> Result<Locale, String> {
    let plain: String = said
        .chars()
        .filter(|one| !matches!(one, '-' | '_'))
        .collect();
    Locale::new(&plain).map_err(|bad| bad.to_string())
}

fn version(said: &str) -> Result<Version, String> {
    let wrong = |_| "a version is one or two numbers, such as 17 or 17.4".to_owned();
    let (major, minor) = match said.split_once('.') {
        Some((major, minor)) => (major, Some(minor)),
        None => (said, None),
    };
    Ok(Version {
        major: major.parse().map_err(wrong)?,
        minor: minor.map(str::parse).transpose().map_err(wrong)?,
    })
}

/// The value, as it can be typed where it can be declared.
pub(crate) fn typed(value: &Value) -> String {
    match value {
        Value::PhoneNumber(number) => format!("+{}", number.value()),
        Value::DisplayName(initials) => initials.as_str().to_owned(),
        Value::Locale(locale) => locale.to_string(),
        Value::Country(country) => country.as_str().to_owned(),
        Value::DeviceModel(class) => class.to_string(),
        Value::OsVersion(version) | Value::ClientVersion(version) => match version.minor {
            Some(minor) => format!("{}.{minor}", version.major),
            None => version.major.to_string(),
        },
        Value::LastActive(at) | Value::InteractionTime(at) => moments::rfc3339(*at),
        Value::MessageCount(bucket) => bucket.to_string(),
        Value::PurchaseTotal(amount) => money::typed(*amount),
        Value::PurchaseCategory(category) => category.to_string(),
        Value::IpAddress(address) => address.to_string(),
        Value::AdReferral(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_declared_is_read_and_shown_alike() {
        for (said, shown) in [
            ("phone_number=+49 151 1234-5678", "+4915112345678"),
            ("display_name=AB", "AB"),
            ("locale=de-AT", "deAT"),
            ("country=DE", "DE"),
            ("device-model=android_phone", "android_phone"),
            ("os_version=17.4", "17.4"),
            ("client_version=3", "3"),
            ("purchase_total=12.50 EUR", "12.50 EUR"),
            ("purchase_category=food", "food"),
            ("ad_referral=7", "7"),
        ] {
            let value = declared(said).unwrap();
            assert_eq!(typed(&value), shown, "{said}");
            let again = declared(&format!("{}={shown}", value.field()));
            assert_eq!(again, Ok(value), "{said}");
        }
    }

    #[test]
    fn every_field_is_declared_or_said_to_be_the_relays() {
        for field in Field::ALL {
            let answer = declared(&format!("{field}=\u{0}")).unwrap_err();
            let observed = answer.contains("seen by the relay");
            assert_eq!(observed, field.source() == Source::Observed, "{field}");
        }
    }

    #[test]
    fn a_malformed_value_is_explained() {
        for (said, why) in [
            ("locale", "FIELD=VALUE"),
            ("locle=de", "did you mean locale?"),
            ("phone_number=call me", "+49"),
            ("phone_number=1234567890123456", "15 digits"),
            ("display_name=Anna", "initials"),
            ("country=XX", "ISO 3166"),
            ("os_version=17.4.1", "17.4"),
            ("ad_referral=70000", "65535"),
            ("purchase_total=much", "12.50 EUR"),
        ] {
            let answer = declared(said).unwrap_err();
            assert!(answer.contains(why), "{said}: {answer}");
        }
    }
}
