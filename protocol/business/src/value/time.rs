//! Times, rounded down. (SPEC §12.2)
//! Knows: hours, days, weeks from Monday and months, all UTC. Never knows: what time it is.

use crate::precision::Precision;
use partywall_ground::Seconds;

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// 1970-01-01 was a Thursday: three days after a Monday.
const AFTER_MONDAY: u64 = 3;

/// The hour in which a time lies.
#[must_use]
pub const fn rounded_to_hour(time: Seconds) -> Seconds {
    Seconds::new(time.value() - time.value() % HOUR)
}

pub(super) fn rounded(time: Seconds, precision: Precision) -> Seconds {
    let days = time.value() / DAY;
    let whole_days = match precision {
        Precision::Day => days,
        Precision::Week => days.saturating_sub((days + AFTER_MONDAY) % 7),
        Precision::Month => days - (day_of_month(days) - 1),
        _ if partywall_mutant::is("P06") => return time,
        _ => return rounded_to_hour(time),
    };
    Seconds::new(whole_days * DAY)
}

/// The day of the month, from 1, of a day counted from 1970-01-01: the proleptic Gregorian
/// calendar in years that begin in March, in eras of 400 years.
const fn day_of_month(days: u64) -> u64 {
    let of_era = (days + 719_468) % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    of_year - (153 * month + 2) / 5 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rounded_down_to_its_hour_day_monday_and_month() {
        // 2024-02-29T13:59:59Z, a Thursday.
        let time = Seconds::new(1_709_215_199);
        for (precision, expected) in [
            (Precision::Hour, 1_709_211_600),
            (Precision::Day, 1_709_164_800),
            (Precision::Week, 1_708_905_600),
            (Precision::Month, 1_706_745_600),
        ] {
            assert_eq!(rounded(time, precision).value(), expected, "{precision}");
        }
    }

    #[test]
    fn months_are_those_of_the_calendar_for_four_centuries() {
        let (mut day, mut first) = (0, 0);
        for year in 1970_u64..2_400 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for length in [
                31,
                28 + u64::from(leap),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ] {
                while day < first + length {
                    let rounded = rounded(Seconds::new(day * DAY + 86_399), Precision::Month);
                    assert_eq!(rounded.value(), first * DAY);
                    day += 1;
                }
                first += length;
            }
        }
    }
}
