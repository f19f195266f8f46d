//! Shelves (SPEC §5.4, P-9, P-10), story by story.

use std::time::Duration;

use partywall_peer::{Reason, ShelfBefore};
use partywall_row::Row;

use super::people::{Connection, Owner, Reader, Writer, bundle, settle};
use super::world::World;
use crate::rules::limits::{SHELF, SHELF_BURST, SHELF_PACE_SECONDS};

fn stocked(one_time: u8, last_resort: Option<u8>) -> (World, Owner, Reader) {
    let mut world = World::with_seed(1);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let bundles: Vec<_> = (0..one_time).map(bundle).collect();
    let last_resort = last_resort.map(bundle);
    for chunk in bundles.chunks(32) {
        reader.shelve(&mut world, ShelfBefore::Kept, chunk, last_resort.as_ref());
    }
    settle(&mut world, &mut [&mut reader]);
    (world, owner, reader)
}

fn shelved(reader: &Reader) -> Option<u64> {
    use partywall_peer::collect::FromRelay;
    reader.said.iter().rev().find_map(|word| match word {
        FromRelay::Shelved(shelved) => Some(shelved.one_time_left.value()),
        _ => None,
    })
}

#[test]
fn one_time_bundles_are_handed_out_once_the_oldest_first_and_then_the_last_resort() {
    let (mut world, owner, _reader) = stocked(3, Some(200));
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..5 {
        writer.takes(&mut world);
    }
    settle(&mut world, &mut [&mut writer]);
    let expected = [0, 1, 2, 200, 200].map(|number| Some(bundle(number)));
    assert_eq!(writer.taken(), expected);
}

#[test]
fn a_bare_shelf_hands_out_nothing() {
    let (mut world, owner, _reader) = stocked(0, None);
    let mut writer = Writer::to(&mut world, &owner);
    writer.takes(&mut world);
    settle(&mut world, &mut [&mut writer]);
    assert_eq!(writer.taken(), [None]);
}

#[test]
fn a_one_time_bundle_is_gone_from_the_disk_before_it_is_sent_and_never_comes_back() {
    let (mut world, owner, reader) = stocked(2, None);
    let mut writer = Writer::to(&mut world, &owner);
    writer.takes(&mut world);
    while world.answer_one() {}
    writer.pump(&mut world);
    assert!(writer.taken().is_empty(), "nothing before the commit");
    assert!(world.commit());
    drop((writer, reader)); // it dies before the answer is said

    let mut world = world.crash();
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..2 {
        writer.takes(&mut world);
    }
    settle(&mut world, &mut [&mut writer]);
    assert_eq!(writer.taken(), [Some(bundle(1)), None]);
}

#[test]
fn beyond_its_pace_a_shelf_shows_the_last_resort_and_keeps_the_rest() {
    let (mut world, owner, reader) = stocked(90, Some(200));
    let take_all = |world: &mut World, takes: usize| {
        let mut writer = Writer::to(world, &owner);
        for _ in 0..takes {
            writer.takes(world);
        }
        settle(world, &mut [&mut writer]);
        let last = Some(bundle(200));
        writer
            .taken()
            .iter()
            .filter(|taken| **taken != last)
            .count()
    };
    assert_eq!(take_all(&mut world, 50), SHELF_BURST as usize);
    assert_eq!(take_all(&mut world, 10), 0);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(take_all(&mut world, 10), 2);
    drop(reader);
    let reader = Reader::of(&mut world, &owner);
    assert_eq!(reader.attached(1), Some((0, 68)));
}

/// `Crawler` fetches for a hundred seconds, with a stranger in between who only wants to write once.
#[test]
fn however_many_bundles_are_fetched_a_shelf_keeps_its_pace_and_no_stranger_goes_away_with_nothing()
{
    let mut row = Row::of("A06");
    let (mut world, owner, reader) = stocked(90, Some(200));
    let last = Some(bundle(200));
    let fetched = |world: &mut World, takes: u64| {
        let mut writer = Writer::to(world, &owner);
        for _ in 0..takes {
            writer.takes(world);
        }
        settle(world, &mut [&mut writer]);
        writer.taken()
    };
    let (mut tried, mut one_time) = (0, 0);
    for _second in 0..100 {
        let crawled = fetched(&mut world, row.times(20, 99));
        let stranger = fetched(&mut world, 1);
        assert!(stranger[0].is_some(), "a stranger goes away with nothing");
        for taken in crawled.iter().chain(&stranger) {
            tried += 1;
            one_time += u64::from(*taken != last);
        }
        world.clock.advance(Duration::from_secs(1));
    }
    let pace = u64::from(SHELF_BURST) + 100 / SHELF_PACE_SECONDS;
    assert!(one_time <= pace, "{one_time} one-time bundles went");
    drop(reader);
    let reader = Reader::of(&mut world, &owner);
    assert_eq!(reader.attached(1), Some((0, 90 - one_time)));
    // Thirty seconds after it is over the next stranger gets one of them again.
    world.clock.advance(Duration::from_secs(SHELF_PACE_SECONDS));
    assert_ne!(fetched(&mut world, 1), [last]);
    row.tried(tried);
    row.figure(format!(
        "{tried} fetches in 100 s took {one_time} one-time bundles"
    ));
}

#[test]
fn a_shelf_holds_a_hundred_and_refuses_the_next_as_a_whole() {
    let (mut world, _owner, mut reader) = stocked(96, None);
    assert_eq!(shelved(&reader), Some(96));
    let five: Vec<_> = (200..205).map(bundle).collect();
    reader.shelve(&mut world, ShelfBefore::Kept, &five, Some(&bundle(250)));
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.refused(), Some(Reason::ShelfFull));
    reader.shelve(&mut world, ShelfBefore::Kept, &five[..4], None);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(shelved(&reader), Some(SHELF as u64));
}

#[test]
fn a_shelf_that_is_cleared_forgets_everything_that_lay_there() {
    let (mut world, owner, mut reader) = stocked(40, Some(200));
    reader.shelve(&mut world, ShelfBefore::Cleared, &[bundle(77)], None);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(shelved(&reader), Some(1));
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..2 {
        writer.takes(&mut world);
    }
    settle(&mut world, &mut [&mut writer]);
    assert_eq!(writer.taken(), [Some(bundle(77)), None]);
}

#[test]
fn a_shelf_ends_with_its_mailbox() {
    let (mut world, owner, mut reader) = stocked(3, Some(200));
    let mut writer = Writer::to(&mut world, &owner);
    reader.close(&mut world, 1);
    writer.takes(&mut world);
    settle(&mut world, &mut [&mut reader, &mut writer]);
    assert!(writer.taken().is_empty());
    assert_eq!(writer.closed, Some(partywall_ground::Close::NoSuchDrop));
}
