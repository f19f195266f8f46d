//! What values promise.

use super::*;
use crate::precision::Precision;
use partywall_ground::cbor;

fn number(value: u64) -> Value {
    Value::PhoneNumber(PhoneNumber::new(value).unwrap())
}

fn one_of_each() -> Vec<Value> {
    let version = Version {
        major: 14,
        minor: Some(2),
    };
    vec![
        number(491_701_234_567),
        Value::DisplayName(Initials::new("AB").unwrap()),
        Value::Locale(Locale::new("deAT").unwrap()),
        Value::Country(Country::new("AT").unwrap()),
        Value::DeviceModel(DeviceClass::Iphone),
        Value::OsVersion(version),
        Value::ClientVersion(version),
        Value::LastActive(Seconds::new(1_709_215_199)),
        Value::MessageCount(MessageBucket::of(7)),
        Value::InteractionTime(Seconds::new(1_709_215_199)),
        Value::PurchaseTotal(Money {
            minor: 123_456,
            currency: Currency::Eur,
        }),
        Value::PurchaseCategory(PurchaseCategory::Food),
        Value::IpAddress([203, 0, 113, 77].into()),
        Value::AdReferral(65_535),
    ]
}

#[test]
fn every_field_has_a_value_that_is_read_as_it_was_written() {
    let values = one_of_each();
    assert_eq!(values.len(), Field::COUNT);
    for (value, field) in values.into_iter().zip(Field::ALL) {
        assert_eq!(value.field(), field);
        let bytes = cbor::encode(&value);
        assert!(cbor::decode::<Value>(&bytes) == Ok(value));
        assert_eq!(bytes[..2], [0x82, field.code()]);
    }
}

#[test]
fn rounding_twice_changes_nothing_more_and_what_a_field_does_not_know_gives_nothing() {
    for value in one_of_each() {
        for precision in Precision::ALL {
            match value.rounded(precision) {
                Some(rounded) => {
                    assert!(rounded.rounded(precision) == Some(rounded));
                    let bytes = cbor::encode(&rounded);
                    assert!(cbor::decode::<Value>(&bytes) == Ok(rounded));
                }
                None => assert!(!value.field().knows(precision)),
            }
        }
    }
}

#[test]
fn a_rounded_value_says_no_more_than_its_precision() {
    let values = one_of_each();
    assert!(
        values[2].rounded(Precision::Language) == Some(Value::Locale(Locale::new("de").unwrap()))
    );
    assert!(
        values[5].rounded(Precision::Major)
            == Some(Value::OsVersion(Version {
                major: 14,
                minor: None
            }))
    );
    let money = |minor, currency| Value::PurchaseTotal(Money { minor, currency });
    assert!(values[10].rounded(Precision::Tens) == Some(money(123_000, Currency::Eur)));
    assert!(values[10].rounded(Precision::Hundreds) == Some(money(120_000, Currency::Eur)));
    assert!(
        money(1_234, Currency::Jpy).rounded(Precision::Hundreds)
            == Some(money(1_200, Currency::Jpy))
    );
    assert!(
        values[12].rounded(Precision::Network) == Some(Value::IpAddress([203, 0, 113, 0].into()))
    );
    let six: std::net::Ipv6Addr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
    let network: std::net::Ipv6Addr = "2001:db8:1::".parse().unwrap();
    assert!(
        Value::IpAddress(six.into()).rounded(Precision::Network)
            == Some(Value::IpAddress(network.into()))
    );
}

#[test]
fn a_country_code_is_the_one_that_the_number_begins_with() {
    for (whole, code) in [
        (12_025_550_123, 1),
        (79_161_234_567, 7),
        (491_701_234_567, 49),
        (3_531_234_567, 353),
        (420_123_456_789, 420),
        (971_501_234_567, 971),
        (441_632_960_000, 44),
        (353, 353),
        (49, 49),
        (1, 1),
    ] {
        assert!(
            number(whole).rounded(Precision::CountryCode) == Some(number(code)),
            "{whole}"
        );
    }
    assert!(PhoneNumber::new(0).is_none() && PhoneNumber::new(1_000_000_000_000_000).is_none());
}

