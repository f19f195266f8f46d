//! Paces of many at once: so many at once, then one in a while. (SPEC P-10, B-15)
//! Knows: when each burst is whole again. Never knows: what is paced, or who.

use std::collections::BTreeMap;

use partywall_business::window::{Pace, Spent};
use partywall_ground::Milliseconds;

use crate::clock::RelayTime;
use crate::limits::PACED;
use crate::refusal::{Refusal, Rule};

/// Everybody whose burst is not whole.
pub(crate) struct Paces<K> {
    spent: BTreeMap<K, Spent>,
    pace: Pace,
}

impl<K: Ord + Copy> Paces<K> {
    /// Everybody at this pace, each alone.
    pub(crate) const fn new(pace: Pace) -> Self {
        Self {
            spent: BTreeMap::new(),
            pace,
        }
    }

    /// What will be spent if one is taken now; [`Paces::spend`] takes it.
    ///
    /// # Errors
    /// `pace`, with the second at which there is one.
    pub(crate) fn judge(&mut self, who: K, now: RelayTime) -> Result<Spent, Refusal> {
        let millis = Milliseconds::new(now.millis());
        if !self.spent.contains_key(&who) && self.spent.len() >= PACED {
            self.spent.retain(|_, spent| spent.made_good_at() > millis);
            if self.spent.len() >= PACED {
                return Err(Rule::Busy.into());
            }
        }
        let spent = self.spent.get(&who).copied().unwrap_or(Spent::NOTHING);
        self.pace.take(spent, millis)
    }

    /// Takes what was judged.
    pub(crate) fn spend(&mut self, who: K, spent: Spent) {
        self.spent.insert(who, spent);
    }
}

#[cfg(test)]
mod tests {
    use partywall_ground::Seconds;

    use super::*;

    #[test]
    fn everybody_has_a_pace_of_their_own() {
        let mut paces = Paces::new(Pace::BUSINESS);
        let now = RelayTime::from_millis(1_000);
        for _ in 0..200 {
            let spent = paces.judge(7, now).unwrap();
            paces.spend(7, spent);
        }
        let refused = paces.judge(7, now).unwrap_err();
        assert_eq!(refused, Refusal::until(Rule::Pace, Seconds::new(2)));
        assert!(paces.judge(7, RelayTime::from_millis(1_010)).is_ok());
        assert!(paces.judge(8, now).is_ok());
    }

    #[test]
    fn however_many_are_paced_memory_has_a_bound() {
        let mut paces = Paces::new(Pace::new(2, 1_000));
        for who in 0..PACED {
            let spent = paces.judge(who, RelayTime::from_millis(1)).unwrap();
            paces.spend(who, spent);
        }
        let busy = paces.judge(PACED, RelayTime::from_millis(1));
        assert_eq!(busy, Err(Rule::Busy.into()));
        assert!(paces.judge(PACED, RelayTime::from_millis(1_002)).is_ok());
        assert!(paces.spent.is_empty(), "whose burst is whole is forgotten");
    }
}
