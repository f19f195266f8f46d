//! What is proven out of the rows, everybody verifies; ct-merkle, which is not ours, as well. (SPEC §13.4)

use super::*;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use partywall_business::ledger::{Index, Size};
use proptest::prelude::*;
use sha2::Sha256;

const COUNT: u64 = 70_000;

fn big() -> &'static std::sync::Mutex<(Connection, Vec<Hash>)> {
    static BIG: std::sync::OnceLock<std::sync::Mutex<(Connection, Vec<Hash>)>> =
        std::sync::OnceLock::new();
    BIG.get_or_init(|| std::sync::Mutex::new((log_of(COUNT), leaves(COUNT))))
}

fn theirs(hash: Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new((*hash.as_bytes()).into(), size)
}

fn check_inclusion(connection: &Connection, leaf: Hash, index: u64, size: u64, root: Hash) {
    let proof = inclusion(connection, Index::new(index), Size::new(size)).unwrap();
    assert_eq!(proof.verify(leaf, &root), Ok(()), "{index} of {size}");
    let bytes: Vec<u8> = proof
        .path
        .iter()
        .flat_map(Hash::as_bytes)
        .copied()
        .collect();
    let proof = InclusionProof::try_from_bytes(bytes).unwrap();
    let entry = entry(index);
    theirs(root, size)
        .verify_inclusion(&entry.as_bytes(), index, &proof)
        .unwrap();
}

fn check_consistency(connection: &Connection, old: (u64, Hash), new: (u64, Hash)) {
    let proof = consistency(connection, Size::new(old.0), Size::new(new.0)).unwrap();
    assert_eq!(
        proof.verify(&old.1, &new.1),
        Ok(()),
        "{} to {}",
        old.0,
        new.0
    );
    if old.0 == 0 || old.0 == new.0 {
        return;
    }
    let bytes: Vec<u8> = proof
        .path
        .iter()
        .flat_map(Hash::as_bytes)
        .copied()
        .collect();
    let proof = ConsistencyProof::try_from_bytes(bytes).unwrap();
    theirs(new.1, new.0)
        .verify_consistency(&theirs(old.1, old.0), &proof)
        .unwrap();
}

#[test]
fn every_entry_of_every_state_around_a_tiles_edge_is_proven() {
    let connection = log_of(520);
    let all = leaves(520);
    for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, 520u64] {
        let root = tree_hash(&all[..size as usize]);
        assert_eq!(root_at_size(&connection, size), root);
        for index in 0..size {
            check_inclusion(&connection, all[index as usize], index, size, root);
        }
    }
}

#[test]
fn every_growth_of_a_small_ledger_is_shown() {
    let connection = log_of(40);
    let all = leaves(40);
    let roots: Vec<Hash> = (0..=40).map(|size| tree_hash(&all[..size])).collect();
    for new in 0..=40u64 {
        for old in 0..=new {
            let (before, now) = (roots[old as usize], roots[new as usize]);
            check_consistency(&connection, (old, before), (new, now));
        }
    }
}

#[test]
fn nothing_is_proven_about_what_the_ledger_has_not() {
    let connection = log_of(10);
    for (index, size) in [
        (10, 10),
        (0, 11),
        (0, 0),
        (u64::MAX, u64::MAX),
        (0, u64::MAX),
    ] {
        let told = inclusion(&connection, Index::new(index), Size::new(size));
        assert!(
            matches!(told, Err(LedgerFault::Outside)),
            "{index} of {size}"
        );
    }
    for (old, new) in [(3, 11), (5, 4), (11, 11), (0, u64::MAX)] {
        let told = consistency(&connection, Size::new(old), Size::new(new));
        assert!(matches!(told, Err(LedgerFault::Outside)), "{old} to {new}");
    }
}

/// The root that the rows give for an older size: a growth from nothing to it says which size was read.
fn root_at_size(connection: &Connection, size: u64) -> Hash {
    root_at(&super::super::rows::Rows(connection), Size::new(size)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_entry_of_any_state_of_a_large_ledger_is_proven_and_any_growth_shown(
        size in 1..=COUNT, index: prop::sample::Index, old: prop::sample::Index,
    ) {
        let big = big().lock().unwrap();
        let (connection, all) = &*big;
        let index = index.index(size as usize);
        let old = old.index(size as usize + 1);
        let root = tree_hash(&all[..size as usize]);
        check_inclusion(connection, all[index], index as u64, size, root);
        check_consistency(connection, (old as u64, tree_hash(&all[..old])), (size, root));
    }
}
