//! Mailboxes: both sides move to fresh ones, and nothing is lost on the way. (SPEC C-1, C-5, C-6)
//! Knows: what is promised. Never knows: how it is done.

use super::street::Street;
use crate::desk::Order;
use crate::event::EventKind;
use crate::message::State;

/// Bob has added Alice by her invitation while she is away; and the invitation's mailbox.
pub(super) fn added_while_away(seed: u64) -> (Street, [u8; 32]) {
    let mut street = Street::with_seed(seed);
    street.opens("alice");
    street.opens("bob");
    let link = street.invites("alice", "bob", false);
    let link = link.expect("a relay that works makes mailboxes");
    let of_the_link = street.relay.mailboxes.first_key_value();
    let of_the_link = *of_the_link.expect("the invitation has a mailbox").0;
    street.goes_offline("alice");
    let added = street.adds("bob", &link, "alice");
    added.expect("an invitation nobody used is good");
    (street, of_the_link)
}

#[test]
fn both_sides_leave_the_mailboxes_of_first_contact() {
    let (mut street, _) = added_while_away(20);
    let first_contact: Vec<_> = street.relay.mailboxes.keys().copied().collect();
    assert_eq!(
        first_contact.len(),
        2,
        "the link's, and Bob's for the answers"
    );
    street.comes_online("alice");
    street.settles();
    let now: Vec<_> = street.relay.mailboxes.keys().copied().collect();
    assert_eq!(now.len(), 2);
    assert!(now.iter().all(|reader| !first_contact.contains(reader)));
    street.says("bob", "alice", "one").unwrap();
    street.says("alice", "bob", "two").unwrap();
    assert_eq!(
        (street.texts("alice"), street.texts("bob")),
        (vec!["one".into()], vec!["two".into()])
    );
}

#[test]
fn mail_on_its_way_during_the_moves_arrives_in_order() {
    for seed in 0..4 {
        let mut street = Street::with_seed(400 + seed);
        street.opens("alice");
        street.opens("bob");
        let link = street.invites("alice", "bob", false).unwrap();
        street.goes_offline("alice");
        street.adds("bob", &link, "alice").unwrap();
        let mut said = (Vec::new(), Vec::new());
        for number in 0..30 {
            let text = number.to_string();
            if street.draws(2) == 0 {
                street.says("bob", "alice", &text).unwrap();
                said.0.push(text);
            } else if street.draws(3) > 0 {
                street.comes_online("alice");
                street.says("alice", "bob", &text).unwrap();
                said.1.push(text);
            } else if street.draws(2) == 0 {
                street.goes_offline("alice");
            } else {
                street.waits(3);
            }
        }
        street.comes_online("alice");
        street.settles();
        assert_eq!(street.texts("alice"), said.0);
        assert_eq!(street.texts("bob"), said.1);
        for who in ["alice", "bob"] {
            let odd = |kind: &EventKind| {
                matches!(
                    kind,
                    EventKind::Gap { .. }
                        | EventKind::Quarantined { .. }
                        | EventKind::Message { late: true, .. }
                )
            };
            assert!(!street.was_told(who, odd));
        }
    }
}

#[test]
fn receipts_wait_a_second_at_least_and_can_be_switched_off() {
    let mut street = Street::with_friends(21);
    let told = street.says("bob", "alice", "told").unwrap();
    let envelopes = street.relay.seen.len();
    street.runs();
    assert_eq!(street.relay.seen.len(), envelopes, "not at once");
    street.waits(6);
    assert_eq!(street.state("bob", "alice", told), State::Delivered);
    let envelopes = street.relay.seen.len();
    street.waits(30);
    assert_eq!(
        street.relay.seen.len(),
        envelopes,
        "no receipt for a receipt"
    );

    street.asks("alice", |reply| Order::SetReceipts { on: false, reply });
    let untold = street.says("bob", "alice", "untold").unwrap();
    street.waits(30);
    assert_eq!(street.state("bob", "alice", untold), State::Accepted);
}

#[test]
fn forgetting_erases_the_mailbox_and_the_other_side_learns_that_nobody_reads() {
    let mut street = Street::with_friends(22);
    let contact = street.contact("alice", "bob");
    let order = |reply| Order::Forget { contact, reply };
    street.asks("alice", order).unwrap().unwrap();
    assert_eq!(street.relay.mailboxes.len(), 1, "only Bob's is left");
    street.dies("bob");
    street.opens("bob");
    let lost = street.says("bob", "alice", "anybody?").unwrap();
    assert_eq!(street.state("bob", "alice", lost), State::Failed);
    assert!(street.was_told("bob", |kind| matches!(kind, EventKind::Failed { .. })));
    assert!(street.says("bob", "alice", "no").is_err());
}

#[test]
fn a_message_of_which_no_sign_comes_expires_after_the_relays_retention() {
    let mut street = Street::with_friends(23);
    street.goes_offline("alice");
    let said = street.says("bob", "alice", "into the void").unwrap();
    street
        .clock
        .advance(std::time::Duration::from_secs(37 * 86_400));
    street.waits(1);
    assert_eq!(street.state("bob", "alice", said), State::Accepted);
    street
        .clock
        .advance(std::time::Duration::from_secs(2 * 86_400));
    street.waits(1);
    assert_eq!(street.state("bob", "alice", said), State::Expired);
    assert!(street.was_told("bob", |kind| matches!(kind, EventKind::Expired { .. })));
}

/// Bob has moved, and what he said before still lies in the mailbox of the invitation.
fn with_mail_left_behind(seed: u64) -> Street {
    let (mut street, of_the_link) = added_while_away(seed);
    street.says("bob", "alice", "one").unwrap();
    street.relay.withheld = Some((of_the_link, 1));
    street.comes_online("alice");
    street.says("bob", "alice", "two").unwrap();
    street
}

#[test]
fn what_is_still_in_an_older_mailbox_is_waited_for() {
    let mut street = with_mail_left_behind(24);
    street.waits(20);
    assert_eq!(street.texts("alice"), Vec::<String>::new());
    street.relay.withheld = None;
    street.settles();
    assert_eq!(street.texts("alice"), ["one", "two"]);
    assert!(!street.was_told("alice", |kind| matches!(kind, EventKind::Gap { .. })));
}

#[test]
fn an_older_mailbox_is_waited_for_no_longer_than_thirty_seconds() {
    let mut street = with_mail_left_behind(25);
    street.waits(32);
    assert_eq!(street.texts("alice"), ["two"]);
    assert!(street.was_told("alice", |kind| matches!(kind, EventKind::Gap { .. })));
    street.relay.withheld = None;
    street.settles();
    assert_eq!(street.texts("alice"), ["two", "one"]);
    assert!(street.was_told("alice", |kind| {
        matches!(kind, EventKind::Message { text, late: true, .. } if text == "one")
    }));
}

#[test]
fn a_broken_line_is_told_only_while_something_waits_for_it() {
    let mut street = Street::with_friends(41);
    street.settles();
    assert_eq!(street.loses_drops("bob"), [], "nothing is to be sent");
    street.goes_offline("bob");
    street.says("bob", "alice", "hello?").unwrap();
    let told = street.loses_drops("bob");
    let down = |kind: &EventKind| matches!(kind, EventKind::RelayUnreachable { .. });
    assert!(told.iter().any(down), "a text waits");
}
