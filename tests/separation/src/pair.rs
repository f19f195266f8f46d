//! One world and its twin: the same seed, one side mutated, the other compared.
//! Knows: which side is which. Never knows: what either wing does.

use partywall_world::Dice;

use crate::house::House;
use crate::leak::Leak;
use crate::peer::trace::Mutation;
use crate::script::Script;
use crate::view::{Difference, View};

/// Which wing must not notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What people do in the peer wing is mutated; the business wing is compared.
    Business,
    /// What happens in the business wing is mutated; the peer wing is compared.
    Peer,
}

/// A pair of worlds that differ where they must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The seed of both.
    pub seed: u64,
    /// Which wing noticed.
    pub side: Side,
    /// How the other was mutated.
    pub mutation: String,
    /// Where it was noticed first.
    pub difference: Difference,
}

impl std::fmt::Display for Found {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "seed {} ({:?} wing noticed, mutation {}): {}",
            self.seed, self.side, self.mutation, self.difference
        )
    }
}

/// Lives the pair of a seed, and says where the two worlds differ, if they do.
#[must_use]
pub fn pair(seed: u64, side: Side, leak: Option<Leak>) -> Option<Found> {
    let script = Script::of(seed);
    let mut dice = Dice::seeded(seed).stream("mutation");
    let (twin, mutation) = match side {
        Side::Business => {
            let all = Mutation::ALL;
            let mutation = all[usize::try_from(seed).unwrap_or(0) % all.len()];
            let twin = script.with_other_peers(mutation, &mut dice);
            (twin, format!("{mutation:?}"))
        }
        Side::Peer => (script.with_other_business(&mut dice), "business".to_owned()),
    };
    let [one, other] = [&script, &twin].map(|script| lived(seed, side, leak, script));
    let difference = one.difference(&other)?;
    Some(Found {
        seed,
        side,
        mutation,
        difference,
    })
}

/// What is seen of a side after a world was lived through.
fn lived(seed: u64, side: Side, leak: Option<Leak>, script: &Script) -> View {
    let mut house = House::of(seed, leak);
    house.lives(script);
    match side {
        Side::Business => house.business_view(),
        Side::Peer => house.peer_view(),
    }
}
