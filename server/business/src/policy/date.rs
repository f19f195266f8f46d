//! Dates of a policy file as seconds, and back: midnight, UTC.
//! Knows: the calendar. Never knows: what day it is.

use partywall_ground::Seconds;
use toml::value::{Date, Datetime};

const DAY: u64 = 86_400;
/// Days from 0000-03-01 to 1970-01-01.
const TO_1970: u64 = 719_468;

/// The first second of a date from 1970 on; nothing for what is not a date alone.
pub(super) fn seconds(datetime: &Datetime) -> Option<Seconds> {
    let Datetime {
        date: Some(Date { year, month, day }),
        time: None,
        offset: None,
    } = datetime
    else {
        return None;
    };
    let (year, month) = (u64::from(*year), u64::from(*month));
    if year < 1970 {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + u64::from(*day) - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year - TO_1970;
    Some(Seconds::new(days * DAY))
}

/// The date of a second, as it is written in the file.
pub(super) fn written(time: Seconds) -> String {
    let days = time.value() / DAY + TO_1970;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (carried, month) = if month < 10 {
        (0, month + 3)
    } else {
        (1, month - 9)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + carried)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_read_and_written_is_the_same_date() {
        for (date, expected) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2021-05-15", 1_621_036_800),
            ("2100-03-01", 4_107_542_400),
        ] {
            let read = seconds(&date.parse().unwrap()).unwrap();
            assert_eq!((read.value(), written(read)), (expected, date.to_owned()));
        }
        for other in ["1969-12-31", "2021-05-15T00:00:00", "12:00:00"] {
            assert_eq!(seconds(&other.parse().unwrap()), None, "{other}");
        }
    }
}
