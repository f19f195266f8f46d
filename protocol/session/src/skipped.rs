//! Keys of messages that have not come yet: bounded in number and days. (SPEC S-7, S-8)
//! Knows: header keys and message keys of gaps. Never knows: whether what is missing still exists.

use std::collections::BTreeMap;

use partywall_ground::{Day, limits};

use crate::chain::MessageKey;
use crate::header::HeaderKey;

/// The gaps of the chains so far, oldest chain first.
#[derive(Default)]
pub(crate) struct Skipped {
    pub(crate) chains: Vec<SkippedChain>,
}

/// The gaps of one chain.
pub(crate) struct SkippedChain {
    pub(crate) header: HeaderKey,
    pub(crate) keys: BTreeMap<u32, (Day, MessageKey)>,
}

/// Points at one kept key, between finding and committing.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    chain: usize,
    n: u32,
}

impl Skipped {
    /// The place of (HK, n), if it is kept.
    pub(crate) fn find(&self, header: &HeaderKey, n: u32) -> Option<(Place, &MessageKey)> {
        let chain = self
            .chains
            .iter()
            .position(|chain| same(&chain.header, header))?;
        let (_, key) = self.chains[chain].keys.get(&n)?;
        Some((Place { chain, n }, key))
    }

    /// Forgets a key that was used; an empty chain goes with it.
    pub(crate) fn remove(&mut self, place: Place) {
        let chain = &mut self.chains[place.chain];
        chain.keys.remove(&place.n);
        if chain.keys.is_empty() {
            self.chains.remove(place.chain);
        }
    }

    /// Keeps the keys of a gap; returns how many of the oldest went beyond the bound.
    pub(crate) fn keep(
        &mut self,
        header: &HeaderKey,
        gap: impl IntoIterator<Item = (u32, MessageKey)>,
        today: Day,
    ) -> usize {
        let mut gap = gap.into_iter().peekable();
        if gap.peek().is_none() {
            return 0;
        }
        let chain = match self
            .chains
            .iter()
            .position(|chain| same(&chain.header, header))
        {
            Some(chain) => chain,
            None => {
                self.chains.push(SkippedChain {
                    header: header.copy(),
                    keys: BTreeMap::new(),
                });
                self.chains.len() - 1
            }
        };
        let keys = gap.map(|(n, key)| (n, (today, key)));
        self.chains[chain].keys.extend(keys);
        let mut forgotten = 0;
        while self.chains.len() > limits::SKIPPED_CHAINS {
            forgotten += self.chains.remove(0).keys.len();
        }
        while self.len() > limits::SKIPPED_KEYS {
            self.chains[0].keys.pop_first();
            forgotten += 1;
            if self.chains[0].keys.is_empty() {
                self.chains.remove(0);
            }
        }
        forgotten
    }

    /// Forgets what was kept for `days` or longer; returns how many.
    pub(crate) fn expire(&mut self, today: Day, days: u32) -> usize {
        let before = self.len();
        for chain in &mut self.chains {
            chain.keys.retain(|_, (kept, _)| {
                let is_wanted = today.value() < kept.value().saturating_add(days);
                is_wanted || partywall_mutant::is("B07")
            });
        }
        self.chains.retain(|chain| !chain.keys.is_empty());
        before - self.len()
    }

    /// How many keys are kept.
    pub(crate) fn len(&self) -> usize {
        self.chains.iter().map(|chain| chain.keys.len()).sum()
    }
}

/// Whether two header keys are one.
pub(crate) fn same(left: &HeaderKey, right: &HeaderKey) -> bool {
    partywall_proof::ct_eq(left.0.bytes(), right.0.bytes())
}
