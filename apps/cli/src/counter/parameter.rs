//! What is set into a template, as a shop types it: `3`, `12.50 EUR`, `2026-11-22`, `option:1`,
//! `code:7XK2`.
//! Knows: the five types. Never knows: which of them a template asks for.

use std::time::{Duration, UNIX_EPOCH};

use partywall_business::template::{Parameter, ShortCode};

use super::money;

const SECONDS_OF_A_DAY: u64 = 86_400;

/// Reads a parameter. A type may be named in front: `integer:3`.
///
/// # Errors
/// Of none of the types, or malformed.
pub(crate) fn parameter(said: &str) -> Result<Parameter, String> {
    let said = said.trim();
    if let Some((kind, value)) = said.split_once(':') {
        return match kind {
            "integer" => integer(value),
            "money" => money::money(value).map(Parameter::Money),
            "date" => date(value),
            "option" => option(value),
            "code" => ShortCode::new(value)
                .map(Parameter::Code)
                .map_err(|bad| bad.to_string()),
            _ => Err("a parameter's type is integer, money, date, option or code".into()),
        };
    }
    if said.contains(|one: char| one.is_ascii_alphabetic()) {
        return money::money(said).map(Parameter::Money).map_err(|bad| {
            format!("{bad}; an option is option:1, a code is code:7XK2, and there is no free text")
        });
    }
    integer(said).or_else(|_no_number| date(said))
}

fn integer(said: &str) -> Result<Parameter, String> {
    said.parse()
        .map(Parameter::Integer)
        .map_err(|_| "a whole number has digits only, such as 3".to_owned())
}

/// The first is 1, for people; the wire counts from 0.
fn option(said: &str) -> Result<Parameter, String> {
    let number: u8 = said.parse().unwrap_or(0);
    match number.checked_sub(1) {
        Some(place) if place < 16 => Ok(Parameter::Option(place)),
        _ => Err("an option is option:1 for the first, up to option:16".into()),
    }
}

fn date(said: &str) -> Result<Parameter, String> {
    let wrong = || "a day is written like 2026-11-22, from 1970 on".to_owned();
    let well_formed = said.len() == 10
        && said.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed {
        return Err(wrong());
    }
    let at = humantime::parse_rfc3339(&format!("{said}T00:00:00Z")).map_err(|_| wrong())?;
    let since: Duration = at.duration_since(UNIX_EPOCH).map_err(|_| wrong())?;
    let day = u32::try_from(since.as_secs() / SECONDS_OF_A_DAY).map_err(|_| wrong())?;
    Ok(Parameter::Date(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_told_by_its_form() {
        for (said, parameter_of) in [
            ("3", Parameter::Integer(3)),
            ("-3", Parameter::Integer(-3)),
            ("integer:12", Parameter::Integer(12)),
            ("2026-11-22", Parameter::Date(20_779)),
            ("date:1970-01-02", Parameter::Date(1)),
            ("option:1", Parameter::Option(0)),
            ("option:16", Parameter::Option(15)),
            (
                "code:7XK2",
                Parameter::Code(ShortCode::new("7XK2").unwrap()),
            ),
        ] {
            assert!(parameter(said) == Ok(parameter_of), "{said}");
        }
        let Ok(Parameter::Money(amount)) = parameter("12.50 EUR") else {
            unreachable!("an amount")
        };
        assert_eq!(amount.minor, 1_250);
    }

    #[test]
    fn words_are_no_parameters() {
        for said in [
            "",
            "hello",
            "buy now",
            "option:0",
            "option:17",
            "option:x",
            "code:ABCD",
            "code:1",
            "2026-13-01",
            "2026-02-30",
            "1969-12-31",
            "date:soon",
            "text:hello",
            "3.5",
            "99999999999999999999",
        ] {
            assert!(parameter(said).is_err(), "{said}");
        }
        assert!(parameter("hello").unwrap_err().contains("no free text"));
    }
}
