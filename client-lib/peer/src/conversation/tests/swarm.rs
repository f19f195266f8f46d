//! Everything at once, in every combination that a seed draws: clients are killed, lines break, the relay doubles
//! mail, the date jumps, poison is left; and the delivery contract holds. (Invariants I1 to I5)
//! Knows: what is promised. Never knows: how it is done.

use std::time::Duration;

use partywall_row::Row;
use partywall_world::{Clock, Wall};

use super::kills::{Figures, assert_no_key_twice, in_parallel};
use super::relay::Faults;
use super::street::Street;
use super::witness::Witness;
use crate::event::EventKind;

const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];
const FRIENDS: [(&str, &str); 2] = [("alice", "bob"), ("bob", "carol")];
/// What happens in one world.
const HAPPENINGS: u64 = 60;

/// A street on which anything happens.
struct Swarm {
    street: Street,
    witness: Witness,
    poison: u64,
    jumps: u64,
    /// How far the date is from the truth, in seconds, forward and back.
    ahead: u64,
    behind: u64,
}

impl Swarm {
    fn begins(seed: u64) -> Self {
        let mut street = Street::with_friends(seed);
        street.opens("carol");
        let link = street.invites("bob", "carol", false).unwrap();
        street.adds("carol", &link, "bob").unwrap();
        street.settles();
        Self {
            street,
            witness: Witness::default(),
            poison: 0,
            jumps: 0,
            ahead: 0,
            behind: 0,
        }
    }

    fn somebody(&mut self) -> &'static str {
        PEOPLE[usize::try_from(self.street.draws(3)).unwrap()]
    }

    fn something_happens(&mut self) {
        let who = self.somebody();
        match self.street.draws(20) {
            0..8 => {
                let pair = usize::try_from(self.street.draws(2)).unwrap();
                let (one, other) = FRIENDS[pair];
                let (from, to) = match self.street.draws(2) {
                    0 => (one, other),
                    _ => (other, one),
                };
                self.witness.says(&mut self.street, from, to);
            }
            8..12 => self.witness.reads(&mut self.street, who, false),
            12 => self.street.goes_offline(who),
            13 => self.street.comes_online(who),
            14 => {
                let odds = [None, Some(4), Some(9)];
                let drawn = usize::try_from(self.street.draws(3)).unwrap();
                self.street.crash_odds = odds[drawn];
            }
            15 => {
                // A relay that reorders is shown to (B03), so it is left out here.
                let (twice, shuffled) = (self.street.draws(3) * 30, false);
                self.street.relay.faults = Faults {
                    twice,
                    lost: 0,
                    shuffled,
                };
            }
            16 => self.the_date_jumps(),
            17 => self.poison_is_left(who),
            18 => self.street.waits(1),
            _ => {
                if !self.street.people[who].offline {
                    self.street.breaks_drops(who);
                }
            }
        }
    }

    /// By up to two weeks in either direction from what it truly is.
    fn the_date_jumps(&mut self) {
        self.the_date_is_right();
        let far = self.street.draws(14 * 86_400);
        match self.street.draws(2) {
            0 => self.ahead = far,
            _ => self.behind = far,
        }
        let wall = self.street.clock.wall();
        let (ahead, behind) = (
            Duration::from_secs(self.ahead),
            Duration::from_secs(self.behind),
        );
        self.street.clock.set_wall(wall + ahead - behind);
        self.jumps += 1;
    }

    fn the_date_is_right(&mut self) {
        let shown = self.street.clock.wall().millis();
        let truth = shown + self.behind * 1_000 - self.ahead * 1_000;
        self.street.clock.set_wall(Wall::from_millis(truth));
        (self.ahead, self.behind) = (0, 0);
    }

    fn poison_is_left(&mut self, by: &'static str) {
        let Some(to) = self.street.people[by].some_capability() else {
            return;
        };
        let mut poison = self.street.relay.seen.last().unwrap().clone();
        for _ in 0..=self.street.draws(3) {
            let at = usize::try_from(self.street.draws(poison.len() as u64)).unwrap();
            poison[at] ^= 1 << self.street.draws(8);
        }
        // Another r, so that no two of them are alike.
        for byte in &mut poison[..24] {
            *byte = u8::try_from(self.street.draws(256)).unwrap();
        }
        self.street.relay.deposit(&to, &poison);
        self.poison += 1;
    }

    fn ends(mut self) -> Figures {
        self.the_date_is_right();
        self.street.crash_odds = None;
        self.street.relay.faults = Faults::default();
        for who in PEOPLE {
            self.street.comes_online(who);
        }
        self.street.settles();
        for who in PEOPLE {
            self.witness.reads(&mut self.street, who, true);
        }
        for (_, kind) in &self.witness.odd {
            match kind {
                EventKind::Quarantined { kept } => assert!(*kept as u64 <= self.poison),
                other => panic!("{other:?}"),
            }
        }
        let said = self.witness.said();
        let judged = self.witness.ends(&mut self.street);
        assert_eq!((judged.accepted, judged.surfaced), (said, said));
        assert_eq!(
            self.street.relay.waiting(),
            0,
            "everything was acknowledged"
        );
        assert_no_key_twice(&self.street);
        Figures {
            worlds: 1,
            died: self.street.died,
            steps: self.street.steps,
            letters: said,
            other: self.poison + self.jumps,
        }
    }
}

fn a_world(seed: u64) -> Figures {
    let mut swarm = Swarm::begins(seed);
    for _ in 0..HAPPENINGS {
        swarm.something_happens();
    }
    swarm.ends()
}

#[test]
fn whatever_faults_come_together_what_was_said_is_surfaced_once_and_in_order() {
    let mut row = Row::of("X30");
    let wanted = row.times(3_000, 1_000_000);
    let enough = |all: &Figures| all.steps >= wanted;
    let all = in_parallel(row.seed() * 1_000_000, a_world, enough);
    row.tried(all.worlds);
    assert!(all.deaths() > 0 && all.other > 0);
    row.figure(format!(
        "{} simulated steps of clients in {} worlds: {} kills, {} jumps of the date or poisoned envelopes, {} messages, each surfaced once",
        all.steps, all.worlds, all.deaths(), all.other, all.letters
    ));
}
