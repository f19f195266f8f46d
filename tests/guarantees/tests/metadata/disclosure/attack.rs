//! The attack: what comes to which drop soon after a mailbox was read, against what comes there anyway.
//! Knows: arrivals, reads, how long receipts wait. Never knows: who belongs to whom.

use super::population::{DROPS, Day, Receipts};

/// Messages after which the attacker is looked at, from the first.
pub(super) const MESSAGES: usize = 20;

/// Seconds after a read in which an answer comes, if there are no receipts to look for.
const ANSWERS: f64 = 120.0;
/// Seconds that a way may take.
const WAY: f64 = 0.1;
/// Looked-for windows are this far apart at least: a window counts once.
const APART: f64 = 1.0;

pub(super) struct Attacker<'a> {
    seen: &'a Day,
    /// From a read to the first and the last that may be an answer.
    window: (f64, f64),
    /// What a window with something at a drop, and one with nothing, says for each drop.
    weights: Vec<(f64, f64)>,
}

impl<'a> Attacker<'a> {
    pub(super) fn of(seen: &'a Day, receipts: Receipts<'_>) -> Self {
        let (window, often) = match receipts {
            Receipts::Off => ((0.0, ANSWERS), 0.45),
            Receipts::Wait(waits) => {
                let least = waits.iter().copied().fold(f64::INFINITY, f64::min);
                let most = waits.iter().copied().fold(0.0, f64::max);
                ((least, most + WAY), 0.9)
            }
        };
        let first = seen.arrivals.first().map_or(0.0, |(at, _)| *at);
        let last = seen.arrivals.last().map_or(1.0, |(at, _)| *at);
        let mut rates = vec![0.5 / (last - first); DROPS];
        for (_, drop) in &seen.arrivals {
            rates[*drop] += 1.0 / (last - first);
        }
        let length = window.1 - window.0;
        let weight = |rate: f64| {
            let anyway = (1.0 - (-rate * length).exp()).clamp(1e-9, 0.99);
            ((often / anyway).ln(), ((1.0 - often) / (1.0 - anyway)).ln())
        };
        Self {
            seen,
            window,
            weights: rates.into_iter().map(weight).collect(),
        }
    }

    /// The rank of the true peer's drop among all, after 1, 2, … messages; ties by half.
    pub(super) fn ranks(&self, target: usize) -> Vec<f64> {
        let mut hits = vec![0.0; DROPS];
        let mut last = f64::NEG_INFINITY;
        let reads = self.seen.reads[target].iter().filter(|read| {
            let is_apart = **read > last + APART;
            if is_apart {
                last = **read;
            }
            is_apart
        });
        let reads: Vec<f64> = reads.copied().take(MESSAGES).collect();
        (0..MESSAGES)
            .map(|at| {
                if let Some(read) = reads.get(at) {
                    self.look(*read, target, &mut hits);
                }
                self.rank(target ^ 1, target, (at + 1) as f64, &hits)
            })
            .collect()
    }

    /// Counts every drop at which something came in the window after a read, once.
    fn look(&self, read: f64, target: usize, hits: &mut [f64]) {
        let arrivals = &self.seen.arrivals;
        let (from, until) = (read + self.window.0, read + self.window.1);
        let from = arrivals.partition_point(|(at, _)| *at < from);
        let until = arrivals.partition_point(|(at, _)| *at <= until);
        let mut there: Vec<usize> = arrivals[from..until]
            .iter()
            .map(|(_, drop)| *drop)
            .collect();
        there.sort_unstable();
        there.dedup();
        for drop in there.into_iter().filter(|drop| *drop != target) {
            hits[drop] += 1.0;
        }
    }

    fn rank(&self, peer: usize, target: usize, windows: f64, hits: &[f64]) -> f64 {
        let score = |drop: usize| {
            let (with, without) = self.weights[drop];
            hits[drop] * with + (windows - hits[drop]) * without
        };
        let own = score(peer);
        let (mut above, mut level) = (0.0, 0.0);
        for drop in (0..DROPS).filter(|drop| *drop != peer && *drop != target) {
            let other = score(drop);
            if other > own + 1e-9 {
                above += 1.0;
            } else if other > own - 1e-9 {
                level += 1.0;
            }
        }
        1.0 + above + level / 2.0
    }
}
