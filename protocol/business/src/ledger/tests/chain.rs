//! Payload to signature: what holds, and that nothing else does. (SPEC L-8, L-9)

use super::super::*;
use super::reference::{consistency, entry, inclusion, leaves, operator, proof, root};
use proptest::prelude::*;

#[test]
fn every_entry_of_every_small_ledger_is_proven_and_every_growth_shown() {
    let all = leaves(70);
    for size in 0..=all.len() {
        let tree = &all[..size];
        for index in 0..size {
            let shown = inclusion(index as u64, tree);
            assert_eq!(shown.verify(tree[index], &root(tree)), Ok(()));
        }
        for old in 0..=size {
            let shown = consistency(old, tree);
            let (before, now) = (root(&all[..old]), root(tree));
            assert_eq!(shown.verify(&before, &now), Ok(()), "{old} to {size}");
        }
    }
}

#[test]
fn a_proof_for_another_place_size_or_length_is_refused() {
    let all = leaves(20);
    for size in 1..=all.len() {
        let tree = &all[..size];
        for index in 0..size {
            let good = inclusion(index as u64, tree);
            let refused = |broken: &Inclusion| {
                let verdict = broken.verify(tree[index], &root(tree));
                assert_eq!(verdict, Err(LedgerError::NotIncluded));
            };
            let mut longer = good.path.to_vec();
            longer.push(Hash::of_nothing());
            refused(&Inclusion {
                path: longer.try_into().unwrap(),
                ..good.clone()
            });
            if size > 1 {
                let mut shorter = good.path.to_vec();
                shorter.pop();
                refused(&Inclusion {
                    path: shorter.try_into().unwrap(),
                    ..good.clone()
                });
                let elsewhere = Index::new((index as u64 + 1) % size as u64);
                refused(&Inclusion {
                    index: elsewhere,
                    ..good.clone()
                });
            }
            refused(&Inclusion {
                index: Index::new(size as u64),
                ..good.clone()
            });
            refused(&Inclusion {
                index: Index::new(u64::MAX),
                ..good.clone()
            });
            refused(&Inclusion {
                size: Size::EMPTY,
                ..good.clone()
            });
        }
    }
}

#[test]
fn a_root_said_to_be_of_a_larger_tree_is_refused() {
    let all = leaves(8);
    let root_of_all = root(&all);
    let mut shown = inclusion(3, &all);
    shown.size = Size::new(16);
    let verdict = shown.verify(all[3], &root_of_all);
    assert_eq!(verdict, Err(LedgerError::NotIncluded));
    let mut grown = consistency(4, &all);
    grown.new = Size::new(16);
    let verdict = grown.verify(&root(&all[..4]), &root_of_all);
    assert_eq!(verdict, Err(LedgerError::Inconsistent));
}

#[test]
fn a_ledger_that_did_not_grow_needs_no_hash_and_gets_none() {
    let root = root(&leaves(8));
    let mut still = consistency(8, &leaves(8));
    assert_eq!(still.verify(&root, &root), Ok(()));
    still.path = vec![root].try_into().unwrap();
    assert_eq!(still.verify(&root, &root), Err(LedgerError::Inconsistent));
}

#[test]
fn numbers_at_the_edge_of_64_bits_are_refused_without_harm() {
    let hashes: Path = vec![Hash::of_nothing(); LONGEST_PATH].try_into().unwrap();
    let edges = [
        0,
        1,
        2,
        u64::MAX / 2,
        u64::MAX / 2 + 1,
        u64::MAX - 1,
        u64::MAX,
    ];
    for (first, second) in edges.iter().flat_map(|a| edges.map(|b| (*a, b))) {
        let inclusion = Inclusion {
            index: Index::new(first),
            size: Size::new(second),
            path: hashes.clone(),
        };
        let leaf = Hash::of_nothing();
        assert!(inclusion.verify(leaf, &leaf).is_err());
        let consistency = Consistency {
            old: Size::new(first),
            new: Size::new(second),
            path: hashes.clone(),
        };
        assert!(consistency.verify(&leaf, &Hash::new([1; 32])).is_err());
    }
}

#[test]
fn a_proven_payload_is_the_one_that_was_written() {
    let all = leaves(300);
    let proven = proof(123, &all).verify(&operator()).unwrap();
    assert_eq!(proven.payload().as_bytes(), b"entry 123");
    assert_eq!(proven.index(), Index::new(123));
    assert_eq!(proven.checkpoint().size(), Size::new(300));
    assert!(proven.into_unverified().verify(&operator()).is_ok());
}

#[test]
fn the_links_of_a_chain_must_be_of_one_entry_and_one_tree() {
    let all = leaves(9);
    let verdict = |proof: UnverifiedProof| proof.verify(&operator()).map(|_| ()).unwrap_err();
    let mut other = proof(3, &all);
    other.opening = entry(4);
    assert_eq!(verdict(other), LedgerError::NotIncluded);
    let mut renumbered = proof(3, &all);
    renumbered.opening.index = Index::new(4);
    assert_eq!(verdict(renumbered), LedgerError::NotIncluded);
    let mut older = proof(3, &all);
    older.inclusion = inclusion(3, &all[..8]);
    assert_eq!(verdict(older), LedgerError::NotIncluded);
}

proptest! {
    #[test]
    fn every_flipped_bit_of_a_proof_is_refused(size in 1u64..200, index: prop::sample::Index, bit: prop::sample::Index) {
        let all = leaves(size);
        let index = index.index(all.len()) as u64;
        let whole = partywall_ground::cbor::encode(&proof(index, &all));
        let good: UnverifiedProof = partywall_ground::cbor::decode(&whole).unwrap();
        prop_assert!(good.verify(&operator()).is_ok());
        let mut flipped = whole;
        let bit = bit.index(flipped.len() * 8);
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(read) = partywall_ground::cbor::decode::<UnverifiedProof>(&flipped) {
            prop_assert!(read.verify(&operator()).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn every_flipped_bit_of_a_growth_is_refused(size in 2usize..200, old: prop::sample::Index, bit: prop::sample::Index) {
        let all = leaves(size as u64);
        let old = 1 + old.index(size - 1);
        let good = consistency(old, &all);
        let (before, now) = (root(&all[..old]), root(&all));
        prop_assert_eq!(good.verify(&before, &now), Ok(()));
        let mut path = good.path.to_vec();
        let bit = bit.index(path.len() * 256);
        let mut bytes = *path[bit / 256].as_bytes();
        bytes[bit % 256 / 8] ^= 1 << (bit % 8);
        path[bit / 256] = Hash::new(bytes);
        let flipped = Consistency { path: path.try_into().unwrap(), ..good.clone() };
        prop_assert!(flipped.verify(&before, &now).is_err());
        prop_assert!(good.verify(&now, &before).is_err());
    }
}
