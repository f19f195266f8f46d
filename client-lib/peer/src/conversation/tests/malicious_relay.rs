//! `MaliciousRelay`: repeats, reflects, drops and invents. It has every envelope and no key. (SPEC §9, C-2, C-4)
//! Knows: what is promised; capabilities, as the relay does. Never knows: how it is done.

use partywall_row::Row;

use super::relay::Faults;
use super::street::Street;
use super::thief::rows;
use crate::event::EventKind;
use crate::store::Table;

/// All that lies in a person's sessions.
fn sessions(street: &mut Street, who: &'static str) -> Vec<Vec<u8>> {
    rows(street, who, Table::Session)
}

#[test]
fn whatever_is_delivered_three_times_in_any_order_is_surfaced_once() {
    let mut row = Row::of("B01");
    let texts = row.times(40, 400);
    for seed in 0..row.times(2, 20) {
        let mut street = Street::with_friends(1_000 + row.seed() + seed);
        street.settles();
        street.goes_offline("alice");
        let before = street.relay.seen.len();
        for number in 0..texts {
            street.says("bob", "alice", &number.to_string()).unwrap();
        }
        let to_alice = street.people["bob"].newest_capability();
        let copies = street.relay.seen[before..].to_vec();
        for envelope in &copies {
            for _ in 0..2 {
                assert!(street.relay.deposit(&to_alice, envelope));
            }
        }
        street.relay.faults.shuffled = true;
        street.comes_online("alice");
        street.settles();
        let mut surfaced = street.texts("alice");
        surfaced.sort_by_key(|text| text.parse::<u64>().unwrap());
        let said: Vec<_> = (0..texts).map(|number| number.to_string()).collect();
        assert_eq!(surfaced, said, "each of them, and once");
        assert_eq!(street.relay.waiting(), 0, "acknowledged");
        row.tried(2 * texts);
    }
}

#[test]
fn whatever_is_sent_back_to_its_writer_is_no_word_of_the_peer() {
    let mut row = Row::of("B02");
    for seed in 0..row.times(2, 50) {
        let mut street = Street::with_friends(2_000 + row.seed() + seed);
        for number in 0..10 {
            street.says("alice", "bob", &format!("a {number}")).unwrap();
            street.says("bob", "alice", &format!("b {number}")).unwrap();
        }
        street.settles();
        let before = (street.texts("alice"), street.texts("bob"));
        let mailboxes = ["alice", "bob"].map(|who| street.people[who].newest_capability());
        for envelope in street.relay.seen.clone() {
            for mailbox in &mailboxes {
                assert!(street.relay.deposit(mailbox, &envelope));
            }
            row.tried(1);
        }
        street.settles();
        assert_eq!((street.texts("alice"), street.texts("bob")), before);
        street.says("alice", "bob", "still me").unwrap();
        street.says("bob", "alice", "still you").unwrap();
        assert_eq!(street.texts("bob").last().unwrap(), "still me");
        assert_eq!(street.texts("alice").last().unwrap(), "still you");
    }
}

/// What a person is shown of a conversation: texts and gaps, in order.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Text(String),
    Missing(u64),
}

