//! Another program has the database open: it reads for long, or keeps a lock. (X27)

use std::thread;
use std::time::Duration;

use partywall_row::Row;
use partywall_store::Place;
use partywall_test_disk::town::Town;
use partywall_world::Dice;

use crate::{House, moment};

#[test]
fn while_another_program_reads_for_long_or_locks_the_database_everything_accepted_is_kept() {
    let mut row = Row::of("X27");
    let (times, mut dice) = (row.times(2, 200), Dice::seeded(row.seed()));
    let house = House::new();
    let relay = house.relay();
    let mut town = Town::of(&relay, 2, 2).expect("mailboxes are made");
    let place = Place::file(house.data().join("peer.db"));
    for _ in 0..times {
        let outsider = place.look().expect("another program opens it");
        // A reader that began before everything that follows: the log cannot be emptied.
        let reads = "BEGIN; SELECT COUNT(*) FROM envelopes";
        outsider.execute_batch(reads).expect("it reads");
        town.go_on(&relay, 20)
            .expect("the relay goes on beside a reader");
        outsider.execute_batch("COMMIT").expect("it has read");
        // A storm of locks, each shorter than the relay's patience.
        let pauses = [(); 5].map(|()| (moment(&mut dice, 60), moment(&mut dice, 150)));
        let ended = town.write(&relay, 1_000, || {
            for (open, locked) in pauses {
                thread::sleep(open);
                while outsider.execute_batch("BEGIN IMMEDIATE").is_err() {
                    thread::sleep(Duration::from_millis(1));
                }
                thread::sleep(Duration::from_millis(50) + locked);
                outsider.execute_batch("COMMIT").expect("it lets go");
            }
        });
        assert!(ended.is_empty(), "nobody is sent away: {ended:?}");
    }
    let judged = town.judged(&relay).expect("nothing is wrong");
    row.tried(times * 6);
    row.figure(format!(
        "{times} long readers, {} locks; {} letters accepted, 0 lost",
        times * 5,
        judged.accepted
    ));
}
