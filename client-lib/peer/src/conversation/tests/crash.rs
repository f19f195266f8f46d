//! Engines die at random, before and after commits, and everything still arrives, once and in order.
//! Knows: what is promised. Never knows: how it is done. (SPEC C-2, C-3)

use std::collections::BTreeSet;

use partywall_row::Row;

use super::street::Street;
use crate::event::EventKind;

#[test]
fn whatever_step_dies_nothing_is_lost_doubled_or_out_of_order() {
    let mut row = Row::of("B11");
    let (mut crashes, wanted) = (0, row.times(60, 10_000));
    for seed in row.seed().. {
        if crashes >= wanted {
            break;
        }
        let mut street = Street::with_friends(200 + seed);
        let before = street.relay.seen.len();
        street.crash_odds = Some(7);
        let texts = |who: &str| -> Vec<String> { (0..12).map(|n| format!("{who} {n}")).collect() };
        for (from_alice, from_bob) in texts("alice").iter().zip(&texts("bob")) {
            street.insists("alice", "bob", from_alice);
            street.insists("bob", "alice", from_bob);
        }
        street.waits(8);
        crashes += street.crashes;
        street.crash_odds = None;
        street.opens("alice");
        street.opens("bob");
        street.settles();
        assert_eq!(street.texts("alice"), texts("bob"));
        assert_eq!(street.texts("bob"), texts("alice"));
        for who in ["alice", "bob"] {
            let mut ids = BTreeSet::new();
            for (_, kind) in street.events(who) {
                match kind {
                    EventKind::Message { id, late, .. } => assert!(ids.insert(id) && !late),
                    EventKind::NewContact { .. } | EventKind::Confirmed { .. } => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(street.relay.waiting(), 0, "everything was acknowledged");
        // Every two envelopes that differ have another r, and with it another key for their bodies.
        let sealed: BTreeSet<&Vec<u8>> = street.relay.seen[before..].iter().collect();
        let drawn: BTreeSet<&[u8]> = sealed.iter().map(|envelope| &envelope[..24]).collect();
        assert_eq!(drawn.len(), sealed.len());
    }
    row.tried(crashes);
    row.figure(format!(
        "{crashes} engines died, no number of a chain was used twice"
    ));
}

#[test]
fn first_contact_survives_crashes_on_both_sides() {
    for seed in 0..4 {
        let mut street = Street::with_seed(300 + seed);
        street.opens("alice");
        street.opens("bob");
        let link = street.invites("alice", "bob", false).unwrap();
        street.goes_offline("alice");
        street.adds("bob", &link, "alice").unwrap();
        street.crash_odds = Some(4);
        for number in 0..6 {
            street.insists("bob", "alice", &number.to_string());
        }
        street.people.get_mut("alice").unwrap().offline = false;
        street.opens("alice");
        street.waits(10);
        street.crash_odds = None;
        street.opens("alice");
        street.opens("bob");
        street.settles();
        assert_eq!(street.texts("alice"), ["0", "1", "2", "3", "4", "5"]);
        assert!(street.card("alice", "bob").confirmed && street.card("bob", "alice").confirmed);
        street.says("alice", "bob", "all there").unwrap();
        assert_eq!(street.texts("bob"), ["all there"]);
    }
}
