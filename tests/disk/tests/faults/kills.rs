//! `kill -9`, whenever. (X01)

use std::thread;

use partywall_row::Row;
use partywall_test_disk::relay::Start;
use partywall_test_disk::town::Town;
use partywall_test_histories::Judged;
use partywall_world::Dice;

use crate::{House, moment, worlds};

#[test]
fn whenever_the_relay_is_killed_nothing_that_it_accepted_is_lost_doubled_or_out_of_order() {
    let mut row = Row::of("X01");
    let (kills, seed) = (row.times(60, 10_000), row.seed());
    let judged = worlds(4, (kills, seed), killed_again_and_again);
    row.tried(kills);
    let accepted: u64 = judged.iter().map(|judged| judged.accepted).sum();
    row.figure(format!(
        "{kills} kills, {accepted} letters accepted, 0 lost, doubled or out of order"
    ));
}

fn killed_again_and_again(mut dice: Dice, kills: u64) -> Judged {
    let house = House::new();
    let data = house.data();
    let mut town = Town::of(&house.relay(), 2, 2).expect("mailboxes are made");
    for number in 0..kills {
        if number % 40 == 39 {
            // Who is read seldom is read to the end now and then, before that mailbox is full.
            let readers = town.go_on(&house.relay(), 0);
            readers.expect("readers are served");
        }
        let begun = Start::over(&data).begin().expect("a process starts");
        if dice.below(4) == 0 {
            // While it starts, most of the time.
            thread::sleep(moment(&mut dice, 60));
            begun.kill();
            continue;
        }
        let relay = begun.ready().expect("it starts again after a kill");
        let at = relay.peer.clone();
        let both = dice.below(4) == 0;
        let (when, reads) = (moment(&mut dice, 60), |mailbox| both || mailbox == FIRST);
        town.live(&at, reads, || {
            thread::sleep(when);
            relay.kill();
        });
    }
    town.judged(&house.relay()).expect("nothing is wrong")
}

const FIRST: partywall_test_disk::mailbox::Mailbox = partywall_test_disk::mailbox::Mailbox(1);
