//! Crowds: all come back at once, one never takes anything, everybody wants more than there is. (X15, X17)

use std::thread;

use partywall_ground::Close;
use partywall_row::Row;
use partywall_test_disk::disk::PATIENCE;
use partywall_test_disk::mailbox::{Mailbox, Reader};
use partywall_test_disk::relay::Start;
use partywall_test_disk::town::{Author, Town};
use partywall_world::{Clock, SystemClock};

use crate::House;

const HANDS: usize = 32;

#[test]
fn after_a_restart_everybody_comes_back_at_once_and_has_their_mail_within_thirty_seconds() {
    let mut row = Row::of("X15");
    let people = u16::try_from(row.times(600, 10_000)).expect("so many mailboxes");
    let house = House::new();
    let data = house.data();
    let most = (u64::from(people) + 400).to_string();
    let many = ["--max-connections", &*most, "--only", "peer"];
    let start = || {
        let begun = Start::over(&data).with(&many).begin();
        begun.expect("a process starts").ready().expect("it starts")
    };
    let relay = start();
    let all: Vec<u16> = (1..=people).collect();
    // Everybody has a mailbox, holds a connection, and has one letter that they have not read.
    let held = side_by_side(&all, |mailbox| {
        let reader = Reader::create(&relay, mailbox).expect("a mailbox is made");
        let mut author = Author::new(mailbox, mailbox.0.into());
        author.write(&relay, 1).expect("a letter is accepted");
        reader
    });
    relay.kill();
    drop(held);
    let relay = start();
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    let back = side_by_side(&all, |mailbox| {
        let mut reader = Reader::attach(&relay, mailbox).expect("everybody comes in");
        reader.collect(1).expect("everybody has their letter");
        assert_eq!(reader.delivered, [(mailbox.0.into(), 1)]);
        reader
    });
    let took = clock.monotonic().since(begin);
    assert_eq!(back.len(), all.len());
    // A bound that the catalogue names; nothing here waits for the clock.
    assert!(took < PATIENCE, "{took:?}");
    row.tried(people.into());
    row.figure(format!(
        "{people} readers, {HANDS} at a time, all back with their mail after {:.1} s; 0 lost",
        took.as_secs_f64()
    ));
}

/// Does it for everybody, some at a time.
fn side_by_side<T: Send>(all: &[u16], each: impl Fn(Mailbox) -> T + Sync) -> Vec<T> {
    let share = all.len().div_ceil(HANDS);
    thread::scope(|scope| {
        let hands: Vec<_> = all
            .chunks(share)
            .map(|some| {
                let each = &each;
                let work = move || some.iter().map(|number| each(Mailbox(*number))).collect();
                scope.spawn(work)
            })
            .collect();
        let done = hands
            .into_iter()
            .flat_map(|hand| -> Vec<T> { hand.join().expect("nothing is wrong with anybody") });
        done.collect()
    })
}

/// Letters that a mailbox may hold here, and how many times as many come.
const QUOTA: u32 = 100;
const TIMES: u32 = 10;

#[test]
fn ten_times_what_there_is_room_for_is_refused_with_a_reason_and_the_rest_is_kept() {
    let mut row = Row::of("X17");
    let rounds = row.times(3, 100);
    let house = House::new();
    let data = house.data();
    drop(house.relay());
    let little = ["--quota-envelopes", "100"];
    let begun = Start::over(&data).with(&little).begin();
    let relay = begun.expect("a process starts").ready().expect("it starts");
    let mut town = Town::of(&relay, 3, 4).expect("mailboxes are made");
    for _ in 0..rounds {
        let ended = town.write(&relay, QUOTA * TIMES, || {});
        assert_eq!(ended.len(), town.authors.len(), "nobody leaves all of it");
        let full = Some(Close::Full.code());
        assert!(ended.iter().all(|code| *code == full), "{ended:?}");
        town.go_on(&relay, 0).expect("readers are served");
    }
    let judged = town.judged(&relay).expect("nothing is wrong");
    row.tried(rounds * u64::from(QUOTA * TIMES) * town.authors.len() as u64);
    row.figure(format!(
        "{} letters accepted and read, all others refused as `full`",
        judged.accepted
    ));
}
