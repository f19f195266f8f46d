//! Two relays and one folder; one that sleeps. (X22, X23)

use std::thread;
use std::time::Duration;

use partywall_row::Row;
use partywall_test_disk::relay::{Relay, Start};
use partywall_test_disk::town::Town;
use partywall_world::Dice;

use crate::{House, moment};

/// What the second says.
const IN_USE: &str = "another relay is running on";

fn is_refused(house: &House) {
    let data = house.data();
    let second = Start::over(&data).begin().expect("a process starts");
    let said = second.ready().map(Relay::kill);
    let said = said.expect_err("a second relay is in the folder");
    assert!(said.contains(IN_USE), "{said}");
}

#[test]
fn a_second_relay_in_the_folder_is_refused_and_the_first_goes_on() {
    let mut row = Row::of("X22");
    let times = row.times(5, 200);
    let house = House::new();
    let relay = house.relay();
    let mut town = Town::of(&relay, 2, 2).expect("mailboxes are made");
    for _ in 0..times {
        is_refused(&house);
        town.go_on(&relay, 2).expect("the first goes on");
    }
    relay.kill();
    // And whoever comes when it is gone is not kept out by what it left.
    let judged = town.judged(&house.relay()).expect("nothing is wrong");
    row.tried(times);
    row.figure(format!(
        "{} letters accepted meanwhile, 0 lost",
        judged.accepted
    ));
}

#[test]
fn a_relay_that_sleeps_keeps_its_folder_and_goes_on_where_it_stopped() {
    let mut row = Row::of("X23");
    let (times, mut dice) = (row.times(4, 60), Dice::seeded(row.seed()));
    let house = House::new();
    let relay = house.relay();
    let mut town = Town::of(&relay, 2, 2).expect("mailboxes are made");
    let mut asleep = Duration::ZERO;
    for time in 0..times {
        let sleeps = match time % 20 {
            19 => Duration::from_secs(25),
            _ => Duration::from_millis(300) + moment(&mut dice, 700),
        };
        let when = moment(&mut dice, 30);
        let ended = town.write(&relay, 300, || {
            thread::sleep(when);
            relay.signal("STOP").expect("it is put to sleep");
            is_refused(&house);
            thread::sleep(sleeps);
            relay.signal("CONT").expect("it is woken");
        });
        assert!(ended.is_empty(), "nobody is sent away: {ended:?}");
        asleep += sleeps;
        town.go_on(&relay, 1).expect("it goes on");
    }
    let judged = town.judged(&relay).expect("nothing is wrong");
    row.tried(times);
    row.figure(format!(
        "asleep {times} times, {} s in all; {} letters accepted, 0 lost",
        asleep.as_secs(),
        judged.accepted
    ));
}
