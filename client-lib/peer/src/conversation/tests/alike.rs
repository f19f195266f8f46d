//! What the relay or the holder of a link sees is alike, whoever it is from. (SPEC G-9, S-1, rows D01, D03, D06)
//! Knows: what is promised. Never knows: how it is done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use partywall_ground::{Peer, Seconds};
use partywall_row::Row;
use partywall_session::{LinkKeys, UnverifiedBundle};
use partywall_world::Clock;

use super::relay::Note;
use super::street::Street;
use crate::desk::Order;
use crate::link::Link;

/// What a relay noted, with every name replaced by the order in which it came up.
fn without_names(notes: &[Note]) -> Vec<(&'static str, usize, usize)> {
    let mut names = BTreeMap::new();
    let noted = notes.iter().map(|Note(what, name, much)| {
        let next = names.len();
        (*what, *names.entry(*name).or_insert(next), *much)
    });
    noted.collect()
}

/// Alice has a contact link; Bob and Carol are there. Either writes to her, before and after she knows them both.
fn world(seed: u64, sender: &'static str, text: &str) -> [Vec<(&'static str, usize, usize)>; 2] {
    let mut street = Street::with_seed(seed);
    let other = if sender == "bob" { "carol" } else { "bob" };
    // Whoever it is has the same dice.
    for who in ["alice", sender, other] {
        street.opens(who);
    }
    let link = street.invites("alice", "visitor", true).unwrap();
    let before = street.relay.notes.len();
    street.adds(sender, &link, "alice").unwrap();
    street.says(sender, "alice", text).unwrap();
    street.waits(30);
    let first_contact = without_names(&street.relay.notes[before..]);

    street.adds(other, &link, "alice").unwrap();
    street.says(other, "alice", "hello").unwrap();
    for name in ["visitor", "visitor-2"] {
        street.says("alice", name, "hello yourself").unwrap();
    }
    street.settles();
    let before = street.relay.notes.len();
    street.says(sender, "alice", text).unwrap();
    street.waits(30);
    [first_contact, without_names(&street.relay.notes[before..])]
}

#[test]
fn one_message_leaves_the_same_notes_at_the_relay_whoever_wrote_it() {
    let mut row = Row::of("D01");
    let seed = row.seed();
    let worlds = row.times(4, 200);
    for world_of in 0..worlds {
        let [bob, carol] = ["bob", "carol"].map(|who| world(seed + world_of, who, "hello"));
        assert_eq!(bob, carol, "seed {}", seed + world_of);
        assert!(bob[0].iter().any(|(what, ..)| *what == "deposits"));
        assert!(bob[1].iter().any(|(what, ..)| *what == "deposits"));
        row.tried(2);
    }
    let longer = world(seed, "carol", &"x".repeat(3_000));
    assert_ne!(
        world(seed, "bob", "hello"),
        longer,
        "the control: a longer text shows"
    );
    row.figure(format!(
        "one message of either of two senders: the relay's notes are equal but for random names in {} of {} pairs of worlds",
        2 * worlds,
        2 * worlds
    ));
}

/// Every mailbox that somebody reads now: what the relay knows it by, and what it is written to by.
fn mailboxes_of(street: &Street, who: &str) -> Vec<[u8; 32]> {
    let lines = street.people[who].lines.values();
    let readers: Vec<_> = lines.flat_map(|(_, on)| on.readers()).collect();
    let drops = readers
        .iter()
        .map(|reader| street.relay.drop_read_by(reader));
    drops.chain(readers.iter().copied()).collect()
}

/// Bob and Carol are Alice's friends, each with a store, an identity and dice of their own. One of them writes to her
/// while she is away: what the relay notes of it, and the mailboxes that its writer reads.
fn one_of_two_friends_writes(seed: u64, sender: &'static str) -> (Vec<Note>, Vec<[u8; 32]>) {
    let mut street = Street::with_seed(seed);
    for who in ["alice", "bob", "carol"] {
        street.opens(who);
    }
    let link = street.invites("alice", "friend", true).unwrap();
    for (friend, name) in [("bob", "friend"), ("carol", "friend-2")] {
        street.adds(friend, &link, "alice").unwrap();
        street.says(friend, "alice", "hello").unwrap();
        street.settles();
        street.says("alice", name, "hello yourself").unwrap();
        street.settles();
    }
    street.goes_offline("alice");
    let read_by_the_writer = mailboxes_of(&street, sender);
    let before = street.relay.notes.len();
    street.says(sender, "alice", "it was me").unwrap();
    street.waits(30);
    (street.relay.notes[before..].to_vec(), read_by_the_writer)
}

#[test]
fn whichever_friend_writes_the_relay_notes_one_deposit_and_no_mailbox_of_its_writer() {
    let mut row = Row::of("G08");
    let seed = row.seed();
    let worlds = row.times(4, 200);
    for seed in seed..seed + worlds {
        let [bob, carol] = ["bob", "carol"].map(|who| one_of_two_friends_writes(seed, who));
        for (notes, mailboxes) in [&bob, &carol] {
            assert!(!mailboxes.is_empty(), "the control: its writer reads some");
            let names_the_writer = |note: &&Note| mailboxes.contains(&note.1);
            assert_eq!(notes.iter().find(names_the_writer), None, "seed {seed}");
            let kinds: BTreeSet<_> = notes.iter().map(|note| (note.0, note.2)).collect();
            let all = [("a second passes", 0), ("deposits", 4_096)];
            assert_eq!(kinds, BTreeSet::from(all), "seed {seed}");
        }
        let [of_bob, of_carol] = [&bob, &carol].map(|(notes, _)| without_names(notes));
        assert_eq!(of_bob, of_carol, "seed {seed}");
        let both: BTreeSet<_> = bob.1.iter().chain(&carol.1).collect();
        assert_eq!(both.len(), bob.1.len() + carol.1.len(), "two people");
        row.tried(2);
    }
    row.figure(format!(
        "one message of either of two friends with identities of their own: of {worlds} pairs of worlds none can be told apart"
    ));
}

