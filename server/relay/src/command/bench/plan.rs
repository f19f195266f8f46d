//! How the time is spent: which steps, how long each, how much at the most.
//! Knows: seconds and counts. Never knows: a relay.

use std::time::Duration;

use crate::command::arguments::bench::Bench;

/// The seconds of a run if nothing is said, and with `--quick`.
const USUAL: u32 = 60;
const QUICK: u32 = 15;

/// The idle connections if nothing is said, and with `--quick`.
const CONNECTIONS: u32 = 2_000;
const FEW_CONNECTIONS: u32 = 500;

/// Runs shorter than this have a shorter ladder.
const LONG: u32 = 30;

/// Unanswered messages of each writer while it goes as fast as it can.
const IN_FLIGHT: u32 = 32;

/// Messages that are stored and drained at the most: with 4 KiB each, a gigabyte with the store's own.
const STORED: u64 = 200_000;
/// And in one mailbox, below every relay's usual quota.
const STORED_EACH: u64 = 20_000;

/// Messages of one step at the most, so that a fast machine comes to an end as well.
const MOST: u64 = 50_000_000;

/// One run, bounded in count and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// How long all of it takes, about.
    pub(super) all: Duration,
    pub(super) pairs: u32,
    pub(super) in_flight: u32,
    /// How long it goes as fast as it can, and how many messages at the most.
    pub(super) online: Duration,
    pub(super) most: u64,
    /// The steps of the ladder, in hundredths of the fastest.
    pub(super) ladder: &'static [u32],
    /// How long each step is, in whole seconds.
    pub(super) step: Duration,
    /// How long messages are stored, and how many at the most.
    pub(super) stored: Duration,
    pub(super) stored_most: u64,
    /// How many connections rest, ascending; none where that is not looked at.
    pub(super) idle: Vec<u32>,
    /// How long they rest before the relay's memory is looked at.
    pub(super) rest: Duration,
    /// How long fsync is tried.
    pub(super) disk: Duration,
}

impl Plan {
    /// What was asked for. The bounds of each number are the flags' own.
    pub(super) fn of(bench: &Bench) -> Self {
        let seconds = match (bench.seconds, bench.quick) {
            (Some(seconds), _) => seconds,
            (None, true) => QUICK,
            (None, false) => USUAL,
        };
        let all = Duration::from_secs(seconds.into());
        let ladder: &[u32] = match seconds < LONG {
            true => &[10, 50, 90],
            false => &[10, 25, 50, 75, 90],
        };
        let usual = if seconds < LONG {
            FEW_CONNECTIONS
        } else {
            CONNECTIONS
        };
        let connections = match bench.relay {
            Some(_) => 0,
            None => bench.connections.unwrap_or(usual),
        };
        let steps = u32::try_from(ladder.len()).expect("the ladder is short");
        let step = (all * 45 / 100 / steps).as_secs().max(1);
        let pairs = bench.pairs;
        Self {
            all,
            pairs,
            in_flight: IN_FLIGHT,
            online: all * 15 / 100,
            most: MOST,
            ladder,
            step: Duration::from_secs(step),
            stored: all * 10 / 100,
            stored_most: STORED.min(STORED_EACH * u64::from(pairs)),
            idle: thirds(connections),
            rest: (all * 3 / 100).clamp(Duration::from_millis(100), Duration::from_secs(5)),
            disk: all * 3 / 100,
        }
    }
}

/// None, a third, two thirds and all of them, each once; nothing for none.
fn thirds(most: u32) -> Vec<u32> {
    if most == 0 {
        return Vec::new();
    }
    let mut counts = vec![0, most / 3, most / 3 * 2, most];
    counts.dedup();
    counts
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::Plan;
    use crate::command::arguments::{Arguments, Command};

    fn plan(words: &str) -> Plan {
        let words = ["partywall-relay", "bench"]
            .into_iter()
            .chain(words.split_whitespace());
        match Arguments::try_parse_from(words).unwrap().command {
            Some(Command::Bench(bench)) => Plan::of(&bench),
            _ => panic!("bench"),
        }
    }

    #[test]
    fn the_steps_of_a_run_fit_into_the_time_it_is_given() {
        for words in ["", "--quick", "--seconds 5", "--seconds 600", "--pairs 200"] {
            let plan = plan(words);
            let steps = u32::try_from(plan.ladder.len()).unwrap();
            let looks = u32::try_from(plan.idle.len()).unwrap();
            let spent =
                plan.disk + plan.online + plan.step * steps + plan.stored + plan.rest * looks;
            assert!(spent <= plan.all, "{words}: {spent:?} of {:?}", plan.all);
        }
    }

    #[test]
    fn a_run_takes_about_a_minute_unless_told_otherwise() {
        assert_eq!(plan("").all, Duration::from_secs(60));
        assert_eq!(plan("--quick").all, Duration::from_secs(15));
        assert_eq!(plan("--seconds 90").all, Duration::from_secs(90));
    }

    #[test]
    fn what_is_stored_stays_below_quotas_and_below_what_a_disk_would_miss() {
        assert_eq!(plan("--pairs 1").stored_most, 20_000);
        assert_eq!(plan("--pairs 200 --seconds 600").stored_most, 200_000);
    }

    #[test]
    fn idle_connections_are_looked_at_from_none_to_all() {
        assert_eq!(plan("--connections 3000").idle, [0, 1_000, 2_000, 3_000]);
        assert_eq!(plan("--connections 1").idle, [0, 1]);
        assert!(plan("--connections 0").idle.is_empty());
        assert!(plan("--relay https://127.0.0.1:1/#x").idle.is_empty());
    }
}
