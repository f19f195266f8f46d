//! How long an envelope is, for every length of what is in it. (SPEC G-9, S-6; row D06)
//! Knows: lengths.

use std::collections::BTreeSet;

use partywall_row::Row;

use crate::pair::Pair;

/// The longest content that fits.
const LONGEST: usize = 63_166;

#[test]
fn for_every_length_of_a_text_there_are_three_lengths_on_the_wire() {
    let mut row = Row::of("D06");
    let mut pair = Pair::with_seed(row.seed());
    let step = usize::try_from(row.times(199, 1)).expect("small");
    let content = vec![b'x'; LONGEST];
    let mut wire = BTreeSet::new();
    for length in (0..=LONGEST)
        .step_by(step)
        .chain([1_726, 1_727, 14_014, 14_015])
    {
        wire.insert(pair.seals(&content[..length]).len());
        row.tried(1);
    }
    assert_eq!(wire, BTreeSet::from([4_096, 16_384, 65_536]));
    row.figure(format!("{} lengths on the wire", wire.len()));
}
