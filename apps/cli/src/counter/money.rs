//! Amounts of money, as people write them: `12.50 EUR`.
//! Knows: currencies and their smallest units. Never knows: who pays.

use partywall_business::value::{Currency, Money};

use super::names::one_of;

/// Reads `12.50 EUR`, `12.50EUR` or `1200 JPY`. Exact: nothing is rounded.
///
/// # Errors
/// Not such an amount.
pub(crate) fn money(said: &str) -> Result<Money, String> {
    let said = said.trim();
    let wrong = || "an amount is written like 12.50 EUR".to_owned();
    let letters = said
        .find(|one: char| one.is_ascii_alphabetic())
        .ok_or_else(wrong)?;
    let (number, currency) = said.split_at(letters);
    if number.is_empty() {
        return Err(wrong());
    }
    let currency = one_of("currency", &Currency::ALL, Currency::word, currency)?;
    let minor = minor(number.trim_end(), currency).ok_or_else(wrong)?;
    Ok(Money { minor, currency })
}

fn minor(number: &str, currency: Currency) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let places = currency.minor_units().ilog10() as usize;
    let ends_in_a_point = number.ends_with('.');
    if whole.is_empty() || !digits(whole) || !digits(fraction) || ends_in_a_point {
        return None;
    }
    if fraction.len() > places {
        return None;
    }
    let fraction = format!("{fraction:0<places$}");
    let fraction: u64 = if places == 0 {
        0
    } else {
        fraction.parse().ok()?
    };
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(currency.minor_units())?
        .checked_add(fraction)
}

/// The amount, as it can be typed.
pub(crate) fn typed(amount: Money) -> String {
    let (units, word) = (amount.currency.minor_units(), amount.currency.word());
    let places = units.ilog10() as usize;
    let whole = amount.minor / units;
    if places == 0 {
        return format!("{whole} {word}");
    }
    format!("{whole}.{:0places$} {word}", amount.minor % units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly_and_shown_as_it_is_typed() {
        for (said, minor, shown) in [
            ("12.50 EUR", 1250, "12.50 EUR"),
            ("12.5eur", 1250, "12.50 EUR"),
            ("0.05 USD", 5, "0.05 USD"),
            ("7 CHF", 700, "7.00 CHF"),
            ("1200 JPY", 1200, "1200 JPY"),
        ] {
            let amount = money(said).unwrap();
            assert_eq!(
                (amount.minor, typed(amount).as_str()),
                (minor, shown),
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for said in [
            "",
            "EUR",
            "12.50",
            "12.505 EUR",
            "1.5 JPY",
            "-1 EUR",
            "1,5 EUR",
            "12. EUR",
            ".5 EUR",
            "99999999999999999999 EUR",
            "184467440737095516.16 EUR",
            "1e3 EUR",
        ] {
            assert!(money(said).is_err(), "{said}");
        }
        assert!(money("1 EUX").unwrap_err().contains("did you mean EUR?"));
    }
}