#[test]
fn exactly_what_was_dropped_is_shown_as_missing_where_it_is_missing() {
    let mut row = Row::of("B04");
    for seed in 0..row.times(6, 300) {
        let mut street = Street::with_friends(3_000 + row.seed() + seed);
        street.settles();
        let mut expected = Vec::new();
        let mut missing = 0;
        for number in 0..40 {
            // The last one arrives: it is what shows that there is something before it.
            let dropped = number < 39 && street.draws(3) == 0;
            street.relay.faults.lost = if dropped { 100 } else { 0 };
            let text = format!("{seed}/{number}");
            street.says("bob", "alice", &text).unwrap();
            if dropped {
                missing += 1;
                row.tried(1);
                continue;
            }
            if missing > 0 {
                expected.push(Shown::Missing(missing));
                missing = 0;
            }
            expected.push(Shown::Text(text));
        }
        street.relay.faults = Faults::default();
        street.settles();
        let shown = street.events("alice").into_iter();
        let shown = shown.filter_map(|(_, kind)| match kind {
            EventKind::Message { text, late, .. } => {
                assert!(!late);
                Some(Shown::Text(text))
            }
            EventKind::Gap { missing, .. } => Some(Shown::Missing(missing)),
            _ => None,
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_answers_an_older_text_than_it_seems_to_is_marked() {
    let mut row = Row::of("B05");
    let mut held_back = 0;
    for seed in 0..row.times(4, 200) {
        let mut street = Street::with_friends(5_000 + row.seed() + seed);
        street.settles();
        let (mut asked, mut answers, mut online) = (0, Vec::new(), true);
        for step in 0..40 {
            match street.draws(3) {
                0 => {
                    asked += 1;
                    street.says("alice", "bob", &format!("q {step}")).unwrap();
                }
                1 => {
                    let had = street.texts("bob").len();
                    let text = format!("a {step}");
                    street.says("bob", "alice", &text).unwrap();
                    answers.push((text, had, None));
                }
                // The relay holds back what is said either way, and lets it go.
                _ if online => street.goes_offline("alice"),
                _ => street.comes_online("alice"),
            }
            online = !street.people["alice"].offline;
            // Whatever is shown from now on stands behind all that was asked so far.
            let shown = street.texts("alice").len();
            for (_, had, crossed) in answers.iter_mut().take(shown) {
                crossed.get_or_insert(*had < asked);
            }
        }
        street.comes_online("alice");
        street.settles();
        let expected: Vec<_> = answers
            .into_iter()
            .map(|(text, had, crossed)| (text, crossed.unwrap_or(had < asked)))
            .collect();
        let shown = street.events("alice").into_iter();
        let shown = shown.filter_map(|(_, kind)| match kind {
            EventKind::Message { text, crossed, .. } => Some((text, crossed)),
            _ => None,
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
        held_back += expected.iter().filter(|(_, crossed)| *crossed).count();
        row.tried(expected.len() as u64);
    }
    assert!(held_back > 0, "the story has both");
    row.figure(format!("{held_back} texts seemed to answer what their writer did not have: all marked, and no other"));
}

#[test]
fn a_thousand_envelopes_of_garbage_begin_nothing_and_change_no_session() {
    let mut row = Row::of("B09");
    let mut street = Street::with_friends(4_000 + row.seed());
    street.says("bob", "alice", "before").unwrap();
    street.settles();
    let known = street.relay.seen.clone();
    let to_alice = street.people["bob"].newest_capability();
    let before = sessions(&mut street, "alice");
    for number in 0..row.times(1_000, 20_000) {
        let at = street.draws(known.len() as u64);
        let mut garbage = known[usize::try_from(at).unwrap()].clone();
        match number % 3 {
            // Noise, a preamble that was seen with noise behind it, one bit of what was seen.
            0 => garbage
                .iter_mut()
                .for_each(|byte| *byte = noise(&mut street)),
            1 => garbage[1_216..]
                .iter_mut()
                .for_each(|byte| *byte = noise(&mut street)),
            _ => {
                let bit = street.draws(garbage.len() as u64 * 8);
                garbage[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
            }
        }
        assert!(street.relay.deposit(&to_alice, &garbage));
        if number % 50 == 0 {
            street.runs();
        }
        row.tried(1);
    }
    street.settles();
    assert!(
        !street.was_told("alice", |kind| matches!(kind, EventKind::RolledBack { .. })),
        "nobody begins anew over garbage"
    );
    assert!(
        sessions(&mut street, "alice") == before,
        "the same sessions, byte for byte"
    );
    let kept = |kind: &EventKind| matches!(kind, EventKind::Quarantined { .. });
    let told = street.events("alice").into_iter();
    assert_eq!(told.filter(|(_, kind)| kept(kind)).count(), 1, "told once");
    assert_eq!(street.relay.waiting(), 0, "and acknowledged");
    street.says("bob", "alice", "after").unwrap();
    assert_eq!(street.texts("alice"), ["before", "after"]);
    row.figure("no new session, one event");
}

fn noise(street: &mut Street) -> u8 {
    u8::try_from(street.draws(256)).unwrap()
}

#[test]
fn a_hundred_lies_about_its_count_make_one_new_session_at_most() {
    let mut row = Row::of("B09");
    let mut street = Street::with_friends(4_900);
    street.settles();
    let before = sessions(&mut street, "alice").len();
    street.goes_offline("bob");
    for _ in 0..row.times(20, 100) {
        let of_alice = street.people["bob"].newest_capability();
        street.dies("alice");
        street.relay.invent_acks(&of_alice);
        street.opens("alice");
        row.tried(1);
    }
    let after = sessions(&mut street, "alice").len();
    assert!(after <= before + 1, "{before} sessions became {after}");
    row.figure("a relay that lies about its count: one new session until the peer was heard");
}
