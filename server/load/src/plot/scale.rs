//! Where a value lies on an axis, and which values the axis names.
//! Knows: one axis. Never knows: pixels.

use super::Growth;

/// The part of an axis that is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    growth: Growth,
}

/// At most so many values are named on an even axis.
const NAMED: usize = 7;
/// And on one by factors, before it names powers of ten only.
const NAMED_BY_FACTORS: usize = 9;

impl Scale {
    /// A scale on which all these values have a place, ending at round ones.
    pub(super) fn over(values: impl Iterator<Item = f64>, growth: Growth) -> Self {
        let fits = |value: &f64| has_place(*value, growth);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(fits) {
            least = least.min(value);
            most = most.max(value);
        }
        match growth {
            Growth::Even => {
                let most = if most > 0.0 { most } else { 1.0 };
                let step = round_above(most / (NAMED - 1) as f64);
                let to = (most / step).ceil() * step;
                Self {
                    from: 0.0,
                    to,
                    growth,
                }
            }
            Growth::ByFactors => {
                let (least, most) = match least <= most {
                    true => (least, most),
                    false => (1.0, 10.0),
                };
                let (from, mut to) = (round_below(least), round_above(most));
                if to <= from {
                    to = round_above(from * 1.5);
                }
                Self { from, to, growth }
            }
        }
    }

    /// Where the value lies, from 0 (the beginning) to 1 (the end); none if the axis has no place for it.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        if !has_place(value, self.growth) {
            return None;
        }
        Some(match self.growth {
            Growth::Even => (value - self.from) / (self.to - self.from),
            Growth::ByFactors => (value / self.from).ln() / (self.to / self.from).ln(),
        })
    }

    /// The values that the axis names, ascending.
    pub(super) fn named(&self) -> Vec<f64> {
        match self.growth {
            Growth::Even => {
                let step = round_above(self.to / (NAMED - 1) as f64);
                let steps = (self.to / step).round() as usize;
                (0..=steps).map(|number| number as f64 * step).collect()
            }
            Growth::ByFactors => {
                let all = self.rounds(&[1.0, 2.0, 5.0]);
                match all.len() {
                    0..=NAMED_BY_FACTORS => all,
                    _ => self.rounds(&[1.0]),
                }
            }
        }
    }

    fn rounds(&self, digits: &[f64]) -> Vec<f64> {
        let decade = |value: f64| value.log10().floor() as i32;
        let slack = 1.000_001;
        (decade(self.from) - 1..=decade(self.to) + 1)
            .flat_map(|power| digits.iter().map(move |digit| digit * 10f64.powi(power)))
            .filter(|value| *value * slack >= self.from && *value <= self.to * slack)
            .collect()
    }
}

fn has_place(value: f64, growth: Growth) -> bool {
    value.is_finite() && (growth == Growth::Even || value > 0.0) && value >= 0.0
}

/// The least of 1, 2, 5, 10, 20, … that is not below.
fn round_above(value: f64) -> f64 {
    let decade = 10f64.powf(value.log10().floor());
    let above = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade);
    let not_below = above.into_iter().find(|round| *round * 1.000_001 >= value);
    not_below.unwrap_or(value)
}

/// The greatest of 1, 2, 5, 10, 20, … that is not above.
fn round_below(value: f64) -> f64 {
    let decade = 10f64.powf(value.log10().floor());
    let below = [5.0, 2.0, 1.0].map(|digit| digit * decade);
    let not_above = below.into_iter().find(|round| *round <= value * 1.000_001);
    not_above.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::{Growth, Scale};

    #[test]
    fn an_even_axis_begins_at_nothing_and_ends_at_a_round_value_that_holds_all() {
        let scale = Scale::over([130.0, 12_345.0].into_iter(), Growth::Even);
        let named = scale.named();
        assert_eq!(named.first(), Some(&0.0));
        assert_eq!(named.last(), Some(&15_000.0));
        assert_eq!(scale.share(0.0), Some(0.0));
        assert_eq!(scale.share(15_000.0), Some(1.0));
        assert_eq!(scale.share(7_500.0), Some(0.5));
    }

    #[test]
    fn an_axis_by_factors_gives_each_factor_the_same_room() {
        let scale = Scale::over([0.3, 90.0].into_iter(), Growth::ByFactors);
        let place = |value| scale.share(value).unwrap();
        let (first, second) = (place(10.0) - place(1.0), place(100.0) - place(10.0));
        assert!((first - second).abs() < 1e-9);
        assert!(place(0.3) >= 0.0 && place(90.0) <= 1.0);
        assert_eq!(scale.share(0.0), None);
        assert_eq!(scale.share(f64::NAN), None);
    }

    #[test]
    fn however_far_apart_the_values_are_few_are_named_and_all_lie_on_the_axis() {
        for (least, most) in [
            (0.001, 0.0011),
            (0.4, 7.0),
            (1.0, 1.0),
            (1e-6, 1e9),
            (3.0, 900.0),
        ] {
            for growth in [Growth::Even, Growth::ByFactors] {
                let scale = Scale::over([least, most].into_iter(), growth);
                let named = scale.named();
                assert!((2..=16).contains(&named.len()), "{least} {most} {named:?}");
                for value in named.iter().chain(&[least, most]) {
                    let share = scale.share(*value).unwrap();
                    assert!((-1e-6..=1.0 + 1e-6).contains(&share), "{value} at {share}");
                }
            }
        }
    }

    #[test]
    fn an_axis_without_any_value_still_has_two_ends() {
        for growth in [Growth::Even, Growth::ByFactors] {
            let scale = Scale::over([f64::NAN, f64::INFINITY].into_iter(), growth);
            assert!(scale.named().len() >= 2);
        }
    }
}
