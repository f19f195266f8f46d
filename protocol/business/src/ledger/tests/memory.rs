//! A client's memory of a ledger. (SPEC L-10, L-11)

use super::super::*;
use super::reference::{checkpoint, consistency, key, leaves, operator, origin, unverified};
use partywall_ground::cbor;
use partywall_row::Row;

fn at(size: usize) -> Checkpoint {
    checkpoint(&leaves(size as u64))
}

fn grown(old: usize, new: usize) -> Consistency {
    consistency(old, &leaves(new as u64))
}

/// A ledger that is another from its fourth entry on.
fn other(size: usize) -> Vec<Hash> {
    let mut leaves = leaves(size as u64);
    leaves[3] = Hash::of_nothing();
    leaves
}

#[test]
fn a_witness_goes_with_an_honest_ledger() {
    let mut witness = Witness::begin(at(0));
    for (old, new) in [(0, 1), (1, 1), (1, 6), (6, 8), (8, 300)] {
        witness = witness.advance(at(new), &grown(old, new)).unwrap();
        assert_eq!(witness.checkpoint().size(), Size::new(new as u64));
    }
    assert_eq!(witness.recognise(&at(6), &grown(6, 300)), Ok(()));
    assert_eq!(witness.recognise(&at(400), &grown(300, 400)), Ok(()));
}

#[test]
fn a_ledger_that_shrinks_or_splits_is_caught_with_both_notes() {
    let witness = Witness::begin(at(6));
    let split = checkpoint(&other(6));
    let longer = checkpoint(&other(9));
    let caught = |shown: &Checkpoint, proof: &Consistency, divergence| {
        let fork = witness.advance(shown.clone(), proof).unwrap_err();
        assert_eq!(fork.divergence, divergence);
        let kept: Fork = cbor::decode(&cbor::encode(&*fork)).unwrap();
        assert_eq!(kept.remembered.as_bytes(), at(6).note());
        assert_eq!(kept.shown.as_bytes(), shown.note());
        assert_eq!(kept, *fork);
    };
    caught(&at(5), &grown(5, 6), Divergence::Smaller);
    caught(&split, &grown(6, 6), Divergence::OtherRoot);
    caught(&longer, &consistency(6, &other(9)), Divergence::NotShown);
    caught(&longer, &grown(6, 9), Divergence::NotShown);
    caught(&at(9), &grown(6, 8), Divergence::NotShown);
    caught(&at(9), &grown(5, 9), Divergence::NotShown);
    let elsewhere = Origin::of_authority("other.example:7444").unwrap();
    let (size, root) = (at(9).size(), *at(9).root());
    let foreign = Checkpoint::sign(&elsewhere, size, root, &key());
    caught(&foreign, &grown(6, 9), Divergence::OtherLedger);
}

/// The operator shows two customers two ledgers, and keeps each of them in its own for as long as it can.
#[test]
fn two_who_were_shown_two_histories_see_it_as_soon_as_they_compare_notes() {
    let mut row = Row::of("A02");
    for (ours, theirs) in [(6, 6), (6, 9), (9, 6), (300, 6), (6, 300)] {
        let mine = Witness::begin(at(4))
            .advance(at(ours), &grown(4, ours))
            .unwrap();
        let yours = Witness::begin(checkpoint(&other(4)));
        let yours = yours.advance(checkpoint(&other(theirs)), &consistency(4, &other(theirs)));
        let yours = yours.unwrap();
        let (short, long) = (ours.min(theirs), ours.max(theirs));
        for proof in [grown(short, long), consistency(short, &other(long))] {
            for (witness, shown) in [(&mine, &yours), (&yours, &mine)] {
                let shown = shown.checkpoint();
                let fork = witness.recognise(shown, &proof).unwrap_err();
                assert_eq!(fork.shown.as_bytes(), shown.note());
                assert_eq!(fork.remembered.as_bytes(), witness.checkpoint().note());
                row.tried(1);
            }
        }
    }
}

#[test]
fn a_growth_between_other_sizes_shows_nothing_even_where_its_hashes_would_do() {
    let mut proof = grown(4, 6);
    let witness = Witness::begin(at(4));
    assert!(witness.advance(at(6), &proof).is_ok());
    proof.new = Size::new(5);
    let fork = witness.advance(at(6), &proof).unwrap_err();
    assert_eq!(fork.divergence, Divergence::NotShown);
}

#[test]
fn an_older_checkpoint_of_another_history_is_not_recognised() {
    let witness = Witness::begin(at(9));
    let stray = checkpoint(&other(6));
    for proof in [grown(6, 9), consistency(6, &other(9))] {
        let fork = witness.recognise(&stray, &proof).unwrap_err();
        assert_eq!(fork.divergence, Divergence::NotShown);
    }
}

#[test]
fn a_witness_is_kept_as_its_note_and_verified_when_it_is_loaded() {
    let witness = Witness::begin(at(6));
    let kept = witness.checkpoint().note().to_vec();
    let loaded = Witness::begin(unverified(&kept).verify(&operator()).unwrap());
    assert_eq!(loaded, witness);
    assert_eq!(loaded.checkpoint().operator().origin(), &origin());
}
