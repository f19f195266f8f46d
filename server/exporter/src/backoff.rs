//! How long to wait before trying again.
//! Knows: dice and how often it failed. Never knows: what failed.

use std::time::Duration;

use partywall_world::Dice;

/// The ceiling of the first wait.
const FIRST: Duration = Duration::from_millis(200);
/// The ceiling of every wait.
const LONGEST: Duration = Duration::from_secs(60);

/// Full jitter under a ceiling that doubles from 0.2 s to 60 s, so that what failed together does not come back together.
pub(crate) struct Backoff {
    failures: u32,
    dice: Dice,
}

impl Backoff {
    /// Nothing has failed yet.
    pub(crate) const fn new(dice: Dice) -> Self {
        Self { failures: 0, dice }
    }

    /// It went well: the next failure is the first.
    pub(crate) const fn well(&mut self) {
        self.failures = 0;
    }

    /// It failed: how long to wait.
    pub(crate) fn failed(&mut self) -> Duration {
        let ceiling = FIRST
            .saturating_mul(2_u32.saturating_pow(self.failures))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let least = FIRST / 10;
        let room = u64::try_from((ceiling - least).as_nanos()).unwrap_or(u64::MAX);
        least + Duration::from_nanos(self.dice.below(room.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_begin_anew_after_a_success() {
        let mut longest = [Duration::ZERO; 12];
        for seed in 0..200 {
            let mut backoff = Backoff::new(Dice::seeded(seed));
            for seen in &mut longest {
                *seen = backoff.failed().max(*seen);
            }
            backoff.well();
            assert!(backoff.failed() <= FIRST);
        }
        for (failures, seen) in longest.iter().enumerate() {
            let ceiling = Duration::from_millis(200 << failures).min(LONGEST);
            assert!(
                *seen <= ceiling && *seen > ceiling / 2,
                "{failures}: {seen:?}"
            );
        }
    }
}
