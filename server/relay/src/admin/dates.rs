//! Days and moments as operators read and write them.
//! Knows: the calendar. Never knows: what happens then.

use std::time::{Duration, UNIX_EPOCH};

use partywall_world::Day;

/// 9999-12-31: dates are written with four digits for the year.
const LAST_DAY: Day = Day::from_number(2_932_896);
/// Its last second.
const LAST_SECOND: u64 = 253_402_300_799;

/// `YYYY-MM-DD`.
#[must_use]
pub fn date(day: Day) -> String {
    let start = day.min(LAST_DAY).start();
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(start.millis()))
        .to_string()
        .chars()
        .take(10)
        .collect()
}

/// `YYYY-MM-DDTHH:MM:SSZ` of Unix seconds; none for a moment that no calendar has any more.
#[must_use]
pub fn moment(seconds: u64) -> Option<String> {
    let known = seconds <= LAST_SECOND;
    known.then(|| {
        humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
    })
}

/// Unix seconds of the beginning of a `YYYY-MM-DD`, UTC.
#[must_use]
pub fn beginning(date: &str) -> Option<u64> {
    let moment = humantime::parse_rfc3339(&format!("{date}T00:00:00Z")).ok()?;
    Some(moment.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

#[cfg(test)]
mod tests {
    use super::{beginning, moment};

    #[test]
    fn a_day_begins_at_midnight_and_nonsense_is_no_day() {
        assert_eq!(beginning("2026-11-22"), Some(1_795_305_600));
        assert_eq!(
            moment(1_795_305_600).as_deref(),
            Some("2026-11-22T00:00:00Z")
        );
        assert_eq!(moment(u64::MAX), None);
        for text in [
            "",
            "2026-13-01",
            "tomorrow",
            "2026-11-22T00:00:00Z",
            "22.11.2026",
        ] {
            assert_eq!(beginning(text), None, "{text}");
        }
    }
}
