//! Non-interference: worlds that differ on one side are the same on the other. (P14, P15, P32, P33)
//! What is compared, and how: `House`, `View`. Low disk is left out: the disk is one, both wings are
//! told of it alike, and that is said to operators.

use partywall_row::Row;
use partywall_test_separation::many::pairs;
use partywall_test_separation::peer::trace::Mutation;
use partywall_test_separation::{House, Script, Side, pair};

/// P14, and the central test of the wall: all kinds of twins, everything compared, rate limits among it.
#[test]
fn whatever_people_do_the_business_wing_is_the_same_to_the_last_byte() {
    let mut row = Row::of("P14");
    let count = row.times(60, 10_000);
    let found = pairs(0..count, Side::Business, None, |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
    row.tried(count);
    row.figure(format!("{count} non-interference pairs, 0 differences"));
}

/// The converse of P14.
#[test]
fn whatever_businesses_and_customers_do_the_peer_wing_is_the_same_to_the_last_byte() {
    let mut row = Row::of("P14");
    let count = row.times(20, 1_000);
    let found = pairs(0..count, Side::Peer, None, |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
    row.tried(count);
    row.figure(format!("{count} converse pairs, 0 differences"));
}

/// Pairs whose twin is of one kind.
fn twins(kind: Mutation, count: u64) {
    let kinds = Mutation::ALL;
    let place = kinds.iter().position(|one| *one == kind);
    for seed in (place.unwrap() as u64..)
        .step_by(kinds.len())
        .take(usize::try_from(count).unwrap())
    {
        let found = pair(seed, Side::Business, None);
        assert_eq!(found.map(|found| found.to_string()), None);
    }
}

/// P15: exported bytes, in which turn they leave and how many at once are the same beside three times
/// as much to do.
#[test]
fn what_leaves_leaves_at_the_same_time_and_in_the_same_pieces_however_busy_people_are() {
    let mut row = Row::of("P15");
    let count = row.times(6, 1_000);
    twins(Mutation::Heavy, count);
    row.tried(count);
    row.figure(format!(
        "{count} pairs beside heavy load, 0 differences in time, size or order"
    ));
}

/// P33: ids, places and sequences are the same when the peer wing started anew in between, or never
/// had anybody in it.
#[test]
fn ids_and_numbers_are_the_same_whoever_came_before_in_the_other_wing() {
    let mut row = Row::of("P33");
    let count = row.times(4, 500);
    for kind in [Mutation::Crashing, Mutation::Silent] {
        twins(kind, count);
        row.tried(count);
    }
    row.figure(format!(
        "{} pairs with other starts, 0 differences in ids or numbers",
        2 * count
    ));
}

/// Worlds in which nothing happens would be the same, and would say nothing.
#[test]
fn the_worlds_are_busy_on_both_sides() {
    let (mut exported, mut mailboxes, mut conversations) = (0, 0, 0);
    for seed in 0..20 {
        let mut house = House::of(seed, None);
        house.lives(&Script::of(seed));
        exported += house.business_view().part("export").len();
        conversations += house.business_view().part("database: conversations").len();
        mailboxes += house.peer_view().part("database: mailboxes").len();
    }
    assert!(exported > 100, "{exported}");
    assert!(conversations > 30, "{conversations}");
    assert!(mailboxes > 30, "{mailboxes}");
}
