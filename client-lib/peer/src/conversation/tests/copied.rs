//! `Thief` of a whole store, passphrase included: what was read stays closed, who speaks from it is noticed, and
//! what was archived ends. (SPEC S-12, C-7, §4.5)
//! Knows: what is promised; what lies in a store. Never knows: how it is done.

use std::time::Duration;

use partywall_ground::{Day, Peer};
use partywall_row::Row;
use partywall_session::Session;
use partywall_world::Dice;

use super::street::Street;
use super::thief::rows;
use crate::conversation::content::Content;
use crate::desk::Order;
use crate::event::EventKind;
use crate::store::Table;

/// The sessions in somebody's store.
fn stolen(street: &mut Street, who: &'static str) -> Vec<Session<Peer>> {
    let all = rows(street, who, Table::Session).into_iter();
    all.map(|plain| Session::from_bytes(&plain).unwrap())
        .collect()
}

fn is_rolled_back(kind: &EventKind) -> bool {
    matches!(kind, EventKind::RolledBack { .. })
}

#[test]
fn a_stolen_store_opens_nothing_that_was_read_and_what_was_withheld() {
    let mut row = Row::of("B18");
    let mut street = Street::with_friends(70);
    for number in 0..row.times(30, 300) {
        street.says("alice", "bob", &format!("a {number}")).unwrap();
        street.says("bob", "alice", &format!("b {number}")).unwrap();
    }
    street.settles();
    let read = street.relay.seen.clone();
    // One is on its way, and the next one arrives.
    street.relay.faults.lost = 100;
    street.says("alice", "bob", "withheld").unwrap();
    street.relay.faults.lost = 0;
    let withheld = street.relay.seen.last().unwrap().clone();
    street.says("alice", "bob", "arrived").unwrap();
    street.settles();
    let today = Day::new(20_833);
    for mut session in stolen(&mut street, "bob") {
        for envelope in &read {
            assert!(session.open(envelope, today).is_err());
            row.tried(1);
        }
        let opened = session.open(&withheld, today).unwrap();
        let content = Content::from_bytes(&opened.content).unwrap();
        assert_eq!(content.text.as_deref(), Some("withheld"), "the control");
    }
}

/// Two people without receipts, of whom the one that is named spoke last; and a thief with a copy of Alice's store.
fn with_a_thief(seed: u64, last: &'static str) -> Street {
    let mut street = Street::with_friends(seed);
    street.settles();
    for who in ["alice", "bob"] {
        street.asks(who, |reply| Order::SetReceipts { on: false, reply });
    }
    let first = if last == "alice" { "bob" } else { "alice" };
    for who in [first, last] {
        let to = if who == "alice" { "bob" } else { "alice" };
        street.says(who, to, "known").unwrap();
    }
    street.settles();
    let copy = street.copies("alice");
    std::fs::copy(copy, street.path("thief")).unwrap();
    street.opens("thief");
    street.says("thief", "bob", "send money").unwrap();
    street.dies("thief");
    assert_eq!(street.texts("bob").last().unwrap(), "send money");
    assert!(!street.was_told("alice", is_rolled_back));
    street
}

#[test]
fn who_speaks_from_a_copied_store_is_noticed_by_the_next_answer() {
    let mut row = Row::of("B12");
    for seed in 0..row.times(3, 100) {
        let mut street = with_a_thief(7_100 + row.seed() + seed, "alice");
        // One answer of Bob's shows a number that Alice never used.
        street.says("bob", "alice", "how much?").unwrap();
        assert!(
            street.was_told("alice", is_rolled_back),
            "the clone is noticed"
        );
        row.tried(1);
        // And she begins anew, with keys that the copy does not have.
        street.settles();
        street.says("alice", "bob", "that was not me").unwrap();
        street.settles();
        assert_eq!(street.texts("bob").last().unwrap(), "that was not me");
        let later = street.relay.seen.len();
        for number in 0..5 {
            street.says("alice", "bob", &format!("a {number}")).unwrap();
            street.says("bob", "alice", &format!("b {number}")).unwrap();
        }
        street.settles();
        let copied = stolen(&mut street, "thief");
        let today = Day::new(20_833);
        for mut session in copied {
            for envelope in &street.relay.seen[later..] {
                assert!(session.open(envelope, today).is_err());
                row.tried(1);
            }
        }
    }
}

#[test]
fn who_takes_a_turn_in_a_copied_store_shows_by_what_no_longer_opens() {
    let mut row = Row::of("B12");
    for seed in 0..row.times(3, 100) {
        let mut street = with_a_thief(7_500 + row.seed() + seed, "bob");
        // Bob answers the thief's turn: Alice is told that she gets what she cannot open.
        street.says("bob", "alice", "how much?").unwrap();
        let aside = |kind: &EventKind| matches!(kind, EventKind::Quarantined { .. });
        assert!(street.was_told("alice", aside), "something is wrong");
        row.tried(1);
    }
    row.figure("told within one round trip: that the store is an older copy, or, after a turn, that mail does not open");
}

/// What a thief says in a session of Alice's that he has.
fn forged(session: &mut Session<Peer>, sequence: u64, text: &str) -> Vec<u8> {
    let mut content = Content::bare(sequence, 1_800_000_000_000, 0);
    content.text = Some(text.to_owned());
    let mut dice = Dice::seeded(sequence);
    session.seal(&content.to_bytes(), &mut dice).unwrap()
}

#[test]
fn nobody_speaks_in_an_archived_session_after_its_days() {
    let mut row = Row::of("B13");
    let mut street = Street::with_friends(72);
    let copy = street.copies("alice");
    for number in 0..3 {
        street.says("bob", "alice", &format!("b {number}")).unwrap();
        street.says("alice", "bob", &format!("a {number}")).unwrap();
    }
    street.settles();
    let mut archived = stolen(&mut street, "alice").remove(0);
    street.restores("alice", &copy);
    street.says("alice", "bob", "in the new session").unwrap();
    street.settles();
    assert_eq!(street.texts("bob").last().unwrap(), "in the new session");
    let to_bob = street.people["alice"].newest_capability();
    // The control: for its days it still opens what was on its way.
    let in_time = forged(&mut archived, 1, "in time");
    assert!(street.relay.deposit(&to_bob, &in_time));
    street.settles();
    assert_eq!(street.texts("bob").last().unwrap(), "in time");
    let sessions = rows(&mut street, "bob", Table::Session).len();
    street.clock.advance(Duration::from_secs(38 * 86_400));
    street.waits(1);
    assert!(rows(&mut street, "bob", Table::Session).len() < sessions);
    for number in 2..102 {
        let late = forged(&mut archived, number, "after its days");
        assert!(street.relay.deposit(&to_bob, &late));
        row.tried(1);
    }
    street.settles();
    let texts = street.texts("bob");
    assert!(!texts.iter().any(|text| text == "after its days"));
    street.says("alice", "bob", "still the same").unwrap();
    assert_eq!(street.texts("bob").last().unwrap(), "still the same");
}
