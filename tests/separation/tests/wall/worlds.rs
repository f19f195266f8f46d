//! Non-interference: worlds that differ on one side are the same on the other. (P14, P15, P32, P33)
//! What is compared, and how: `House`, `View`. Low disk is left out: the disk is one, both wings are
//! told of it alike, and that is said to operators.

use partywall_test_separation::many::pairs;
use partywall_test_separation::{House, Script, Side};

#[test]
fn whatever_people_do_the_business_wing_is_the_same_to_the_last_byte() {
    let found = pairs(0..200, Side::Business, None, |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
}

#[test]
fn whatever_businesses_and_customers_do_the_peer_wing_is_the_same_to_the_last_byte() {
    let found = pairs(0..60, Side::Peer, None, |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
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
