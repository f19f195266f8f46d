//! Clients are killed as SIGKILL does it: before a commit, after it, in the midst of what follows it; at every step
//! of sealing and sending, of opening and acknowledging. (SPEC C-2, C-3; invariants I1 to I5)
//! Knows: what is promised. Never knows: how it is done.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use partywall_row::Row;

use super::street::Street;
use super::witness::Witness;

/// What one world came to.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) worlds: u64,
    pub(super) died: [u64; 3],
    pub(super) steps: u64,
    pub(super) letters: u64,
    /// Clocks that jumped, relays that were restored, connections that broke, poison that was left.
    pub(super) other: u64,
}

impl Figures {
    pub(super) fn add(&mut self, other: &Figures) {
        self.worlds += other.worlds;
        self.steps += other.steps;
        self.letters += other.letters;
        self.other += other.other;
        for (all, more) in self.died.iter_mut().zip(other.died) {
            *all += more;
        }
    }

    pub(super) fn deaths(&self) -> u64 {
        self.died.iter().sum()
    }
}

/// Plays worlds on every processor until it is enough.
pub(super) fn in_parallel(
    first: u64,
    play: impl Fn(u64) -> Figures + Sync,
    is_enough: impl Fn(&Figures) -> bool + Sync,
) -> Figures {
    let next = AtomicU64::new(first);
    let all = std::sync::Mutex::new(Figures::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !is_enough(&all.lock().unwrap()) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    println!("seed {seed}");
                    let figures = play(seed);
                    all.lock().unwrap().add(&figures);
                }
            });
        }
    });
    all.into_inner().unwrap()
}

/// Nobody sealed twice under one key: two envelopes that differ drew another r. (I5)
pub(super) fn assert_no_key_twice(street: &Street) {
    let sealed: BTreeSet<&Vec<u8>> = street.relay.seen.iter().collect();
    let drawn: BTreeSet<&[u8]> = sealed.iter().map(|envelope| &envelope[..24]).collect();
    assert_eq!(drawn.len(), sealed.len(), "a key was used twice");
}

fn a_world_of_kills(seed: u64) -> Figures {
    let mut street = Street::with_friends(seed);
    let mut witness = Witness::default();
    // From one step in three to one in twelve.
    street.crash_odds = Some(3 + seed % 10);
    for _ in 0..8 {
        witness.says(&mut street, "alice", "bob");
        witness.says(&mut street, "bob", "alice");
        for who in ["alice", "bob"] {
            witness.reads(&mut street, who, false);
        }
    }
    street.waits(4);
    street.crash_odds = None;
    for who in ["alice", "bob"] {
        street.opens(who);
    }
    street.settles();
    for who in ["alice", "bob"] {
        witness.reads(&mut street, who, true);
    }
    assert_eq!(witness.odd, [], "nothing is missing, kept aside or failed");
    let said = witness.said();
    let judged = witness.ends(&mut street);
    assert_eq!((judged.accepted, judged.surfaced), (said, said));
    assert_eq!(street.relay.waiting(), 0, "everything was acknowledged");
    assert_no_key_twice(&street);
    Figures {
        worlds: 1,
        died: street.died,
        steps: street.steps,
        letters: said,
        other: 0,
    }
}

#[test]
fn wherever_clients_are_killed_what_was_said_is_surfaced_once_and_in_order() {
    let mut row = Row::of("X03");
    let wanted = row.times(100, 10_000);
    let enough = |all: &Figures| all.deaths() >= wanted;
    let all = in_parallel(row.seed() * 1_000_000, a_world_of_kills, enough);
    row.tried(all.deaths());
    let [before, after, amid] = all.died;
    assert!(before > 0 && after > 0 && amid > 0);
    row.figure(format!(
        "{} kills in {} worlds ({before} before a commit, {after} after it, {amid} amid what follows), {} messages, each surfaced once",
        all.deaths(), all.worlds, all.letters
    ));
}
