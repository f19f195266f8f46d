//! Stories that go well, and orders that are refused.
//! Knows: what is promised. Never knows: how it is done.

use super::relay::Faults;
use super::street::{PASSPHRASE, Street};
use crate::desk::Order;
use crate::error::{InviteError, RelayTrouble, SayError, VaultError};
use crate::event::EventKind;
use crate::message::State;
use crate::seam::DownReason;
use crate::store::{LITTLE, Vault};
use partywall_row::Row;
use partywall_world::Dice;

#[test]
fn two_people_meet_by_an_invitation_and_talk() {
    let mut street = Street::with_friends(1);
    let hello = street.says("bob", "alice", "hello").unwrap();
    street.says("alice", "bob", "hello yourself").unwrap();
    assert_eq!(street.texts("alice"), ["hello"]);
    assert_eq!(street.texts("bob"), ["hello yourself"]);
    assert_eq!(street.state("bob", "alice", hello), State::Accepted);

    street.settles();
    assert_eq!(street.state("bob", "alice", hello), State::Delivered);
    assert!(street.card("alice", "bob").confirmed && street.card("bob", "alice").confirmed);
    assert!(street.was_told("alice", |kind| matches!(
        kind, EventKind::NewContact { name, weak: false } if name == "bob"
    )));
    let history = street.history("alice", "bob");
    let texts: Vec<&str> = history
        .iter()
        .map(|message| message.text.as_str())
        .collect();
    assert_eq!(texts, ["hello", "hello yourself"]);
    assert_eq!(
        history[0].id, hello,
        "both sides know a message by the same id"
    );
}

#[test]
fn an_event_is_told_again_under_the_same_id_until_it_is_done() {
    let mut street = Street::with_friends(2);
    for text in ["one", "two", "three"] {
        street.says("bob", "alice", text).unwrap();
    }
    let first = street.events("alice");
    street.dies("alice");
    street.opens("alice");
    assert_eq!(street.events("alice"), first);

    let ids = first.iter().map(|(id, _)| *id).collect();
    street.done("alice", ids);
    street.dies("alice");
    street.opens("alice");
    assert_eq!(street.events("alice"), []);
    street.says("bob", "alice", "four").unwrap();
    let last = street.events("alice");
    assert!(
        last[0].0 > first.last().unwrap().0,
        "no number is used twice"
    );
}

#[test]
fn a_stranger_learns_nothing_before_we_speak() {
    let mut street = Street::with_seed(4);
    for who in ["alice", "bob"] {
        street.opens(who);
    }
    let link = street.invites("alice", "visitor", true).unwrap();
    street.adds("bob", &link, "alice").unwrap();
    street.says("bob", "alice", "anybody there?").unwrap();
    let before = street.relay.seen.len();
    street.settles();
    assert_eq!(
        street.relay.seen.len(),
        before,
        "no receipt, no answer, no move"
    );
    assert_eq!(street.texts("alice"), ["anybody there?"]);

    street.says("alice", "visitor", "yes").unwrap();
    street.settles();
    assert_eq!(street.texts("bob"), ["yes"]);
    assert!(street.card("alice", "visitor").confirmed);
}

#[test]
fn a_relay_that_asks_for_a_pass_is_served_by_passes_and_by_what_closing_gives_back() {
    let mut street = Street::with_seed(7);
    street.opens("alice");
    street.opens("bob");
    street.relay.pass = Some(([7; 32], 4));
    let link = street.invites("alice", "bob", false).unwrap();
    street.adds("bob", &link, "alice").unwrap();
    street.settles();
    // Two mailboxes each; the first of each was closed for a credit.
    assert_eq!(street.relay.mailboxes.len(), 2);
    assert!(
        street.invites("alice", "carol", false).is_ok(),
        "on the credit"
    );
    let spent = Err(InviteError::Relay(RelayTrouble::PassSpent));
    assert_eq!(street.invites("alice", "dave", false).map(drop), spent);
    let said = street.says("bob", "alice", "still here").unwrap();
    assert_eq!(street.state("bob", "alice", said), State::Accepted);
}

