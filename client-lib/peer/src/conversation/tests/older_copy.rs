//! A store that was restored from an older copy is noticed and never seals with an old key again. (SPEC C-7, C-8)
//! Knows: what is promised. Never knows: how it is done.

use super::street::Street;
use crate::desk::Order;
use crate::error::SayError;
use crate::event::EventKind;
use crate::message::State;

fn is_rolled_back(kind: &EventKind) -> bool {
    matches!(kind, EventKind::RolledBack { .. })
}

fn is_kept_aside(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Quarantined { .. })
}

#[test]
fn an_older_copy_is_noticed_by_the_relays_count_and_begins_anew() {
    let mut street = Street::with_friends(30);
    let copy = street.copies("alice");
    for number in 0..4 {
        street
            .says("bob", "alice", &format!("to be lost {number}"))
            .unwrap();
        street
            .says("alice", "bob", &format!("said {number}"))
            .unwrap();
    }
    street.settles();
    street.restores("alice", &copy);
    assert!(street.was_told("alice", is_rolled_back));
    street.says("alice", "bob", "from the copy").unwrap();
    street.says("bob", "alice", "welcome back").unwrap();
    street.settles();
    let texts = street.texts("bob");
    assert_eq!(texts.last().unwrap(), "from the copy");
    assert_eq!(street.texts("alice").last().unwrap(), "welcome back");
    // A key used twice would be a message that Bob cannot open.
    assert!(!street.was_told("bob", is_kept_aside));
    assert!(!street.card("alice", "bob").rolled_back);
}

#[test]
fn an_older_copy_is_noticed_by_what_the_peer_has_seen_even_if_the_relay_lies() {
    let mut street = Street::with_friends(31);
    let copy = street.copies("alice");
    for number in 0..3 {
        street
            .says("alice", "bob", &format!("said {number}"))
            .unwrap();
    }
    street.settles();
    for mailbox in street.relay.mailboxes.values_mut() {
        mailbox.forget_acks();
    }
    street.restores("alice", &copy);
    assert!(!street.was_told("alice", is_rolled_back));
    street.says("bob", "alice", "I saw three").unwrap();
    assert!(street.was_told("alice", is_rolled_back));
    street.says("alice", "bob", "from the copy").unwrap();
    street.settles();
    assert_eq!(street.texts("bob").last().unwrap(), "from the copy");
    assert!(!street.was_told("bob", is_kept_aside));
}

#[test]
fn an_older_copy_without_a_renewal_stops_and_says_what_to_do() {
    let mut street = Street::with_seed(32);
    street.opens("alice");
    street.opens("bob");
    let link = street.invites("alice", "bob", true).unwrap();
    street.adds("bob", &link, "alice").unwrap();
    street.says("alice", "bob", "hello").unwrap();
    let copy = street.copies("bob");
    street.says("alice", "bob", "one more").unwrap();
    street.settles();
    street.restores("bob", &copy);
    assert!(street.was_told("bob", is_rolled_back));
    let refused = street.says("bob", "alice", "not with an old key");
    assert_eq!(refused, Err(SayError::RolledBack));
    assert!(SayError::RolledBack.to_string().contains("new invitation"));
}

#[test]
fn a_restart_is_not_an_older_copy() {
    let mut street = Street::with_friends(33);
    for number in 0..5 {
        street.says("bob", "alice", &number.to_string()).unwrap();
        street.says("alice", "bob", &number.to_string()).unwrap();
        street.dies("alice");
        street.opens("alice");
        street.dies("bob");
        street.opens("bob");
    }
    street.settles();
    assert!(!street.was_told("alice", is_rolled_back));
    assert!(!street.was_told("bob", is_rolled_back));
}

#[test]
fn two_older_copies_at_once_agree_on_one_session() {
    for seed in 0..6 {
        two_older_copies(500 + seed);
    }
}

fn two_older_copies(seed: u64) {
    let mut street = Street::with_friends(seed);
    let (alice, bob) = (street.copies("alice"), street.copies("bob"));
    for number in 0..3 {
        street.says("bob", "alice", &number.to_string()).unwrap();
        street.says("alice", "bob", &number.to_string()).unwrap();
    }
    street.settles();
    street.dies("alice");
    street.restores("bob", &bob);
    street.says("bob", "alice", "bob, unconfirmed").unwrap();
    street.restores("alice", &alice);
    street.says("alice", "bob", "alice, at once").unwrap();
    street.settles();
    assert_eq!(street.texts("alice").last().unwrap(), "bob, unconfirmed");
    assert_eq!(street.texts("bob").last().unwrap(), "alice, at once");
    for round in ["first", "second", "after the others have ended"] {
        if round.starts_with("after") {
            let days = std::time::Duration::from_secs(38 * 86_400);
            street.clock.advance(days);
            street.waits(1);
        }
        street
            .says("bob", "alice", &format!("bob, {round}"))
            .unwrap();
        street
            .says("alice", "bob", &format!("alice, {round}"))
            .unwrap();
        street.settles();
        assert_eq!(
            street.texts("alice").last().unwrap(),
            &format!("bob, {round}")
        );
        assert_eq!(
            street.texts("bob").last().unwrap(),
            &format!("alice, {round}")
        );
    }
}

#[test]
fn two_older_copies_agree_even_if_one_of_them_never_says_anything() {
    for seed in 0..6 {
        for (talks, silent) in [("alice", "bob"), ("bob", "alice")] {
            let mut street = Street::with_friends(600 + seed);
            for who in [talks, silent] {
                street.asks(who, |reply| Order::SetReceipts { on: false, reply });
            }
            let (ours, theirs) = (street.copies(talks), street.copies(silent));
            for number in 0..3 {
                let number = number.to_string();
                street.says(talks, silent, &number).unwrap();
                street.says(silent, talks, &number).unwrap();
            }
            street.settles();
            street.dies(silent);
            street.restores(talks, &ours);
            street.restores(silent, &theirs);
            street.settles();
            street.says(talks, silent, "now").unwrap();
            street.settles();
            let days = std::time::Duration::from_secs(38 * 86_400);
            street.clock.advance(days);
            street.waits(1);
            street.says(talks, silent, "weeks later").unwrap();
            let texts = street.texts(silent);
            assert_eq!(texts.last().unwrap(), "weeks later", "{seed}");
            assert!(!street.was_told(silent, is_kept_aside));
        }
    }
}

#[test]
fn what_an_older_copy_said_before_it_was_noticed_is_told_to_have_failed() {
    let mut street = Street::with_friends(35);
    let copy = street.copies("alice");
    street.says("alice", "bob", "known to both").unwrap();
    street.says("bob", "alice", "to be lost").unwrap();
    street.settles();
    street.people.get_mut("alice").unwrap().offline = true;
    street.restores("alice", &copy);
    let said = street.says("alice", "bob", "with a key of old").unwrap();
    assert_eq!(street.state("alice", "bob", said), State::Queued);
    street.comes_online("alice");
    street.says("alice", "bob", "with a fresh one").unwrap();
    street.settles();
    assert_eq!(street.state("alice", "bob", said), State::Failed);
    assert!(street.was_told(
        "alice",
        |kind| matches!(kind, EventKind::Failed { id, .. } if *id == said)
    ));
    assert_eq!(street.texts("bob"), ["known to both", "with a fresh one"]);
}
