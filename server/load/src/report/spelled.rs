//! Numbers as people read them.
//! Knows: digits. Never knows: what they count.

/// A number with thousands apart and no more digits than help: `12,346`, `47.3`, `0.061`.
#[must_use]
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let decimals = match value.abs() {
        0.0 => 0,
        small if small < 0.1 => 3,
        small if small < 10.0 => 2,
        middling if middling < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    match value < 0.0 && out != "0" {
        true => format!("-{out}"),
        false => out,
    }
}

/// A number as one says it with "about": two digits that count, `1,200` for 1,234.
#[must_use]
pub fn about(value: f64) -> String {
    if !value.is_finite() || value <= 0.0 {
        return number(value);
    }
    let step = 10f64.powf(value.log10().floor() - 1.0);
    number((value / step).round() * step)
}

/// Bytes with the greatest unit that leaves a whole part: `13.2 KiB`, `1.5 GiB`.
#[must_use]
pub fn bytes(value: f64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut left = value;
    let mut unit = 0;
    while left.abs() >= 1_024.0 && unit + 1 < units.len() {
        left /= 1_024.0;
        unit += 1;
    }
    format!("{} {}", number(left), units[unit])
}

#[cfg(test)]
mod tests {
    use super::{about, bytes, number};

    #[test]
    fn numbers_have_thousands_apart_and_few_digits() {
        for (value, text) in [
            (0.0, "0"),
            (12_345.6, "12,346"),
            (1_234_567.0, "1,234,567"),
            (999.0, "999"),
            (47.26, "47.3"),
            (5.0, "5"),
            (1.504, "1.5"),
            (0.0611, "0.061"),
            (0.5, "0.5"),
            (-1_500.0, "-1,500"),
            (-0.0001, "0"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
    }

    #[test]
    fn about_keeps_two_digits_that_count() {
        for (value, text) in [
            (12_345.0, "12,000"),
            (987.0, "990"),
            (7.26, "7.3"),
            (0.0, "0"),
            (100.0, "100"),
        ] {
            assert_eq!(about(value), text, "{value}");
        }
    }

    #[test]
    fn bytes_take_the_unit_that_reads_best() {
        for (value, text) in [
            (200.0, "200 bytes"),
            (13_517.0, "13.2 KiB"),
            (1_610_612_736.0, "1.5 GiB"),
        ] {
            assert_eq!(bytes(value), text, "{value}");
        }
    }
}
