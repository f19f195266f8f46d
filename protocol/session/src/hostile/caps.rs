//! Counters at their ends: far jumps, long gaps, the last number of a chain. (SPEC S-7, S-8, S-9)
//! Knows: limits. Never knows: what is said.

use partywall_ground::limits;
use partywall_row::Row;

use super::{Body, TODAY, Two};
use crate::OpenError;
use crate::derive::counted::derivations;
use crate::error::SealError;
use crate::turn::Turn;

/// What is added to the number that would be next: just beyond the limit first, so that whoever lets it pass is
/// found before the walk gets long.
const JUMPS: [u32; 6] = [
    limits::FORWARD_JUMP + 1,
    limits::FORWARD_JUMP + 2,
    60_000,
    1 << 24,
    1 << 31,
    u32::MAX - 8,
];

#[test]
fn a_counter_far_ahead_is_refused_before_anything_is_derived_and_leaves_no_trace() {
    let mut row = Row::of("B06");
    for jump in JUMPS {
        // On the chain that Bob is on: the body is what it should be for the first of them.
        let mut two = Two::with_seed(u64::from(jump));
        two.skips(jump.min(limits::FORWARD_JUMP + 1));
        let mut header = two.header();
        header.n = header.n.max(jump.saturating_add(1));
        let far = two.envelope(&header, Body::Text(b"far"));
        refused_without_work(&mut two, &far);
        // On the next one, where the counter may be far ahead, or the length of the chain before.
        let mut two = Two::with_seed(u64::from(jump));
        two.bob_answers();
        let _sealed = two.mallory.seal(b"on the next chain", &mut two.dice);
        let mut header = two.header();
        header.n = jump;
        let far = two.envelope(&header, Body::Text(b"far"));
        refused_without_work(&mut two, &far);
        let mut header = two.header();
        header.set_pn(jump.saturating_add(1));
        let long = two.envelope(&header, Body::Text(b"long"));
        refused_without_work(&mut two, &long);
        row.tried(3);
    }
    row.figure("up to 4,294,967,288 ahead: refused after 0 derivations");
}

fn refused_without_work(two: &mut Two, envelope: &[u8]) {
    let (before, derived) = (two.bob.to_bytes(), derivations());
    assert!(matches!(two.bob.open(envelope, TODAY), Err(OpenError)));
    assert_eq!(derivations(), derived, "nothing was derived");
    assert_eq!(two.bob.to_bytes(), before, "nothing was changed");
}

#[test]
fn of_a_million_missing_messages_the_keys_of_two_thousand_are_kept() {
    let mut row = Row::of("B06");
    let chains = row.times(3, 50);
    let mut two = Two::with_seed(row.seed());
    let mut skipped = 0;
    for _ in 0..chains {
        let there = two.header().n;
        two.skips(limits::CHAIN - 1 - there);
        skipped += u64::from(limits::CHAIN - 1 - there);
        let last = two.mallory.seal(b"the last one", &mut two.dice).unwrap();
        two.bob.open(&last, TODAY).unwrap();
        assert!(two.bob.ratchet.skipped.len() <= limits::SKIPPED_KEYS);
        assert!(two.bob.to_bytes().len() < 100_000);
        two.bob_answers();
        two.mallory_turns();
    }
    row.tried(skipped);
    let kept = two.bob.ratchet.skipped.len();
    row.figure(format!("{skipped} messages missing, {kept} keys kept"));
    assert_eq!(kept, limits::SKIPPED_KEYS);
}

#[test]
fn a_chain_ends_long_before_its_counter_and_no_counter_ever_wraps() {
    let mut row = Row::of("B15");
    for n in [
        limits::CHAIN,
        limits::CHAIN + 1,
        1 << 31,
        u32::MAX - 1,
        u32::MAX,
    ] {
        let mut two = Two::with_seed(15);
        two.chain().n = n;
        let before = two.mallory.to_bytes();
        let sealed = two.mallory.seal(b"one more", &mut two.dice);
        assert_eq!(sealed, Err(SealError::TurnDue), "{n}");
        assert_eq!(two.mallory.to_bytes(), before);
        row.tried(1);
    }
    // The receiver's side: the last number that there is, on a chain that stands at it.
    let mut two = Two::with_seed(16);
    let mut receiving = two.bob.ratchet.receiving.take().expect("Bob has received");
    receiving.n = u32::MAX;
    two.bob.ratchet.receiving = Some(receiving);
    let mut header = two.header();
    header.n = u32::MAX;
    let last = two.envelope(&header, Body::Text(b"the last number"));
    let before = two.bob.to_bytes();
    assert!(matches!(two.bob.open(&last, TODAY), Err(OpenError)));
    assert_eq!(two.bob.to_bytes(), before);
    row.tried(1);
    // After an answer the chain is a new one and counts from nothing.
    let mut two = Two::with_seed(17);
    two.chain().n = limits::CHAIN;
    two.bob_answers();
    assert!(matches!(two.mallory.ratchet.turn, Turn::Due(_)));
    two.mallory.seal(b"goes on", &mut two.dice).unwrap();
    assert_eq!(two.header().n, 1);
    row.figure("stops at 20,000 of 4,294,967,296; nonces are no counters");
}
