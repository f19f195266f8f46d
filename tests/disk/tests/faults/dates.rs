//! Somebody sets the date of the machine that the relay runs on. (X12)

use partywall_row::Row;
use partywall_test_disk::date::Date;
use partywall_test_disk::disk::until;
use partywall_test_disk::mailbox::{Mailbox, Reader};
use partywall_test_disk::relay::{Relay, Start};
use partywall_test_disk::town::Town;
use partywall_world::Dice;

use crate::{House, worlds};

/// Relays side by side, each with a date of its own.
const WORLDS: u64 = 4;

#[test]
fn whoever_sets_the_date_of_the_relays_machine_loses_nobody_a_letter() {
    let mut row = Row::of("X12");
    if Date::right_in(House::new().path("").as_path()).is_ok_and(|date| date.is_none()) {
        partywall_row::not_run("libfaketime, which is Debian's package faketime");
        return;
    }
    let times = row.times(8, 500);
    let all = worlds(WORLDS, (times, row.seed()), world);
    let sum = |of: fn(&(u64, u64)) -> u64| all.iter().map(of).sum::<u64>();
    row.tried(times);
    row.figure(format!(
        "{} jumps of a running relay's date, from 1970 to 2231, standing still or at another pace; {} letters accepted, 0 lost",
        sum(|each| each.0),
        sum(|each| each.1)
    ));
}

/// How often the date was set, and how many letters were accepted.
fn world(mut dice: Dice, times: u64) -> (u64, u64) {
    let house = House::new();
    let date = Date::right_in(&house.path("")).expect("the date is written down");
    let date = date.expect("the library is there");
    let starts = || Start::over(&house.data()).on(&date).begin()?.ready();
    let mut relay = starts().expect("the relay starts");
    let mut town = Town::of(&relay, 1, 2).expect("a mailbox is made");
    let mut set = 0;
    let mut jumps = |words: &str| {
        set += 1;
        date.is(words).expect("the date is set");
    };
    for _ in 0..times {
        let ended = town.write(&relay, 20, || jumps(&anything(&mut dice)));
        assert!(ended.is_empty(), "nobody is sent away: {ended:?}");
        // While somebody reads, the relay writes down that each new day has seen them, and looks what has expired.
        let reader = Reader::attach(&relay, Mailbox(1)).expect("the mailbox is there");
        for days in [far(&mut dice), -far(&mut dice), far(&mut dice)] {
            let before = commits(&relay);
            jumps(&format!("{days:+}d"));
            until("the relay notices the day", || commits(&relay) > before)
                .expect("its date was set");
        }
        drop(reader);
        if dice.below(4) == 0 {
            jumps(&format!("-{}d", far(&mut dice)));
            relay.kill();
            let said = starts().err().expect("it starts behind its own time");
            let last = said.lines().last().unwrap_or_default();
            assert_eq!(last.matches("set the clock").count(), 1, "{said}");
            jumps("+0");
            relay = starts().expect("the relay starts");
        }
        town.go_on(&relay, 1).expect("everybody has their mail");
    }
    jumps("+0");
    let judged = town.judged(&relay).expect("nothing is wrong");
    (set, judged.accepted)
}

fn commits(relay: &Relay) -> u64 {
    relay.commits().expect("the operator's page answers")
}

/// Days: two to twenty years.
fn far(dice: &mut Dice) -> i64 {
    let days = 730 + dice.below(18 * 365);
    i64::try_from(days).expect("it is small")
}

/// Any date that somebody may set, or that runs wrong: of those that Linux takes, from 1970 to 2232.
fn anything(dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => format!("+{}d", far(dice)),
        1 => format!("-{}d", far(dice)),
        // What a machine without a battery says.
        2 => "@1970-01-01 00:00:01".to_owned(),
        3 => format!("{}-01-31 12:00:00", 1970 + dice.below(262)),
        4 => "+0 x2".to_owned(),
        _ => "+0 x0.5".to_owned(),
    }
}
