//! Non-interference: worlds that differ on one side are the same on the other. (P14, P15, P32, P33)

use partywall_test_separation::many::pairs;
use partywall_test_separation::{House, Script, Side};

#[test]
fn look() {
    let seed = std::env::var("SEED")
        .map(|s| s.parse().unwrap())
        .unwrap_or(1);
    let script = Script::of(seed);
    let mut house = House::of(seed, None);
    house.lives(&script);
    for view in [house.business_view(), house.peer_view()] {
        for (part, lines) in view.sizes() {
            println!("{part}: {lines}");
        }
        println!("{:?} {:?}", view.part("metrics"), view.part("gate"));
        println!("{:#?}", view.part("operator"));
        println!("{:?}", view.part("export: turns"));
        println!("{:#?}", view.part("connection 4: answers"));
    }
}

#[test]
fn whatever_people_do_the_business_wing_is_the_same_to_the_last_byte() {
    let found = pairs(0..40, Side::Business, None, |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
}

#[test]
fn whatever_businesses_and_customers_do_the_peer_wing_is_the_same_to_the_last_byte() {
    let found = pairs(0..20, Side::Peer, None, |_| {});
    assert_eq!(found.map(|found| found.to_string()), None);
}
