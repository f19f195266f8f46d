//! So many at once, and then one after another: the generic cell rate algorithm. (SPEC B-15)
//! Knows: a rate and one time. Never knows: who is paced.

use crate::{Refusal, Rule};
use partywall_ground::{Milliseconds, Seconds};

/// How fast somebody may go. (SPEC B-15)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub(super) at_once: u64,
    pub(super) milliseconds_each: u64,
}

/// When all that was taken is made good again: the whole state of a pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spent(u64);

impl Spent {
    /// Nothing was taken.
    pub const NOTHING: Self = Self(0);

    /// As it was kept.
    #[must_use]
    pub const fn until(time: Milliseconds) -> Self {
        Self(time.value())
    }

    /// When it is all made good again: from then on it need not be kept.
    #[must_use]
    pub const fn made_good_at(self) -> Milliseconds {
        Milliseconds::new(self.0)
    }
}

impl Pace {
    /// What a customer says: 20 at once and one a second.
    pub const CUSTOMER: Self = Self::new(20, 1_000);
    /// What a business says in all: 200 at once and 100 a second.
    pub const BUSINESS: Self = Self::new(200, 10);
    /// What a business says in one conversation: 20 at once and one a second.
    pub const BUSINESS_TO_ONE: Self = Self::new(20, 1_000);

    /// `at_once`, and then one every so many milliseconds.
    #[must_use]
    pub const fn new(at_once: u64, milliseconds_each: u64) -> Self {
        Self {
            at_once,
            milliseconds_each,
        }
    }

    /// Takes one, if there is one. (SPEC B-15)
    ///
    /// # Errors
    /// `pace`, with the first whole second at which there is one; nothing was taken.
    pub fn take(self, spent: Spent, now: Milliseconds) -> Result<Spent, Refusal> {
        let from = spent.0.max(now.value());
        let then = from.saturating_add(self.milliseconds_each);
        let room = self.at_once.saturating_mul(self.milliseconds_each);
        let earliest = then.saturating_sub(room);
        if now.value() >= earliest {
            Ok(Spent(then))
        } else {
            let second = Seconds::new(earliest.div_ceil(1_000));
            Err(Refusal::until(Rule::Pace, second))
        }
    }
}
