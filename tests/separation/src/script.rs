//! What happens in a world, turn by turn: time passes, the one wing's people act, then the other's.
//! Knows: both traces. Never knows: what comes of them.

use std::time::Duration;

use partywall_world::Dice;

use crate::business::trace as business;
use crate::peer::trace::{self as peer, Mutation};

/// What happens in one turn, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// So much time passes.
    pub passes: Duration,
    /// People act.
    pub peer: Vec<peer::Step>,
    /// Businesses, customers, operator and exporter act.
    pub business: Vec<business::Step>,
}

/// A whole world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its turns.
    pub turns: Vec<Turn>,
}

/// Turns after the dawn and the morning.
const TURNS: usize = 8;

impl Script {
    /// The world of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::seeded(seed);
        let (mut time, mut shop, mut people) = (
            dice.stream("time"),
            dice.stream("business"),
            dice.stream("peer"),
        );
        let mut turns = vec![Turn::default(), Turn::default()];
        turns[0].business = business::dawn();
        // Beyond the notice of the policy that was published at dawn.
        turns[1].passes = Duration::from_secs(86_400 * 62);
        turns[1].business = business::morning();
        for _ in 0..TURNS {
            let deeds = 1 + shop.below(7) as usize;
            turns.push(Turn {
                passes: passes(&mut time),
                peer: Vec::new(),
                business: business::day(&mut shop, deeds),
            });
        }
        for turn in &mut turns {
            let deeds = people.below(5) as usize;
            turn.peer = peer::deeds(&mut people, deeds);
        }
        Self { turns }
    }

    /// Another world in which only what people do is different.
    #[must_use]
    pub fn with_other_peers(&self, mutation: Mutation, dice: &mut Dice) -> Self {
        let peers: Vec<_> = self.turns.iter().map(|turn| turn.peer.clone()).collect();
        let mut other = self.clone();
        let changed = mutation.of(&peers, dice);
        other
            .turns
            .iter_mut()
            .zip(changed)
            .for_each(|(turn, peer)| turn.peer = peer);
        other
    }

    /// Another world in which only what happens in the business wing is different: nothing, less,
    /// more, or something else.
    #[must_use]
    pub fn with_other_business(&self, dice: &mut Dice) -> Self {
        let mut other = self.clone();
        let how = dice.below(4);
        // The dawn stays, so that there is somebody for something else to happen to.
        for turn in other.turns.iter_mut().skip(1) {
            let deeds = dice.below(8) as usize;
            match how {
                0 => turn.business.clear(),
                1 => turn.business.truncate(turn.business.len() / 2),
                2 => turn.business.extend(business::day(dice, deeds)),
                _ => turn.business = business::day(dice, deeds),
            }
        }
        if how == 0 {
            other.turns[0].business.clear();
        }
        other
    }
}

/// Seconds, minutes, hours or days.
fn passes(dice: &mut Dice) -> Duration {
    let seconds = match dice.below(8) {
        0 => 0,
        1..4 => 1 + dice.below(60),
        4..6 => 60 + dice.below(7_200),
        6 => 3_600 * (1 + dice.below(30)),
        _ => 86_400 * (1 + dice.below(20)),
    };
    Duration::from_secs(seconds)
}
