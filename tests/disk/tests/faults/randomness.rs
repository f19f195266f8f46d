//! An operating system without randomness. (X24)

use partywall_row::Row;
use partywall_test_disk::disk::Disk;
use partywall_test_disk::relay::Start;
use partywall_test_disk::town::Town;

use crate::House;

#[test]
fn without_randomness_the_relay_does_not_start_and_touches_nothing() {
    let mut row = Row::of("X24");
    let house = House::new();
    let data = house.data();
    let disk = Disk::prepare(house.path("").as_path()).expect("the shim is compiled");
    let mut town = Town::of(&house.relay(), 1, 1).expect("a mailbox is made");
    for _ in 0..row.times(3, 100) {
        let start = Start::over(&data).watched_by(&disk).without_randomness();
        let said = start.begin().expect("a process starts").ready().err();
        assert!(disk.is_here(), "LD_PRELOAD has no effect here");
        let said = said.expect("it starts without randomness");
        assert!(
            said.contains("the operating system gave no randomness"),
            "one sentence says so: {said}"
        );
        assert_eq!(disk.now(), 0, "nothing was written");
        row.tried(1);
        town.go_on(&house.relay(), 1).expect("it starts with it");
    }
    town.verdict().expect("nothing is wrong");
}
