//! Planted leaks: the comparison that finds nothing in the house as it is finds every one of them.
//! (P01, P03, P07, P14, P15, P32, P33)

use std::collections::BTreeMap;

use partywall_row::Row;
use partywall_test_separation::many::pairs;
use partywall_test_separation::{Leak, Side};

/// Within so many pairs every leak has to be found.
const PAIRS: u64 = 60;

#[test]
fn every_leak_that_is_planted_is_found() {
    let mut row = Row::of("P14");
    let found: BTreeMap<Leak, Option<u64>> = Leak::ALL
        .iter()
        .map(|leak| {
            let found = pairs(0..PAIRS, Side::Business, Some(*leak), |_| {});
            let place = found.as_ref().map(|found| found.difference.part.clone());
            let pair = found.map(|found| found.seed + 1);
            println!(
                "{leak:?}: pair {pair:?}, in {place:?} ({})",
                leak.says().trim()
            );
            (*leak, pair)
        })
        .collect();
    let count = found.values().flatten().count();
    println!("{count} of {} found", Leak::ALL.len());
    assert!(Leak::ALL.len() >= 20);
    let missed: Vec<_> = found.iter().filter(|(_, pair)| pair.is_none()).collect();
    assert!(missed.is_empty(), "{missed:?}");
    row.tried(count as u64);
    row.figure(format!(
        "{count} of {} planted leaks found",
        Leak::ALL.len()
    ));
}

#[test]
fn a_house_that_could_leak_and_does_not_is_found_to_be_whole() {
    let found = pairs(0..PAIRS, Side::Business, Some(Leak::Nothing), |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
}
