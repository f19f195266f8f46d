//! Moments of the relay's clock: for scripts, and what they mean to people.
//! Knows: seconds and days. Never knows: what happens then.

use partywall_ground::Seconds;
use partywall_world::{Clock, SystemClock, Wall};

use crate::words;

/// Now, in whole seconds.
pub(crate) fn now() -> Seconds {
    Seconds::new(SystemClock::new().wall().seconds())
}

/// RFC 3339, UTC.
pub(crate) fn rfc3339(at: Seconds) -> String {
    words::rfc3339(wall(at))
}

/// Date and minute for people, UTC; the date only where it is another day's.
pub(crate) fn clock(at: Seconds, now: Seconds) -> String {
    let whole = words::minute(wall(at));
    let today = words::minute(wall(now));
    match whole.split_once(' ') {
        Some((day, minute)) if today.starts_with(day) => minute.to_owned(),
        _ => whole,
    }
}

/// "until 14:05Z, in 3 hours", or "until 14:05Z, which is over".
pub(crate) fn until(at: Seconds, now: Seconds) -> String {
    let clock = clock(at, now);
    match at.value().checked_sub(now.value()) {
        Some(left) if left > 0 => format!("until {clock}, in {}", span(left)),
        _ => format!("until {clock}, which is over"),
    }
}

/// "from 14:05Z on, in 3 hours", or "from now on".
pub(crate) fn from(at: Seconds, now: Seconds) -> String {
    match at.value().checked_sub(now.value()) {
        Some(left) if left > 0 => format!("from {} on, in {}", clock(at, now), span(left)),
        _ => "from now on".to_owned(),
    }
}

/// "2026-11-20 14:05Z, 2 days ago".
pub(crate) fn ago(at: Seconds, now: Seconds) -> String {
    match now.value().checked_sub(at.value()) {
        Some(0) => format!("{}, just now", clock(at, now)),
        Some(since) => format!("{}, {} ago", clock(at, now), span(since)),
        None => clock(at, now),
    }
}

/// A length of time by its greatest unit.
fn span(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let (count, unit) = match seconds {
        0..MINUTE => (seconds, "second"),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    let many = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{many}")
}

fn wall(at: Seconds) -> Wall {
    Wall::from_millis(at.value().saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2023-11-14 22:13:20.
    const NOW: u64 = 1_700_000_000;

    #[test]
    fn a_moment_is_told_with_what_it_means() {
        let now = Seconds::new(NOW);
        let at = |offset: u64| Seconds::new(NOW + offset);
        assert_eq!(until(at(60), now), "until 22:14Z, in 1 minute");
        assert_eq!(
            until(at(3 * 3_600), now),
            "until 2023-11-15 01:13Z, in 3 hours"
        );
        assert_eq!(until(now, now), "until 22:13Z, which is over");
        assert_eq!(from(at(1), now), "from 22:13Z on, in 1 second");
        assert_eq!(from(now, at(5)), "from now on");
        assert_eq!(ago(now, at(2 * 86_400)), "2023-11-14 22:13Z, 2 days ago");
        assert_eq!(rfc3339(now), "2023-11-14T22:13:20.000Z");
    }

    #[test]
    fn a_strangers_clock_breaks_nothing() {
        let end = Seconds::new(u64::MAX);
        assert!(until(end, Seconds::new(0)).contains("9999-12-31"));
        assert!(rfc3339(end).starts_with("9999-12-31"));
    }
}