#[test]
fn every_envelope_of_a_conversation_has_one_of_three_sizes_and_a_receipt_is_as_long_as_a_text() {
    let mut row = Row::of("D06");
    let mut street = Street::with_friends(row.seed());
    let of_first_contact = street.relay.seen.len();
    assert!(of_first_contact >= 3, "first flight, moves, renewals");
    street.says("bob", "alice", "short").unwrap();
    let text = street.relay.seen.last().unwrap().len();
    let before = street.relay.seen.len();
    street.settles();
    let receipts: BTreeSet<usize> = street.relay.seen[before..].iter().map(Vec::len).collect();
    assert_eq!(
        receipts,
        BTreeSet::from([text]),
        "a receipt, and nothing else"
    );
    for length in [0, 1, 100, 1_500, 2_000, 13_000, 20_000, 60_000] {
        street.says("bob", "alice", &"x".repeat(length)).unwrap();
    }
    street.settles();
    let sizes: BTreeSet<usize> = street.relay.seen.iter().map(Vec::len).collect();
    assert_eq!(sizes, BTreeSet::from([4_096, 16_384, 65_536]));
    row.tried(street.relay.seen.len() as u64);
}

/// What a link hands out, one bundle after the other: its length, and how many seconds of `day` it is good for.
fn handed_out(street: &mut Street, link: &Link) -> Vec<usize> {
    let link = link.parsed();
    let keys = LinkKeys::<Peer>::of(link.secret());
    let to = *keys.capability().as_bytes();
    let midnight = (street.clock.wall().seconds() / 86_400 + 366) * 86_400;
    let mut lengths = Vec::new();
    for _ in 0..33 {
        let sealed = street.relay.take(&to).expect("a bundle lies there");
        let good_at = |second| {
            let bundle = UnverifiedBundle::<Peer>::unseal(&sealed, keys.shelf_key());
            let bundle = bundle.expect("it is the link's");
            let verified = bundle.verify(link.maker(), &keys.drop_id(), Seconds::new(second));
            verified.is_ok()
        };
        assert!(good_at(midnight - 1), "good to the end of a day");
        assert!(!good_at(midnight), "and not a second longer");
        lengths.push(sealed.len());
    }
    lengths
}

#[test]
fn what_a_link_hands_out_tells_neither_which_store_made_it_nor_at_which_hour() {
    let mut row = Row::of("D03");
    let mut street = Street::with_seed(row.seed());
    for who in ["new", "old", "sparing"] {
        street.opens(who);
    }
    // One store has contacts, a past and another passphrase; one sends no receipts; one is new.
    let link = street.invites("old", "early", false).unwrap();
    street.adds("sparing", &link, "old").unwrap();
    street.says("sparing", "old", "hello").unwrap();
    street.settles();
    street.asks("sparing", |reply| Order::SetReceipts { on: false, reply });
    street.dies("old");
    street.opens("old");
    let mut seen = Vec::new();
    for hours in [0, 5, 11] {
        street
            .clock
            .advance(Duration::from_secs(hours * 3_600 + 61));
        for who in ["new", "old", "sparing"] {
            let name = format!("{hours} {who}");
            let link = street.invites(who, &name, true).unwrap();
            seen.push(handed_out(&mut street, &link));
            row.tried(33);
        }
    }
    assert!(seen.iter().all(|lengths| *lengths == seen[0]), "{seen:?}");
    let one_length: BTreeSet<&usize> = seen[0].iter().collect();
    assert_eq!(one_length.len(), 1, "one-time and last resort alike");
}

#[test]
fn who_empties_a_links_shelf_learns_that_its_owner_came_and_who_only_writes_does_not() {
    let mut row = Row::of("D15");
    let mut street = Street::with_seed(row.seed());
    street.opens("alice");
    let link = street.invites("alice", "visitor", true).unwrap();
    let keys = LinkKeys::<Peer>::of(link.parsed().secret());
    let to = *keys.capability().as_bytes();
    let (visits, mut seen, mut wrong) = (row.times(40, 1_000), 0, 0);
    for _ in 0..visits {
        street.goes_offline("alice");
        // The shelf is emptied: from here on it shows the last resort, again and again.
        let mut last = street.relay.take(&to);
        loop {
            let next = street.relay.take(&to);
            if next == last {
                break;
            }
            last = next;
        }
        let comes = street.draws(2) == 0;
        if comes {
            street.comes_online("alice");
        }
        let guess = street.relay.take(&to) != last;
        seen += u64::from(guess && comes);
        wrong += u64::from(guess != comes);
    }
    // Not a defence, and said so. If one day the shelf is filled at another time, this bound is another.
    assert_eq!(wrong, 0, "of {visits}");
    assert!(seen > 0);
    row.tried(visits);
    row.figure(format!(
        "whoever empties a contact link's shelf (32 bundles, 6 minutes at the relay's pace) saw every one of {seen} visits of its owner"
    ));
}
