//! The peer begins anew: what is shown when, and that nothing is lost on the way. (SPEC C-7, §4.5)
//! Knows: what is promised. Never knows: how it is done.

use super::street::Street;
use crate::event::EventKind;

/// Alice's store is a copy from before a long exchange. She has said something since she begins
/// anew, and is offline again; Bob has that and has answered, which she does not know.
fn with_a_proof_outstanding(seed: u64) -> Street {
    let mut street = Street::with_friends(seed);
    let copy = street.copies("alice");
    for round in 0..3 {
        street.says("bob", "alice", &format!("b {round}")).unwrap();
        street.says("alice", "bob", &format!("a {round}")).unwrap();
    }
    street.settles();
    street.goes_offline("bob");
    street.restores("alice", &copy);
    street.says("alice", "bob", "from the copy").unwrap();
    street.goes_offline("alice");
    street.comes_online("bob");
    street.settles();
    street
}

fn count(texts: &[String], wanted: &str) -> usize {
    texts.iter().filter(|text| *text == wanted).count()
}

#[test]
fn what_an_older_copy_says_is_shown_when_it_has_proven_itself() {
    let mut street = with_a_proof_outstanding(60);
    assert_eq!(street.texts("bob"), ["a 0", "a 1", "a 2"]);
    let (alices, bobs) = (street.card("alice", "bob"), street.card("bob", "alice"));
    assert!(!alices.confirmed && alices.weak && !alices.rolled_back);
    assert!(bobs.confirmed && !bobs.weak);
    street.comes_online("alice");
    street.settles();
    assert_eq!(street.texts("bob"), ["a 0", "a 1", "a 2", "from the copy"]);
    let (alices, bobs) = (street.card("alice", "bob"), street.card("bob", "alice"));
    assert!(alices.confirmed && alices.weak && bobs.confirmed && bobs.weak);
    let days = std::time::Duration::from_secs(39 * 86_400);
    street.clock.advance(days);
    street.waits(1);
    assert!(!street.card("alice", "bob").weak && !street.card("bob", "alice").weak);
    street.says("bob", "alice", "in the new one").unwrap();
    street.says("alice", "bob", "in the same").unwrap();
    assert_eq!(street.texts("alice").last().unwrap(), "in the new one");
    assert_eq!(street.texts("bob").last().unwrap(), "in the same");
}

#[test]
fn what_is_said_while_the_proof_is_outstanding_reaches_an_older_copy_once() {
    let mut street = with_a_proof_outstanding(61);
    street.says("bob", "alice", "meanwhile 1").unwrap();
    street.says("bob", "alice", "meanwhile 2").unwrap();
    street.comes_online("alice");
    street.settles();
    assert_eq!(street.texts("alice"), ["meanwhile 1", "meanwhile 2"]);
    street.says("bob", "alice", "afterwards").unwrap();
    assert_eq!(street.texts("alice").last().unwrap(), "afterwards");
    assert_eq!(street.texts("bob").last().unwrap(), "from the copy");
}

#[test]
fn a_relay_that_lies_about_its_count_raises_an_alarm_and_nothing_worse() {
    let kept_aside = |kind: &EventKind| matches!(kind, EventKind::Quarantined { .. });
    for seed in 0..3 {
        let mut street = with_lies_told(800 + seed, false);
        let gap = |kind: &EventKind| matches!(kind, EventKind::Gap { .. });
        assert!(!street.was_told("alice", gap) && !street.was_told("bob", gap));
        // Told to both: signs of their own that waited in the outbox are taken back.
        let mut both = with_lies_told(900 + seed, true);
        for street in [&mut street, &mut both] {
            assert!(!street.was_told("alice", kept_aside) && !street.was_told("bob", kept_aside));
        }
    }
}

fn with_lies_told(seed: u64, to_both: bool) -> Street {
    let mut street = Street::with_friends(seed);
    street.says("bob", "alice", "before").unwrap();
    street.settles();
    for round in 0..3 {
        let of_alice = street.people["bob"].newest_capability();
        let of_bob = street.people["alice"].newest_capability();
        street.goes_offline("bob");
        street.dies("alice");
        street.relay.invent_acks(&of_alice);
        if to_both {
            street.relay.invent_acks(&of_bob);
        }
        street.opens("alice");
        let alarm = |kind: &EventKind| matches!(kind, EventKind::RolledBack { .. });
        assert!(street.was_told("alice", alarm));
        let ids = street.events("alice").iter().map(|(id, _)| *id).collect();
        street.done("alice", ids);
        let (from_alice, from_bob) = (format!("alice {round}"), format!("bob {round}"));
        street.says("alice", "bob", &from_alice).unwrap();
        street.goes_offline("alice");
        street.comes_online("bob");
        street.settles();
        street.says("bob", "alice", &from_bob).unwrap();
        street.comes_online("alice");
        street.settles();
        street.says("bob", "alice", "after").unwrap();
        assert_eq!(street.texts("alice"), [from_bob, "after".to_owned()]);
        assert_eq!(count(&street.texts("bob"), &from_alice), 1);
        assert!(street.card("alice", "bob").confirmed && street.card("bob", "alice").confirmed);
        let lost = |kind: &EventKind| matches!(kind, EventKind::Failed { .. });
        assert!(!street.was_told("alice", lost) && !street.was_told("bob", lost));
    }
    street
}

#[test]
fn whatever_step_of_the_hand_over_dies_nothing_is_lost_or_doubled() {
    for step in 0..40 {
        let mut street = with_a_proof_outstanding(700 + step);
        street.insists("bob", "alice", "meanwhile");
        street.crash_in = Some(step);
        street.comes_online("alice");
        street.settles();
        street.opens("alice");
        street.opens("bob");
        street.settles();
        street.insists("alice", "bob", "a last");
        street.insists("bob", "alice", "b last");
        street.settles();
        assert_eq!(street.texts("alice"), ["meanwhile", "b last"], "{step}");
        let texts = street.texts("bob");
        assert_eq!(
            texts,
            ["a 0", "a 1", "a 2", "from the copy", "a last"],
            "{step}"
        );
        assert!(street.card("alice", "bob").confirmed && street.card("bob", "alice").confirmed);
    }
}
