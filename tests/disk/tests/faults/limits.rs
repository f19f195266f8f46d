//! Too little memory, too few files. (X09, X10)

use std::net::TcpStream;
use std::thread;

use partywall_row::Row;
use partywall_test_disk::line::Line;
use partywall_test_disk::mailbox::{Mailbox, Reader};
use partywall_test_disk::relay::Start;
use partywall_test_disk::town::Town;
use partywall_world::Dice;

use crate::House;

/// Kibibytes of address space: with the first it does not start, with the second it does.
const CAPS: [u64; 2] = [8_000, 400_000];

fn under(cap: u64) -> String {
    format!("ulimit -v {cap}")
}

/// The least address space with which it starts, about.
fn least_that_starts(house: &House) -> u64 {
    let [mut low, mut high] = CAPS;
    while high - low > 2_000 {
        let middle = u64::midpoint(low, high);
        let begun = Start::over(&house.data()).under(&under(middle)).begin();
        match begun.is_ok_and(|begun| begun.ready_within_patience().is_ok()) {
            true => high = middle,
            false => low = middle,
        }
    }
    high
}

#[test]
fn whenever_memory_runs_out_nothing_that_was_accepted_is_lost_and_the_next_start_is_sound() {
    let mut row = Row::of("X09");
    let (times, mut dice) = (row.times(18, 240), Dice::seeded(row.seed()));
    let house = House::new();
    let data = house.data();
    let mut town = Town::of(&house.relay(), 4, 3).expect("mailboxes are made");
    // It varies from start to start.
    let least = least_that_starts(&house).min(least_that_starts(&house));
    let (mut refused, mut died, mut caps) = (0, 0, 0);
    // Which cap is met at work differs from run to run: it goes on until one was.
    while caps < times || (died == 0 && caps < 10 * times) {
        // In turn what does not suffice to start, and what suffices for some work.
        let percent = match caps % 3 {
            0 => 20 + dice.below(60),
            1 => 100 + dice.below(40),
            _ => 140 + dice.below(110),
        };
        let cap = least * percent / 100;
        caps += 1;
        let begun = Start::over(&data).under(&under(cap)).begin();
        match begun.expect("a process starts").ready_within_patience() {
            Err(_) => refused += 1,
            Ok(mut relay) => {
                for author in &mut town.authors {
                    author.size = 65_536;
                }
                town.write(&relay, 20, || {});
                died += u64::from(relay.is_gone());
            }
        }
        let relay = house.starts().expect("the next start is sound");
        town.go_on(&relay, 0).expect("readers are served");
    }
    assert!(
        refused > 0 && died > 0,
        "of {caps} caps around {least} KiB {refused} did not start, {died} died"
    );
    let judged = town.judged(&house.relay()).expect("nothing is wrong");
    row.tried(caps);
    row.figure(format!(
        "{caps} caps around the {least} KiB that it needs to start: {refused} did not start, {died} died at work; {} letters accepted, 0 lost",
        judged.accepted
    ));
}

/// Open files that the process may have, and connections that come: no more than wait at a listener for their turn.
const FILES: usize = 64;
const VISITORS: usize = 150;

#[test]
fn when_files_run_out_those_inside_are_served_and_when_some_leave_others_come_in() {
    let mut row = Row::of("X10");
    let times = row.times(2, 100);
    let house = House::new();
    let data = house.data();
    let mut town = Town::of(&house.relay(), 1, 2).expect("a mailbox is made");
    let limit = format!("ulimit -n {FILES}");
    let begun = Start::over(&data).under(&limit).begin();
    let relay = begun.expect("a process starts").ready();
    let relay = relay.expect("it starts with few files");
    for _ in 0..times {
        let mut inside = Reader::attach(&relay, Mailbox(1)).expect("there is room for one");
        let crowd: Vec<_> = (0..VISITORS)
            .filter_map(|_| TcpStream::connect(&relay.peer).ok())
            .collect();
        assert!(crowd.len() > FILES, "more came than there are files");
        // Whoever is inside is served, though nobody else can come in.
        inside.is_heard().expect("those inside are served");
        assert!(
            nobody_comes_in(&relay.peer),
            "there are fewer files than connections"
        );
        inside.is_heard().expect("those inside are served");
        drop((crowd, inside));
        town.go_on(&relay, 3).expect("others come in");
    }
    let judged = town.judged(&relay).expect("nothing is wrong");
    row.tried(times * VISITORS as u64);
    row.figure(format!(
        "{VISITORS} connections to a process with {FILES} files, {times} times; {} letters accepted, 0 lost",
        judged.accepted
    ));
}

/// Whether a connection that comes now is not greeted while one that is inside is served.
fn nobody_comes_in(at: &str) -> bool {
    let at = at.to_owned();
    let comes = thread::spawn(move || Line::open(&at, "/v1/collect").is_ok());
    thread::sleep(std::time::Duration::from_millis(200));
    !comes.is_finished()
}
