//! A state comes to life again after it was used: no key meets a nonce twice. (SPEC §4.3, C-7)
//! Knows: texts and envelopes. Never knows: keys; that one was used twice shows in the key stream.

use std::collections::BTreeSet;

use crate::common::{Met, Pair, TODAY, copy};
use partywall_row::Row;

/// Where a body begins in an envelope without a preamble.
const BODY: usize = 24 + 2_329;

#[test]
fn an_older_copy_of_a_state_never_seals_with_a_key_and_nonce_that_were_used() {
    let mut row = Row::of("B10");
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(row.seed()).met().answered();
    let (mut streams, mut randoms) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..row.times(1_000, 50_000) {
        let snapshot = copy(&alice);
        let mut sealed = Vec::new();
        for (state, text) in [
            (alice, b"pay ten to Carol"),
            (snapshot, b"pay none to Carl"),
        ] {
            let mut state = state;
            let envelope = state.seal(text, &mut dice).unwrap();
            // What the body was mixed with: equal pieces would mean that one key met its nonce twice.
            let stream: [u8; 16] = core::array::from_fn(|at| envelope[BODY + at] ^ text[at]);
            assert!(streams.insert(stream), "a key stream was used twice");
            assert!(randoms.insert(envelope[..24].to_vec()));
            sealed.push((state, envelope));
            row.tried(1);
        }
        // Who opened the one does not open the other: the number was used.
        assert!(bob.open(&sealed[0].1, TODAY).is_ok());
        assert!(bob.open(&sealed[1].1, TODAY).is_err());
        alice = sealed.swap_remove(0).0;
        if round % 100 == 99 {
            let answer = bob.seal(b"turn", &mut dice).unwrap();
            alice.open(&answer, TODAY).unwrap();
        }
    }
    row.figure(format!("{} key streams, all different", streams.len()));
}
