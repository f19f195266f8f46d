//! Writes that find no room, and writes that end in the middle. (X07)

use std::thread;

use partywall_ground::Close;
use partywall_row::Row;
use partywall_test_disk::disk::{Disk, Writes, until};
use partywall_test_disk::relay::{Relay, Start};
use partywall_test_disk::town::Town;
use partywall_world::Dice;

use crate::{House, moment, worlds};

#[test]
fn what_a_full_disk_does_not_take_is_refused_and_the_relay_goes_on_by_itself_when_there_is_room() {
    let mut row = Row::of("X07");
    let (faults, seed) = (row.times(12, 1_000), row.seed());
    let worlds = worlds(2, (faults, seed), no_room_again_and_again);
    row.tried(faults);
    let accepted: u64 = worlds.iter().map(|world| world.0).sum();
    let cut_short: u64 = worlds.iter().map(|world| world.1).sum();
    row.figure(format!(
        "{faults} times no room or writes in halves, {cut_short} writes cut short; {accepted} letters accepted, 0 lost"
    ));
}

/// Letters accepted, writes cut short.
fn no_room_again_and_again(mut dice: Dice, faults: u64) -> (u64, u64) {
    let house = House::new();
    let data = house.data();
    drop(house.relay());
    let disk = Disk::prepare(house.path("").as_path()).expect("the shim is compiled");
    let start = || -> Relay {
        let start = Start::over(&data).watched_by(&disk);
        let begun = start.begin().expect("a process starts");
        begun.ready().expect("it starts")
    };
    let mut relay = start();
    let mut town = Town::of(&relay, 2, 2).expect("mailboxes are made");
    let hows = [Writes::NoRoom, Writes::HalfThenNoRoom, Writes::Halves];
    for (fault, how) in (0..faults).zip(hows.into_iter().cycle()) {
        let (at, when, before) = (relay.peer.clone(), moment(&mut dice, 20), disk.cut_short());
        let letters = if how == Writes::Halves { 30 } else { 100_000 };
        let ended = town.write(&at, letters, || {
            thread::sleep(when);
            disk.writes(how);
        });
        until("a write is cut short", || disk.cut_short() > before).expect("the disk is full");
        if how != Writes::Halves {
            assert!(
                ended.iter().all(|code| *code == Some(Close::NoRoom.code())),
                "each writer is told why: {ended:?}"
            );
        }
        if fault % 5 == 4 {
            relay.kill();
            disk.writes(Writes::Whole);
            relay = start();
        }
        disk.writes(Writes::Whole);
        town.go_on(&relay, 3)
            .expect("it goes on when there is room");
    }
    let judged = town.judged(&relay).expect("nothing is wrong");
    (judged.accepted, disk.cut_short())
}
