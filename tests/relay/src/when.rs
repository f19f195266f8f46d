//! When a fault happens: never, to the n-th frame, or to a share of them, by seeded dice.
//! Knows: a count and dice. Never knows: what happens then.

use partywall_world::Dice;

/// Which frames a fault befalls. Counted from the moment when the knob was turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct When(Rule);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Rule {
    #[default]
    Never,
    Nth(u64),
    Percent(u8),
}

impl When {
    /// No frame.
    #[must_use]
    pub const fn never() -> Self {
        Self(Rule::Never)
    }

    /// The n-th frame from now, and no other. 1 is the next one; 0 is none.
    #[must_use]
    pub const fn nth(n: u64) -> Self {
        Self(Rule::Nth(n))
    }

    /// Each frame with this probability in percent, by the relay's seed; 100 is every frame.
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(Rule::Percent(percent))
    }
}

/// A rule at work.
#[derive(Default)]
pub(crate) struct Counted {
    when: When,
    seen: u64,
}

impl Counted {
    pub(crate) const fn new(when: When) -> Self {
        Self { when, seen: 0 }
    }

    /// Whether the next frame is one.
    pub(crate) fn befalls(&mut self, dice: &mut Dice) -> bool {
        self.seen += 1;
        match self.when.0 {
            Rule::Never => false,
            Rule::Nth(n) => self.seen == n,
            Rule::Percent(percent) => dice.below(100) < u64::from(percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn befallen(when: When, seed: u64) -> Vec<u32> {
        let (mut counted, mut dice) = (Counted::new(when), Dice::seeded(seed));
        (1..=100).filter(|_| counted.befalls(&mut dice)).collect()
    }

    #[test]
    fn the_nth_frame_is_one_and_no_other() {
        assert_eq!(befallen(When::nth(3), 1), [3]);
        assert!(befallen(When::never(), 1).is_empty());
        assert!(befallen(When::nth(0), 1).is_empty());
    }

    #[test]
    fn a_share_of_the_frames_falls_the_same_way_for_the_same_seed() {
        let some = befallen(When::percent(30), 1);
        assert!((15..45).contains(&some.len()));
        assert_eq!(some, befallen(When::percent(30), 1));
        assert_ne!(some, befallen(When::percent(30), 2));
        assert_eq!(befallen(When::percent(100), 1).len(), 100);
    }
}
