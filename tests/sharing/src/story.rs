//! A story of so many kills: deeds as they come, somebody dies in a gap, on a frame, or in any moment; at the end everything is
//! compared.
//! Knows: dice. Never knows: what comes of a deed.

use std::time::Duration;

use partywall_business_plane::Gap;

use crate::disk::Plan;
use crate::policy::{DAY, START, next, wide};
use crate::webhook::Mood;
use crate::wire::{Snare, Victim, kind};
use crate::world::World;

/// What a story came to.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// How often somebody died.
    pub kills: u64,
    /// Records that arrived, each once for every attempt.
    pub records: u64,
    /// Bars that were answered.
    pub bars: u64,
    /// Entries of ledgers.
    pub entries: u64,
    /// Records that stand in a file twice, after an uncertain batch.
    pub repeated: u64,
    /// What must never be.
    pub violations: Vec<String>,
}

impl Figures {
    /// Both.
    pub fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.records += other.records;
        self.bars += other.bars;
        self.entries += other.entries;
        self.repeated += other.repeated;
        self.violations.extend(other.violations);
    }
}

/// Plays a world until so many kills have happened.
pub async fn play(seed: u64, kills: u64) -> Figures {
    let mut world = World::begin(seed).await;
    world.settles_in().await;
    let turn = kills / 2;
    while world.kills < kills {
        if world.kills == turn {
            // The successor becomes current, and the sunset comes later.
            world.clock.advance(Duration::from_secs(16 * DAY));
        }
        let before = world.kills;
        world.plans_a_kill();
        let deeds = 2 + world.dice.below(5);
        for _ in 0..deeds {
            world.does_something().await;
            world.look();
            if world.kills > before {
                break;
            }
        }
        world.mend().await;
        if world.kills == before {
            world.relay().crash().forget();
            world.trap.forget();
            match world.dice.below(2) {
                0 => world.kill_relay().await,
                _ => world.kill_exporter().await,
            }
        }
        world.look();
    }
    world.comes_to_rest().await;
    world.reckon().await;
    Figures {
        kills: world.kills,
        records: world.judge.records,
        bars: world.judge.bars,
        entries: world.judge.entries,
        repeated: world.judge.repeated,
        violations: std::mem::take(&mut world.judge.violations),
    }
}

impl World {
    /// Two shops, the wide policy in force, its successor published, three customers, an exporter.
    pub async fn settles_in(&mut self) {
        self.opens_a_shop().await;
        self.opens_a_shop().await;
        let day = START / DAY;
        self.publishes(&wide(day + 31)).await;
        self.clock.advance(Duration::from_secs(42 * DAY));
        self.publishes(&next(day + 75)).await;
        self.clock.advance(Duration::from_secs(20 * DAY));
        self.start_exporter();
        for place in 0..3 {
            self.begins(place % 2, |_| true).await;
        }
    }

    fn plans_a_kill(&mut self) {
        let gap = |dice: &mut partywall_world::Dice| match dice.below(4) {
            0 => Gap::BeforeBatch,
            1 => Gap::BeforeCommit,
            2 => Gap::AfterCommit,
            _ => Gap::BeforeWipe,
        };
        let after = u32::try_from(self.dice.below(14)).unwrap_or(0);
        match self.dice.below(10) {
            0..3 => {
                let plan = Plan::At(gap(&mut self.dice), after);
                self.relay().crash().plan(plan);
            }
            3 => {
                let plan = Plan::InCommit(after, self.dice.below(1_001));
                self.relay().crash().plan(plan);
            }
            4..9 => {
                let kinds = [
                    kind::CLAIM,
                    kind::BATCH,
                    kind::BATCH,
                    kind::CLOSE,
                    kind::CLOSED,
                    kind::ABORT,
                ];
                let victims = [
                    Victim::Relay,
                    Victim::Exporter,
                    Victim::Exporter,
                    Victim::Both,
                ];
                let part = match self.dice.below(3) {
                    0 => 0,
                    1 => 1_000,
                    _ => self.dice.below(1_001),
                };
                let kind = kinds[self.dice.below(kinds.len() as u64) as usize];
                let victim = victims[self.dice.below(victims.len() as u64) as usize];
                let after = u32::try_from(self.dice.below(4)).unwrap_or(0);
                self.trap.lay(Snare {
                    kind,
                    after,
                    part,
                    victim,
                });
            }
            // In any moment: when the deeds are done.
            _ => {}
        }
        for sink in [0, 2] {
            let mood = match self.dice.below(3) {
                0 => Mood::ALL[self.dice.below(5) as usize],
                _ => Mood::Honest,
            };
            self.webhook(sink).becomes(mood);
        }
    }

    async fn does_something(&mut self) {
        let minutes = self.dice.below(100);
        self.clock.advance(Duration::from_secs(10 + 60 * minutes));
        let customers = self.customers.len();
        let who = self.dice.below(customers as u64) as usize;
        let gone = self.customers[who].is_barred;
        let shop = self.customers[who].shop;
        match self.dice.below(20) {
            0..7 if !gone => self.says(who).await,
            7..10 if !gone => drop(self.declares(who).await),
            10 if !gone => drop(self.consents(who, |_| false).await),
            11 if !gone => {
                let mut dice = self.dice.stream("choices");
                drop(self.consents(who, move |_| dice.below(2) == 0).await);
            }
            12 if !gone => drop(self.consents(who, |_| true).await),
            13 => self.collects(shop).await,
            14 if !gone && self.dice.below(2) == 0 => self.leaves(who).await,
            15 if self.dice.below(2) == 0 => self.erases(who).await,
            16 if shop == 1 => self.suspends(shop).await,
            17 if self.dice.below(12) == 0 && shop == 1 => self.revokes(shop).await,
            18 => {
                let pause = self.dice.below(12);
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            _ => {
                self.unsuspends(1).await;
                let shop = usize::from(!self.shops[1].is_revoked) * self.dice.below(2) as usize;
                if self.customers.iter().filter(|one| !one.is_barred).count() < 5 {
                    let mut dice = self.dice.stream("choices");
                    self.begins(shop, move |_| dice.below(4) > 0).await;
                }
            }
        }
    }

    /// Everybody is honest again, and whatever is on its way arrives.
    ///
    /// # Panics
    /// When it never does.
    pub async fn comes_to_rest(&mut self) {
        self.relay().crash().forget();
        self.trap.forget();
        self.mend().await;
        for sink in [0, 2] {
            self.webhook(sink).becomes(Mood::Honest);
        }
        // A new one waits for nothing.
        let kills = self.kills;
        self.kill_exporter().await;
        self.kills = kills;
        let mut quiet = 0;
        for _ in 0..6_000 {
            self.mend().await;
            let rests = self.trap.is_at_rest(self.sinks.len());
            quiet = if rests { quiet + 1 } else { 0 };
            if quiet > 8 {
                for shop in 0..self.shops.len() {
                    self.collects(shop).await;
                }
                return;
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
            // A batch that was aborted and that no exporter knows any more has ten seconds, too.
            self.clock.advance(Duration::from_millis(100));
        }
        unreachable!("nothing comes to rest");
    }
}
