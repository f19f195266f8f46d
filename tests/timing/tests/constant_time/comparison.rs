//! Comparing secrets: the time says nothing of where the first difference stands. (SPEC §9)
//! Knows: two capabilities. Never knows: how they are compared.

use std::hint::black_box;

use dudect_bencher::{Class, CtRunner};
use partywall_proof::ct_eq;
use partywall_row::Row;
use partywall_world::Dice;

use crate::measure::{LEAK, Measurement, least_measured, measured, was_asked_to_measure, words};

const TEST: &str =
    "comparison::how_long_a_comparison_takes_does_not_say_where_the_first_difference_is";
const OURS: &str = "comparison of capabilities";
const HASTY: &str = "a comparison that stops at the first difference";
const MEASUREMENTS: [Measurement; 2] = [
    (OURS, |runner, _| compare(runner, ct_eq)),
    (HASTY, |runner, _| {
        compare(runner, |left, right| left.iter().eq(right));
    }),
];

/// Comparisons in one sample: one alone is shorter than a clock's tick.
const AT_ONCE: usize = 64;

fn samples() -> u64 {
    Row::of("S13").times(20_000, 1_000_000)
}

/// Left: a guess that differs in the first byte. Right: one that differs in the last. Both lie in the same place when
/// they are compared.
fn compare(runner: &mut CtRunner, same: fn(&[u8], &[u8]) -> bool) {
    let mut dice = Dice::seeded(partywall_row::seed());
    let capability: [u8; 32] = dice.bytes();
    let mut guess = capability;
    for _ in 0..samples() {
        guess.copy_from_slice(&capability);
        let (class, at) = match dice.below(2) {
            0 => (Class::Left, 0),
            _ => (Class::Right, 31),
        };
        guess[at] ^= 1 << dice.below(8);
        runner.run_one(class, || {
            for _ in 0..AT_ONCE {
                black_box(same(black_box(&guess), black_box(&capability)));
            }
        });
    }
}

#[test]
fn how_long_a_comparison_takes_does_not_say_where_the_first_difference_is() {
    if was_asked_to_measure(&MEASUREMENTS) {
        return;
    }
    let mut row = Row::of("S13");
    let hasty = measured(TEST, HASTY);
    assert!(hasty > LEAK, "the control: a leak is seen: {hasty}");
    let ours = least_measured(TEST, OURS);
    assert!(ours < LEAK, "t = {ours}");
    row.tried(samples());
    row.figure(format!(
        "|t| {} over {} samples; a comparison that stops early {hasty:.0}",
        words(ours),
        samples()
    ));
}
