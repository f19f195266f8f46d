//! Power that fails: what was never synced is gone, or there in part. (X04, X05)

use std::thread;

use partywall_row::Row;
use partywall_test_disk::disk::Disk;
use partywall_test_disk::power::{Journal, Lost, Reached};
use partywall_test_disk::relay::Start;
use partywall_test_disk::town::Town;
use partywall_test_histories::Judged;
use partywall_world::Dice;

use crate::{House, moment, worlds};

#[derive(Clone, Copy)]
enum Disks {
    /// Lose all that was not synced.
    Forget,
    /// Keep some writes, whichever they like.
    Reorder,
    /// Keep some sectors.
    Tear,
}

#[test]
fn when_the_power_fails_and_unsynced_writes_are_gone_nothing_that_was_accepted_is_lost() {
    let mut row = Row::of("X04");
    let (failures, seed) = (row.times(20, 1_000), row.seed());
    let worlds = worlds(2, (failures, seed), |dice, failures| {
        fails_again_and_again(dice, failures, &[Disks::Forget])
    });
    row.tried(failures);
    row.figure(told(&worlds, failures));
}

#[test]
fn when_the_power_fails_and_writes_were_torn_or_reordered_nothing_that_was_accepted_is_lost() {
    let mut row = Row::of("X05");
    let (failures, seed) = (row.times(20, 1_000), row.seed());
    let worlds = worlds(2, (failures, seed), |dice, failures| {
        fails_again_and_again(dice, failures, &[Disks::Reorder, Disks::Tear])
    });
    row.tried(failures);
    row.figure(told(&worlds, failures));
}

fn told(worlds: &[(Judged, Lost)], failures: u64) -> String {
    let accepted: u64 = worlds.iter().map(|(judged, _)| judged.accepted).sum();
    let unsynced: u64 = worlds.iter().map(|(_, lost)| lost.unsynced).sum();
    let reached: u64 = worlds.iter().map(|(_, lost)| lost.reached).sum();
    let gone = unsynced - reached;
    assert!(gone > 0, "nothing was ever unsynced: this shows nothing");
    format!(
        "{failures} power failures, {gone} unsynced writes gone, {reached} there in whole or in part; {accepted} letters accepted, 0 lost"
    )
}

fn fails_again_and_again(mut dice: Dice, failures: u64, disks: &[Disks]) -> (Judged, Lost) {
    let house = House::new();
    let data = house.data();
    let mut town = Town::of(&house.relay(), 2, 2).expect("mailboxes are made");
    let disk = Disk::prepare(house.path("").as_path()).expect("the shim is compiled");
    disk.pretend();
    let mut all = Lost::default();
    for (_, how) in (0..failures).zip(disks.iter().cycle()) {
        let journal = Journal::begin(&house.path("journal")).expect("a journal is begun");
        let begun = Start::over(&data).watched_by(&disk).noted_in(&journal);
        let begun = begun.begin().expect("a process starts");
        if dice.below(4) == 0 {
            thread::sleep(moment(&mut dice, 60));
            begun.kill();
        } else {
            let relay = begun
                .ready()
                .expect("it starts again after the power failed");
            assert!(disk.is_here(), "LD_PRELOAD has no effect here");
            let (at, when) = (relay.peer.clone(), moment(&mut dice, 40));
            let both = dice.below(2) == 0;
            town.live(
                &at,
                |mailbox| both || mailbox.0 == 1,
                || {
                    thread::sleep(when);
                    relay.kill();
                },
            );
        }
        let reached = match how {
            Disks::Forget => Reached::Nothing,
            Disks::Reorder => Reached::Some(&mut dice),
            Disks::Tear => Reached::Torn(&mut dice),
        };
        let lost = journal.lose(&data, reached).expect("the power fails");
        all.unsynced += lost.unsynced;
        all.reached += lost.reached;
    }
    let judged = town.judged(&house.relay()).expect("nothing is wrong");
    (judged, all)
}
