//! One line of the result: what was measured, beside what, and whether it is enough.
//! Knows: numbers and their limits. Never knows: how they came to be.

use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The number of the target, as the page lists them; empty where nothing was promised.
    pub(crate) target: String,
    /// What was measured.
    pub(crate) what: String,
    /// With its unit.
    pub(crate) measured: String,
    /// What it is held against, with its unit; empty where it stands alone.
    pub(crate) yardstick: String,
    /// Measured over yardstick, or measured alone in the unit of the limit.
    pub(crate) ratio: Option<f64>,
    /// What was promised.
    pub(crate) limit: Option<Limit>,
    /// Whether that holds; none where nothing was promised.
    pub(crate) met: Option<bool>,
}

/// What a ratio has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Limit {
    fn holds(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(most) => ratio <= most,
            Self::AtLeast(least) => ratio >= least,
        }
    }
}

/// A number with its unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount(pub(crate) f64, pub(crate) &'static str);

impl Amount {
    /// So many times the other. No number where the other is nothing or less: then no promise holds.
    fn beside(self, other: Self) -> f64 {
        if other.0 > 0.0 {
            self.0 / other.0
        } else {
            f64::NAN
        }
    }

    /// With three digits that matter.
    pub(crate) fn told(self) -> String {
        let Self(value, unit) = self;
        let number = match value.abs() {
            100.0.. => grouped(value),
            10.0..100.0 => format!("{value:.1}"),
            0.0995..10.0 => format!("{value:.2}"),
            _ => format!("{value:.3}"),
        };
        if unit.is_empty() {
            number
        } else {
            format!("{number} {unit}")
        }
    }
}

impl Row {
    /// Measured over a yardstick of the same unit, and what was promised of the ratio.
    pub(crate) fn ratio(
        target: &'static str,
        what: impl Into<String>,
        measured: Amount,
        (name, yardstick): (&str, Amount),
        limit: Limit,
    ) -> Self {
        let ratio = measured.beside(yardstick);
        Self {
            target: target.to_owned(),
            what: what.into(),
            measured: measured.told(),
            yardstick: format!("{} ({name})", yardstick.told()),
            ratio: Some(ratio),
            limit: Some(limit),
            met: Some(limit.holds(ratio)),
        }
    }

    /// How many times less than a yardstick of the same unit, and what was promised of that.
    pub(crate) fn times_less(
        target: &'static str,
        what: impl Into<String>,
        measured: Amount,
        (name, yardstick): (&str, Amount),
        limit: Limit,
    ) -> Self {
        let ratio = yardstick.beside(measured);
        Self {
            ratio: Some(ratio),
            met: Some(limit.holds(ratio)),
            ..Self::ratio(target, what, measured, (name, yardstick), limit)
        }
    }

    /// Measured, and what was promised of it in the same unit.
    pub(crate) fn alone(
        target: &'static str,
        what: impl Into<String>,
        measured: Amount,
        limit: Limit,
    ) -> Self {
        Self {
            target: target.to_owned(),
            what: what.into(),
            measured: measured.told(),
            yardstick: String::new(),
            ratio: Some(measured.0),
            limit: Some(limit),
            met: Some(limit.holds(measured.0)),
        }
    }

    /// Measured, and nothing was promised.
    pub(crate) fn seen(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            target: String::new(),
            what: what.into(),
            measured: measured.into(),
            yardstick: String::new(),
            ratio: None,
            limit: None,
            met: None,
        }
    }
}

/// The middle one; of an even number the upper middle. Zero of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if place > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_its_promise_holds() {
        let row = |measured| {
            let yardstick = ("bare", Amount(10.0, "µs"));
            Row::ratio(
                "2",
                "cpu",
                Amount(measured, "µs"),
                yardstick,
                Limit::AtMost(2.0),
            )
        };
        assert_eq!((row(20.0).met, row(20.1).met), (Some(true), Some(false)));
        let least = Row::alone("4", "rate", Amount(0.79, ""), Limit::AtLeast(0.8));
        assert_eq!(least.met, Some(false));
        assert_eq!(Row::seen("a", "b").met, None);
    }

    #[test]
    fn beside_nothing_or_less_no_promise_holds() {
        let beside = |other| Amount(1.0, "KiB").beside(Amount(other, "KiB"));
        for other in [0.0, -3.84] {
            assert!(!Limit::AtMost(1.1).holds(beside(other)));
            assert!(!Limit::AtLeast(1.1).holds(beside(other)));
        }
        assert!(Limit::AtMost(1.1).holds(beside(1.0)));
    }

    #[test]
    fn numbers_are_told_with_three_digits_that_matter() {
        let told = |value| Amount(value, "").told();
        let said = [12_345.6, 123.4, 12.34, 1.234, 0.01234, 1_234_567.0].map(told);
        assert_eq!(
            said,
            ["12,346", "123", "12.3", "1.23", "0.012", "1,234,567"]
        );
        assert_eq!(Amount(2.0, "µs").told(), "2.00 µs");
    }

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[]), 0.0);
    }
}
