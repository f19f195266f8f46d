//! A relay that hands out what it has again and again, to whoever it likes, or with a part of a tag. (SPEC S-11, S-12)
//! Knows: envelopes and both sides. Never knows: keys.

use crate::common::{Met, Pair, TODAY};
use partywall_ground::Peer;
use partywall_row::Row;
use partywall_session::Session;
use partywall_world::Dice;

/// Envelopes in one chain, as many as are surely still openable in any order.
const WINDOW: u64 = 1_000;
/// Bytes of an AEAD's tag.
const TAG: usize = 16;
/// Where the header's tag ends, in an envelope without a preamble.
const HEADER_END: usize = 24 + 2_329;

/// In any order.
fn shuffled<T>(mut all: Vec<T>, dice: &mut Dice) -> Vec<T> {
    for at in (1..all.len()).rev() {
        let other = usize::try_from(dice.below(at as u64 + 1)).unwrap();
        all.swap(at, other);
    }
    all
}

#[test]
fn every_envelope_three_times_in_any_order_opens_once() {
    let mut row = Row::of("B01");
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(row.seed()).met().answered();
    let windows = row.times(3, 100);
    let mut late: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut opened = vec![0_u8; usize::try_from(windows * WINDOW).unwrap()];
    let mut refused = 0_u64;
    for window in 0..windows {
        let said: Vec<_> = (window * WINDOW..(window + 1) * WINDOW)
            .map(|n| (n, alice.seal(&n.to_be_bytes(), &mut dice).unwrap()))
            .collect();
        // Twice in this window, and the third time in the next, behind a turn.
        let mut street = [said.clone(), said.clone()].concat();
        street.append(&mut late);
        late = said;
        for (n, envelope) in shuffled(street, &mut dice) {
            refused += u64::from(!arrives(&mut bob, n, &envelope, &mut opened));
        }
        let answer = bob.seal(b"turn", &mut dice).unwrap();
        alice.open(&answer, TODAY).unwrap();
    }
    for (n, envelope) in shuffled(late, &mut dice) {
        refused += u64::from(!arrives(&mut bob, n, &envelope, &mut opened));
    }
    assert!(opened.iter().all(|times| *times == 1), "each of them once");
    assert_eq!(refused, 2 * windows * WINDOW);
    row.tried(refused);
    row.figure(format!("{} envelopes, each 3 times", windows * WINDOW));
}

/// Whether it opened; a replay must not.
fn arrives(bob: &mut Session<Peer>, n: u64, envelope: &[u8], opened: &mut [u8]) -> bool {
    let times = &mut opened[usize::try_from(n).unwrap()];
    let looked_at = n.is_multiple_of(97).then(|| bob.to_bytes());
    let Ok(text) = bob.open(envelope, TODAY) else {
        assert!(looked_at.is_none_or(|before| before == bob.to_bytes()));
        return false;
    };
    assert_eq!(text.content.as_slice(), n.to_be_bytes());
    *times += 1;
    assert_eq!(*times, 1, "envelope {n} opened again");
    true
}

#[test]
fn whatever_is_sent_back_to_its_writer_does_not_open() {
    let mut row = Row::of("B02");
    let mut pair = Pair::with_seed(row.seed());
    let first = pair.alice.seal(b"first", &mut pair.dice).unwrap();
    let before = pair.alice.to_bytes();
    assert!(pair.alice.open(&first, TODAY).is_err());
    assert!(pair.alice.to_bytes() == before);
    let mut met = pair.met().answered();
    let mut reflected = vec![(true, first)];
    for turn in 0..row.times(200, 10_000) {
        for n in 0..=turn % 4 {
            let text = format!("{turn} {n}");
            let forth = met.alice.seal(text.as_bytes(), &mut met.dice).unwrap();
            let back = met.bob.seal(text.as_bytes(), &mut met.dice).unwrap();
            for (alices, envelope) in [(true, &forth), (false, &back)] {
                let (writer, reader) = match alices {
                    true => (&mut met.alice, &mut met.bob),
                    false => (&mut met.bob, &mut met.alice),
                };
                refuses(writer, envelope);
                reader.open(envelope, TODAY).unwrap();
                refuses(writer, envelope);
                row.tried(2);
            }
            reflected.extend([(true, forth), (false, back)]);
        }
        reflected.drain(..reflected.len().saturating_sub(40));
    }
    // And what was written a while ago, over the turns since.
    for (alices, envelope) in &reflected {
        let writer = if *alices {
            &mut met.alice
        } else {
            &mut met.bob
        };
        refuses(writer, envelope);
        row.tried(1);
    }
}

fn refuses(session: &mut Session<Peer>, envelope: &[u8]) {
    let before = session.to_bytes();
    assert!(session.open(envelope, TODAY).is_err());
    assert!(session.to_bytes() == before);
}

#[test]
fn every_bit_of_both_tags_counts_and_a_shorter_one_is_none() {
    let mut row = Row::of("B14");
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(14).met().answered();
    let good = alice.seal(b"good", &mut dice).unwrap();
    for end in [HEADER_END, good.len()] {
        for bit in 0..TAG * 8 {
            let mut bad = good.clone();
            bad[end - TAG + bit / 8] ^= 1 << (bit % 8);
            refuses(&mut bob, &bad);
            row.tried(1);
        }
        // Cut off, with what follows in its place, or with zeros.
        for missing in 1..=TAG {
            let short = [&good[..end - missing], &good[end..]].concat();
            refuses(&mut bob, &short);
            let mut filled = short;
            filled.resize(good.len(), 0);
            refuses(&mut bob, &filled);
            let mut zeroed = good.clone();
            zeroed[end - missing..end].fill(0);
            refuses(&mut bob, &zeroed);
            row.tried(3);
        }
    }
    // The first flight's own tags: of the hidden identity, of header and body behind it.
    let mut pair = Pair::with_seed(15);
    let first = pair.alice.seal(b"first", &mut pair.dice).unwrap();
    for end in [1_216, 1_216 + HEADER_END, first.len()] {
        for bit in 0..TAG * 8 {
            let mut bad = first.clone();
            bad[end - TAG + bit / 8] ^= 1 << (bit % 8);
            let begun = pair.maker.unlock(&bad);
            assert!(begun.and_then(|flight| flight.begin(TODAY)).is_err());
            row.tried(1);
        }
    }
    row.figure("5 tags of 128 bits; 1 to 16 bytes missing, 3 ways");
    assert!(bob.open(&good, TODAY).is_ok());
}