#[test]
fn a_relay_out_of_reach_is_named_as_the_cause() {
    let mut street = Street::with_seed(8);
    street.opens("alice");
    street.people.get_mut("alice").unwrap().offline = true;
    let down = RelayTrouble::Down(DownReason::Unreachable);
    let refused = street.invites("alice", "bob", false).map(drop);
    assert_eq!(refused, Err(InviteError::Relay(down)));
    assert!(down.to_string().contains("check that it runs"));
}

#[test]
fn the_same_key_twice_is_one_message_also_after_a_crash() {
    let mut street = Street::with_friends(9);
    let alice = street.contact("bob", "alice");
    let (first, repeated) = street
        .says_once("bob", alice, Some(b"line 1"), "once")
        .unwrap();
    assert!(!repeated);
    street.dies("bob");
    street.opens("bob");
    let again = street
        .says_once("bob", alice, Some(b"line 1"), "once")
        .unwrap();
    assert_eq!(again, (first, true));
    street
        .says_once("bob", alice, Some(b"line 2"), "once")
        .unwrap();
    assert_eq!(street.texts("alice"), ["once", "once"]);
}

#[test]
fn a_text_of_the_greatest_length_arrives_and_one_byte_more_is_refused() {
    let mut street = Street::with_seed(10);
    street.opens("alice");
    street.opens("bob");
    let link = street.invites("alice", "bob", false).unwrap();
    street.goes_offline("alice");
    street.adds("bob", &link, "alice").unwrap();
    let longest = "x".repeat(60_000);
    // Behind a preamble there is least room; a reply-to goes with it.
    street.says("bob", "alice", &longest).unwrap();
    let longer = street.says("bob", "alice", &format!("{longest}x"));
    assert_eq!(longer, Err(SayError::TooLong { length: 60_001 }));
    street.comes_online("alice");
    assert_eq!(street.texts("alice"), [longest]);
}

#[test]
fn reordered_and_doubled_mail_is_surfaced_once_and_marked() {
    let mut row = Row::of("B03");
    for seed in 0..row.times(6, 200) {
        let mut street = Street::with_friends(100 + row.seed() + seed);
        street.relay.faults = Faults {
            twice: 30,
            shuffled: true,
            lost: 0,
        };
        street.goes_offline("alice");
        let said: Vec<String> = (0..30).map(|number| format!("{seed}/{number}")).collect();
        for text in &said {
            street.says("bob", "alice", text).unwrap();
        }
        street.comes_online("alice");
        street.settles();
        let (mut on_time, mut all) = (Vec::new(), Vec::new());
        for (_, kind) in street.events("alice") {
            if let EventKind::Message { text, late, .. } = kind {
                all.push(text.clone());
                if !late {
                    on_time.push(text);
                }
            }
        }
        let aside = |kind: &EventKind| matches!(kind, EventKind::Quarantined { .. });
        assert!(
            !street.was_told("alice", aside),
            "a copy is known by its digest"
        );
        let place = |text: &String| said.iter().position(|known| known == text).unwrap();
        assert!(
            on_time.is_sorted_by_key(place),
            "what is not late is in order"
        );
        all.sort_by_key(place);
        assert_eq!(all, said, "every one, and once");
        row.tried(30);
    }
}

#[test]
fn lost_mail_is_shown_as_a_gap() {
    let mut street = Street::with_friends(11);
    street.says("bob", "alice", "before").unwrap();
    street.relay.faults.lost = 100;
    for _ in 0..3 {
        street.says("bob", "alice", "lost").unwrap();
    }
    street.relay.faults.lost = 0;
    street.says("bob", "alice", "after").unwrap();
    street.settles();
    assert_eq!(street.texts("alice"), ["before", "after"]);
    assert!(street.was_told("alice", |kind| matches!(
        kind,
        EventKind::Gap { missing: 3, .. }
    )));
}

