//! Entries are added with the caller's transaction, or not at all. (SPEC L-13)

use super::*;
use partywall_business::ledger::{Index, Size};
use proptest::prelude::*;

#[test]
fn an_empty_ledger_has_the_root_of_nothing() {
    let connection = log();
    let head = head(&connection).unwrap();
    assert_eq!((head.size, head.root), (Size::EMPTY, Hash::of_nothing()));
}

#[test]
fn the_root_is_rfc_6962s_at_every_size() {
    let all = leaves(600);
    let mut connection = log();
    for count in 0..=600u64 {
        let expected = tree_hash(&all[..count as usize]);
        assert_eq!(root(&connection).unwrap(), expected, "{count}");
        let transaction = connection.transaction().unwrap();
        assert_eq!(
            append(&transaction, &[entry(count)]).unwrap(),
            Index::new(count)
        );
        transaction.commit().unwrap();
    }
}

#[test]
fn what_is_rolled_back_was_never_in_the_ledger() {
    let mut connection = log_of(250);
    let before = head(&connection).unwrap();
    let transaction = connection.transaction().unwrap();
    append(&transaction, &some(9_000..9_020)).unwrap();
    publish(&transaction, &origin(), &key()).unwrap();
    assert_eq!(size(&transaction).unwrap(), Size::new(270));
    transaction.rollback().unwrap();
    assert_eq!(head(&connection).unwrap(), before);
    assert_eq!(newest(&connection).unwrap(), None);
    grow_to(&mut connection, 300);
    assert_eq!(root(&connection).unwrap(), tree_hash(&leaves(300)));
}

#[test]
fn a_ledger_that_is_opened_again_goes_on_where_it_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    Connection::open(&path)
        .unwrap()
        .execute_batch(SCHEMA)
        .unwrap();
    for (count, lost) in [(1, 3), (255, 2), (256, 1), (300, 400), (700, 0)] {
        let mut connection = Connection::open(&path).unwrap();
        grow_to(&mut connection, count);
        let transaction = connection.transaction().unwrap();
        append(&transaction, &some(5_000..5_000 + lost)).unwrap();
        // The process ends here: neither committed nor rolled back.
        drop(transaction);
        drop(connection);
        let again = Connection::open(&path).unwrap();
        assert_eq!(size(&again).unwrap(), Size::new(count));
        assert_eq!(root(&again).unwrap(), tree_hash(&leaves(count)));
    }
}

#[test]
fn adding_nothing_changes_nothing() {
    let mut connection = log_of(3);
    let before = head(&connection).unwrap();
    let transaction = connection.transaction().unwrap();
    assert_eq!(append(&transaction, &[]).unwrap(), Index::new(3));
    transaction.commit().unwrap();
    assert_eq!(head(&connection).unwrap(), before);
}

#[test]
fn a_damaged_frontier_is_told_and_not_grown_upon() {
    for damage in [
        "UPDATE ledger_frontier SET peaks = x'00'",
        "UPDATE ledger_frontier SET size = size + 1",
    ] {
        let mut connection = log_of(4);
        connection.execute_batch(damage).unwrap();
        let transaction = connection.transaction().unwrap();
        let told = append(&transaction, &some(4..5)).unwrap_err();
        assert!(matches!(told, LedgerFault::Damaged), "{damage}: {told}");
    }
}

#[test]
fn a_missing_entry_is_told_and_not_proven_around() {
    let connection = log_of(300);
    connection
        .execute_batch("DELETE FROM ledger_entry WHERE place = 7")
        .unwrap();
    let told = inclusion(&connection, Index::new(9), Size::new(300)).unwrap_err();
    assert!(matches!(told, LedgerFault::Damaged), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn committed_and_undone_groups_of_any_size_leave_the_root_of_what_was_committed(
        groups in prop::collection::vec((0u64..300, prop::bool::ANY), 1..8),
    ) {
        let mut connection = log();
        let mut there = Vec::new();
        for (number, (count, commits)) in groups.into_iter().enumerate() {
            let first = 1_000 * number as u64;
            let group = some(first..first + count);
            let transaction = connection.transaction().unwrap();
            let at = append(&transaction, &group).unwrap();
            prop_assert_eq!(at, Index::new(there.len() as u64));
            if commits {
                transaction.commit().unwrap();
                there.extend(group.iter().map(Hash::leaf));
            }
        }
        prop_assert_eq!(root(&connection).unwrap(), tree_hash(&there));
    }
}
