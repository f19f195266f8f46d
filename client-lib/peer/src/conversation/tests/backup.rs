//! A store, or the relay's folder, is put back from an old backup: no key is used twice, the conversation begins anew,
//! and what is missing shows. (SPEC C-4, C-7, C-8; invariant I5)
//! Knows: what is promised. Never knows: how it is done.

use partywall_row::Row;

use super::kills::assert_no_key_twice;
use super::street::Street;
use crate::event::EventKind;

/// Some talk, of some length, either way.
fn talk(street: &mut Street, what: &str, most: u64) {
    let count = 1 + street.draws(most);
    for number in 0..count {
        let (from, to) = match street.draws(2) {
            0 => ("alice", "bob"),
            _ => ("bob", "alice"),
        };
        street.says(from, to, &format!("{what} {number}")).unwrap();
    }
    // Each has the other's answer: what comes after has to be told apart from what was before.
    street
        .says("bob", "alice", &format!("{what}, bob"))
        .unwrap();
    street
        .says("alice", "bob", &format!("{what}, alice"))
        .unwrap();
    street.settles();
}

#[test]
fn a_store_from_an_old_backup_begins_anew_and_no_key_is_used_twice() {
    let mut row = Row::of("X19");
    for seed in 0..row.times(6, 200) {
        let mut street = Street::with_friends(13_000 + row.seed() * 10_000 + seed);
        talk(&mut street, "before", 6);
        let copy = street.copies("alice");
        talk(&mut street, "to be lost", 6);
        // Sometimes it speaks before it could have been warned.
        let speaks_early = street.draws(2) == 0;
        if speaks_early {
            street.people.get_mut("alice").unwrap().offline = true;
        }
        street.restores("alice", &copy);
        if speaks_early {
            street.says("alice", "bob", "too early").unwrap();
            street.comes_online("alice");
        }
        let anew = |kind: &EventKind| matches!(kind, EventKind::RolledBack { begins_anew, .. } if *begins_anew);
        assert!(street.was_told("alice", anew), "it shows, and begins anew");
        street.settles();
        street.says("alice", "bob", "from the backup").unwrap();
        street.says("bob", "alice", "welcome back").unwrap();
        street.settles();
        assert_eq!(street.texts("bob").last().unwrap(), "from the backup");
        assert_eq!(street.texts("alice").last().unwrap(), "welcome back");
        assert_no_key_twice(&street);
        row.tried(1);
    }
}

#[test]
fn a_relay_from_an_old_backup_has_lost_what_came_after_it_and_the_gap_shows() {
    let mut row = Row::of("X19");
    for seed in 0..row.times(6, 200) {
        let mut street = Street::with_friends(15_000 + row.seed() * 10_000 + seed);
        talk(&mut street, "before", 6);
        street.goes_offline("bob");
        let waiting = street.draws(3);
        for number in 0..waiting {
            let text = format!("in the backup {number}");
            street.says("alice", "bob", &text).unwrap();
        }
        let backup = street.relay.mailboxes.clone();
        let lost = 1 + street.draws(4);
        for number in 0..lost {
            let text = format!("after the backup {number}");
            street.says("alice", "bob", &text).unwrap();
        }
        // What was read since the backup lies there again, too.
        street.relay.mailboxes = backup;
        for who in ["alice", "bob"] {
            street.comes_online(who);
        }
        street.says("alice", "bob", "are you there?").unwrap();
        street.settles();
        let texts = street.texts("bob");
        assert_eq!(texts.last().unwrap(), "are you there?");
        let once: std::collections::BTreeSet<&String> = texts.iter().collect();
        assert_eq!(once.len(), texts.len(), "nothing is surfaced again");
        assert!(
            street.was_told("bob", |kind| matches!(
                kind,
                EventKind::Gap { missing, .. } if *missing == lost
            )),
            "the gap shows, as wide as it is"
        );
        assert_no_key_twice(&street);
        row.tried(1);
    }
}