#[test]
fn what_nobody_can_open_is_kept_aside_and_told_once() {
    let mut street = Street::with_friends(12);
    let readers: Vec<_> = street.relay.seen.clone();
    let mut forged = readers.last().unwrap().clone();
    for round in 0..3u8 {
        forged[2_000] ^= 1 + round;
        let to = street.people["bob"].newest_capability();
        assert!(street.relay.deposit(&to, &forged));
        street.runs();
    }
    let kept = |kind: &EventKind| matches!(kind, EventKind::Quarantined { .. });
    let told = street
        .events("alice")
        .into_iter()
        .filter(|(_, kind)| kept(kind));
    assert_eq!(told.count(), 1);
    assert_eq!(street.relay.waiting(), 0, "acknowledged");
    street.says("bob", "alice", "still talking").unwrap();
    assert_eq!(street.texts("alice"), ["still talking"]);
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_a_second_opener_is_told() {
    let mut street = Street::with_seed(13);
    street.opens("alice");
    let path = street.path("alice");
    let open = |phrase: &str| Vault::open(&path, phrase, LITTLE, Dice::seeded(1)).map(drop);
    assert!(matches!(open(PASSPHRASE), Err(VaultError::InUse { .. })));
    street.dies("alice");
    let refused = open("wrong").unwrap_err();
    assert!(matches!(refused, VaultError::WrongPassphrase));
    assert!(refused.to_string().contains("check it"));
    assert!(open(PASSPHRASE).is_ok());
}

#[test]
fn a_changed_passphrase_is_the_only_one_from_then_on() {
    let mut street = Street::with_friends(14);
    let new = zeroize::Zeroizing::new("another".to_owned());
    street
        .asks("bob", |reply| Order::ChangePassphrase { new, reply })
        .unwrap();
    street.dies("bob");
    let path = street.path("bob");
    let open = |phrase: &str| Vault::open(&path, phrase, LITTLE, Dice::seeded(1)).map(drop);
    assert!(matches!(open(PASSPHRASE), Err(VaultError::WrongPassphrase)));
    assert!(open("another").is_ok());
}

#[test]
fn both_see_the_same_safety_number() {
    let mut street = Street::with_friends(15);
    let (bob, alice) = (
        street.contact("alice", "bob"),
        street.contact("bob", "alice"),
    );
    let ours = |contact| move |reply| Order::Safety { contact, reply };
    let here = street.asks("alice", ours(bob)).unwrap().unwrap();
    let there = street.asks("bob", ours(alice)).unwrap().unwrap();
    assert_eq!(here, there);
    assert_eq!(here.digits.len(), 71);
    let verified = true;
    let order = |reply| Order::Verify {
        contact: bob,
        verified,
        reply,
    };
    street.asks("alice", order).unwrap().unwrap();
    assert!(street.card("alice", "bob").verified);
}

#[test]
fn a_forgotten_contact_is_gone_and_its_first_flight_begins_nothing_again() {
    let mut street = Street::with_seed(16);
    street.opens("alice");
    street.opens("bob");
    let link = street.invites("alice", "bob", true).unwrap();
    street.adds("bob", &link, "alice").unwrap();
    street.says("bob", "alice", "hello").unwrap();
    let contact = street.contact("alice", "bob");
    street
        .asks("alice", |reply| Order::Forget { contact, reply })
        .unwrap()
        .unwrap();
    assert_eq!(street.texts("alice"), Vec::<String>::new());

    street.says("bob", "alice", "hello again").unwrap();
    street.settles();
    let contacts = street
        .asks("alice", |reply| Order::Contacts { reply })
        .unwrap();
    assert!(contacts.is_empty(), "a tombstone does not open");
    assert_eq!(street.texts("alice"), Vec::<String>::new());
}
