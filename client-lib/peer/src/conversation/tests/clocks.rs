//! The date of the machine jumps by years, runs backwards, stands still; nothing is lost by it. (SPEC C-2, C-4, S-8)
//! Knows: what is promised. Never knows: how it is done.

use std::time::Duration;

use partywall_row::Row;
use partywall_world::{Clock, Wall};

use super::street::Street;
use super::witness::Witness;
use crate::event::EventKind;

const YEAR: u64 = 365 * 86_400;
const DAY: u64 = 86_400;
/// When everything is written that is written at the right date.
const TRUTH: u64 = 1_800_000_000;

#[test]
fn however_the_date_jumps_messages_are_surfaced_once_in_order_and_known_to_be_delivered() {
    let mut row = Row::of("X12");
    for seed in 0..row.times(4, 100) {
        let mut street = Street::with_friends(11_000 + row.seed() * 1_000 + seed);
        let mut witness = Witness::default();
        for round in 0..8 {
            let far = street.draws(20 * YEAR);
            let wall = match street.draws(4) {
                0 => TRUTH + far,
                1 => TRUTH - far,
                2 => TRUTH,
                _ => 0,
            };
            street.clock.set_wall(Wall::from_seconds(wall));
            row.tried(1);
            // Sometimes nobody reads meanwhile.
            if round % 3 == 0 {
                street.goes_offline("bob");
            }
            witness.says(&mut street, "alice", "bob");
            witness.says(&mut street, "bob", "alice");
            street.waits(2);
            if round % 3 == 2 {
                street.comes_online("bob");
            }
        }
        street.clock.set_wall(Wall::from_seconds(TRUTH));
        street.comes_online("bob");
        street.settles();
        for who in ["alice", "bob"] {
            witness.reads(&mut street, who, true);
        }
        // A wrong date may have had a message taken for expired: what became of it is put right.
        let expired = |kind: &EventKind| matches!(kind, EventKind::Expired { .. });
        assert!(witness.odd.iter().all(|(_, kind)| expired(kind)));
        let said = witness.said();
        let judged = witness.ends(&mut street);
        assert_eq!((judged.accepted, judged.surfaced), (said, said));
    }
}

#[test]
fn after_a_date_that_ran_ahead_was_put_right_keys_die_in_their_days_as_ever() {
    let mut row = Row::of("X12");
    let mut street = Street::with_friends(12_000);
    let truth = street.clock.wall();
    street
        .clock
        .set_wall(truth + Duration::from_secs(10 * YEAR));
    street.waits(1);
    street.clock.set_wall(truth);
    street.relay.faults.lost = 100;
    street.says("alice", "bob", "withheld").unwrap();
    street.relay.faults.lost = 0;
    let withheld = street.relay.seen.last().unwrap().clone();
    let to_bob = street.people["alice"].newest_capability();
    street.says("alice", "bob", "arrived").unwrap();
    for _ in 0..39 {
        street.clock.advance(Duration::from_secs(DAY));
        street.waits(1);
        row.tried(1);
    }
    assert!(street.relay.deposit(&to_bob, &withheld));
    street.settles();
    assert_eq!(street.texts("bob"), ["arrived"]);
}
