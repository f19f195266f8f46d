//! The pace of shelves: a burst of one-time bundles, then one now and then. (SPEC P-10)
//! Knows: when each shelf's burst is full again. Never knows: bundles, or who takes them.

use std::collections::BTreeMap;
use std::time::Duration;

use partywall_world::Monotonic;

use super::limits::{PACED_SHELVES, SHELF_BURST, SHELF_PACE_SECONDS};
use crate::store::MailboxKey;

const EACH: Duration = Duration::from_secs(SHELF_PACE_SECONDS);

/// Shelves from which something was taken lately.
#[derive(Default)]
pub(crate) struct Paces {
    /// When the burst is whole again; shelves whose burst is whole are not here.
    full_at: BTreeMap<MailboxKey, Monotonic>,
}

impl Paces {
    /// Takes one of the shelf's burst, if one is left.
    pub(crate) fn take(&mut self, shelf: MailboxKey, now: Monotonic) -> bool {
        if !self.full_at.contains_key(&shelf) && self.full_at.len() >= PACED_SHELVES {
            self.full_at.retain(|_, full_at| *full_at > now);
            if self.full_at.len() >= PACED_SHELVES {
                return false;
            }
        }
        let full_at = self.full_at.entry(shelf).or_insert(now);
        let next = (*full_at).max(now) + EACH;
        if next.since(now) > EACH * SHELF_BURST && !partywall_mutant::is("A06") {
            return false;
        }
        *full_at = next;
        true
    }

    /// Nothing was handed out after all.
    pub(crate) fn give_back(&mut self, shelf: MailboxKey) {
        if let Some(full_at) = self.full_at.get_mut(&shelf) {
            *full_at = *full_at - EACH;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Monotonic {
        Monotonic::from_start(Duration::from_secs(seconds))
    }

    #[test]
    fn a_shelf_hands_out_twenty_at_once_and_then_one_every_thirty_seconds() {
        let (mut paces, shelf) = (Paces::default(), MailboxKey::drawn(2));
        assert_eq!((0..50).filter(|_| paces.take(shelf, at(1_000))).count(), 20);
        assert!(!paces.take(shelf, at(1_029)));
        assert!(paces.take(shelf, at(1_030)));
        assert!(!paces.take(shelf, at(1_059)));
        assert_eq!((0..50).filter(|_| paces.take(shelf, at(9_000))).count(), 20);
        assert!(
            paces.take(MailboxKey::drawn(4), at(9_000)),
            "a shelf of its own pace"
        );
    }

    #[test]
    fn what_was_not_handed_out_is_not_counted() {
        let (mut paces, shelf) = (Paces::default(), MailboxKey::drawn(2));
        for _ in 0..100 {
            assert!(paces.take(shelf, at(1)));
            paces.give_back(shelf);
        }
    }

    #[test]
    fn however_many_shelves_are_emptied_memory_has_a_bound() {
        let mut paces = Paces::default();
        for shelf in 0..PACED_SHELVES as u64 {
            assert!(paces.take(MailboxKey::drawn(shelf << 1), at(1)));
        }
        let another = MailboxKey::drawn(u64::MAX);
        assert!(!paces.take(another, at(1)));
        assert_eq!(paces.full_at.len(), PACED_SHELVES);
        assert!(
            paces.take(another, at(31)),
            "those that are whole again are forgotten"
        );
        assert_eq!(paces.full_at.len(), 1);
    }
}
