//! Envelopes of established sessions and first flights, changed in every way that does not need a key: none is
//! accepted, and none leaves a trace. (SPEC S-4, S-11)
//! Knows: where fields lie. Never knows: keys.

use core::ops::Range;

use partywall_row::Row;
use partywall_session::OpenError;
use partywall_world::Dice;
use zeroize::Zeroizing;

use crate::people::{PREAMBLE, Pair, TODAY, seal};

/// r, the sealed header, its tag, the body, its tag; behind the preamble, if there is one.
const FIELDS: [Range<usize>; 5] = [0..24, 24..2_337, 2_337..2_353, 2_353..4_080, 4_080..4_096];
/// bid, E, ct, c1 and its tag.
const OF_A_PREAMBLE: [Range<usize>; 5] = [0..16, 16..48, 48..1_136, 1_136..1_200, 1_200..1_216];
/// Of so many mutations, one is of a first flight.
const FLIGHTS: u64 = 16;

/// Where a mutation is tried.
struct Target {
    pair: Pair,
    /// On their way to Bob, none of them opened.
    waiting: Vec<Vec<u8>>,
    before: Zeroizing<Vec<u8>>,
}

impl Target {
    /// In which nobody has turned since first contact, or somebody has, or there is a gap.
    fn draw(kind: u64, dice: &mut Dice) -> Self {
        let mut pair = match kind {
            0 => Pair::met(dice),
            _ => Pair::answered(dice),
        };
        if kind > 1 {
            pair.forth(b"on the next chain", dice);
        }
        let mut waiting: Vec<_> = (0..4)
            .map(|n| seal(&mut pair.alice, format!("waiting {n}").as_bytes(), dice))
            .collect();
        if kind > 2 {
            // The last one arrives: the others are waited for under keys that are kept.
            let last = waiting.pop().expect("there are four");
            pair.bob
                .open(&last, TODAY)
                .expect("an honest envelope opens");
        }
        let before = pair.bob.to_bytes();
        Self {
            pair,
            waiting,
            before,
        }
    }

    /// What comes out must be nothing, and the state as it was.
    fn refuses(&mut self, mutated: &[u8], how: &str) {
        let opened = self.pair.bob.open(mutated, TODAY);
        assert!(matches!(opened, Err(OpenError)), "accepted: {how}");
        let after = self.pair.bob.to_bytes();
        assert!(after == self.before, "the state has changed: {how}");
    }
}

fn pick<'a, T>(from: &'a [T], dice: &mut Dice) -> &'a T {
    &from[below(from.len(), dice)]
}

fn below(bound: usize, dice: &mut Dice) -> usize {
    usize::try_from(dice.below(bound as u64)).expect("below a usize")
}

/// Changes `base`, with pieces of `other`; what was done.
fn mutated(base: &[u8], other: &[u8], dice: &mut Dice) -> (Vec<u8>, &'static str) {
    let mut made = base.to_vec();
    let at = below(base.len(), dice);
    let how = match dice.below(8) {
        0 | 1 => {
            made[at] ^= 1 << dice.below(8);
            "one bit"
        }
        2 => {
            for _ in 0..=dice.below(8) {
                let at = below(base.len(), dice);
                made[at] =
                    made[at].wrapping_add(1 + u8::try_from(dice.below(255)).expect("a byte"));
            }
            "some bytes"
        }
        3 => {
            let fields = if base.len() > 4_096 || dice.below(2) == 0 {
                &FIELDS
            } else {
                &OF_A_PREAMBLE
            };
            let field = pick(fields, dice).clone();
            made[field.clone()].copy_from_slice(&other[field]);
            "a field of another envelope"
        }
        4 => {
            made.truncate(at);
            made.extend_from_slice(&other[at..]);
            "spliced"
        }
        5 => {
            made.truncate(at);
            if dice.below(2) == 0 {
                made.resize(base.len(), 0);
            }
            "cut off"
        }
        6 => {
            let length = *pick(&[0, 1, 2_353, 4_095, 4_097, 16_384, 65_536], dice);
            made.resize(length, u8::try_from(dice.below(256)).expect("a byte"));
            "another length"
        }
        _ => {
            let from = below(base.len(), dice);
            let length = below(base.len() - from.max(at), dice);
            made.copy_within(from..from + length, at);
            "a piece of itself elsewhere"
        }
    };
    (made, how)
}

#[test]
fn no_envelope_that_was_changed_in_any_way_is_accepted_or_leaves_a_trace() {
    let mut row = Row::of("B08");
    let mut dice = Dice::seeded(row.seed());
    let mut targets: Vec<_> = (0..4).map(|kind| Target::draw(kind, &mut dice)).collect();
    let mutations = row.times(20_000, 1_000_000);
    let (mut made, mut flights, mut bits) = (0, 0, 0);
    // Every bit of an envelope of each kind; a quick run looks at each fourteenth.
    let stride = usize::try_from(row.times(14, 1)).expect("small");
    for target in &mut targets {
        let good = target.waiting[0].clone();
        for bit in (0..good.len() * 8).step_by(stride) {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            target.refuses(&bad, &format!("bit {bit}"));
            bits += 1;
        }
    }
    made += bits;
    while made < mutations {
        let other = pick(&pick(&targets, &mut dice).waiting, &mut dice).clone();
        let target = below(targets.len(), &mut dice);
        let target = &mut targets[target];
        let base = pick(&target.waiting, &mut dice).clone();
        let (bad, how) = mutated(&base, &other, &mut dice);
        if made % FLIGHTS == 0 {
            let first = pick(&target.pair.first, &mut dice).clone();
            let other = [&other[..PREAMBLE], &first[PREAMBLE..]].concat();
            let (bad, how) = mutated(&first, &other, &mut dice);
            if !target.pair.first.contains(&bad) {
                let begun = target.pair.maker.begin(&bad);
                assert!(
                    matches!(begun, Err(OpenError)),
                    "accepted: a first flight, {how}"
                );
                target.refuses(&bad, how);
                made += 1;
                flights += 1;
            }
        }
        if target.waiting.contains(&bad) || target.pair.first.contains(&bad) {
            continue; // a piece of itself where it was
        }
        target.refuses(&bad, how);
        made += 1;
    }
    let mut guarantee = Row::of("G02");
    for row in [&mut row, &mut guarantee] {
        row.tried(made);
        row.figure(format!(
        "{made} mutations ({bits} single bits, {flights} of first flights): 0 accepted, states unchanged after each"
    ));
    }
    // The control: what was not changed opens, after all this.
    for target in &mut targets {
        for envelope in std::mem::take(&mut target.waiting) {
            target
                .pair
                .bob
                .open(&envelope, TODAY)
                .expect("as it was sealed");
        }
    }
}