#[test]
fn a_value_of_another_shape_is_refused() {
    for bytes in [
        &b"\x82\x01\x00"[..],
        b"\x82\x01\x1b\x00\x03\x8d\x7e\xa4\xc6\x80\x00",
        b"\x82\x02\x64ABCD",
        b"\x82\x04\x62XX",
        b"\x82\x05\x09",
        b"\x82\x06\x80",
        b"\x82\x06\x83\x01\x02\x03",
        b"\x82\x09\x07",
        b"\x82\x0b\x82\x01\x63XXX",
        b"\x82\x0d\x43\x01\x02\x03",
        b"\x82\x0e\x1a\x00\x01\x00\x00",
        b"\x82\x0f\x01",
        b"\x83\x0e\x01\x01",
    ] {
        assert!(cbor::decode::<Value>(bytes).is_err(), "{bytes:x?}");
    }
}

#[test]
fn a_value_printed_tells_nothing_but_its_field() {
    assert_eq!(
        format!("{:?}", number(491_701_234_567)),
        "Value(phone_number)"
    );
}

/// How many different values a reader takes among all texts of up to four characters of ASCII.
fn taken(reads: impl Fn(&str) -> bool) -> u32 {
    let mut taken = 0;
    let letters: Vec<char> = (0..128_u8).map(char::from).collect();
    let mut texts = vec![String::new()];
    for _length in 0..3 {
        let longer = texts
            .iter()
            .flat_map(|text| letters.iter().map(move |letter| format!("{text}{letter}")));
        texts = longer.collect();
        taken += texts.iter().filter(|text| reads(text)).count() as u32;
    }
    taken
}

/// P21: what could carry a text carries no text.
#[test]
fn no_text_of_anybodys_choice_fits_into_a_value_that_is_told() {
    let mut row = partywall_row::Row::of("P21");
    // Letters A to Z, one to three of them; the countries that there are.
    assert_eq!(
        taken(|text| Initials::new(text).is_ok()),
        26 + 26 * 26 + 26 * 26 * 26
    );
    assert_eq!(taken(|text| Country::new(text).is_ok()), 249);
    // A language alone, of two letters.
    assert_eq!(taken(|text| Locale::new(text).is_ok()), 26 * 26);
    row.tried(3 * (128 + 128 * 128 + 128 * 128 * 128));

    // Words in any script, with marks, directions and invisible letters, and however long.
    let letters: Vec<char> = "abcXYZ019 .-_{}\"\u{0}\u{7f}\u{e4}\u{430}\u{200b}\u{202e}\u{feff}\u{4e2d}\u{1f600}\u{ff21}".chars().collect();
    let mut state = row.seed();
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..row.times(20_000, 1_000_000) {
        let length = 4 + draw(60);
        let text: String = (0..length).map(|_| letters[draw(letters.len())]).collect();
        assert!(Initials::new(&text).is_err() && Country::new(&text).is_err());
        assert!(Locale::new(&text).is_err());
        for field in 1..=14_u8 {
            let mut bytes = vec![0x82, field, 0x78, u8::try_from(text.len()).unwrap()];
            bytes.extend_from_slice(text.as_bytes());
            assert!(cbor::decode::<Value>(&bytes).is_err(), "{field}");
        }
        row.tried(1);
    }

    // Bits of the most that a customer's client can declare: a sum of money, in a currency.
    let money = Money {
        minor: u64::MAX,
        currency: Currency::Eur,
    };
    let longest = [
        number(999_999_999_999_999),
        Value::PurchaseTotal(money),
        Value::DisplayName(Initials::new("ZZZ").unwrap()),
        Value::Locale(Locale::new("deAT").unwrap()),
        Value::OsVersion(Version {
            major: u16::MAX,
            minor: Some(u16::MAX),
        }),
        Value::AdReferral(u16::MAX),
    ];
    let bytes = longest.iter().map(|value| cbor::encode(value).len()).max();
    assert!(bytes <= Some(20), "{bytes:?}");
    row.figure(format!("a declared value has at most {} bytes, of which text: three capitals, or a language and a country from lists", bytes.unwrap()));
}
