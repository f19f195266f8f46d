//! `MaliciousRelay` at the shelf: it hands out somebody else's bundle, an old one, the same one twice. (SPEC §4.1, S-1, S-2)
//! Knows: what is promised, and every secret of whoever made a link. Never knows: how it is done.

use std::time::Duration;

use partywall_ground::{IdentityId, LinkSecret, Peer, Seconds};
use partywall_row::Row;
use partywall_session::{
    Binding, BundleError, BundleKind, BundleSecret, FirstFlight, Identity, IdentityKeys, LinkKeys,
};
use partywall_world::Dice;

use super::street::Street;
use super::thief::rows;
use crate::conversation::records::{
    BundleRecord, ContactRecord, LinkRecord, MailboxRecord, Purpose,
};
use crate::conversation::rows::read;
use crate::error::AddError;
use crate::event::EventKind;
use crate::link::Link;
use crate::store::Table;

const DAY: Duration = Duration::from_secs(86_400);
/// When a relay's retention of thirty days and a week are over for certain.
const MAIL_HAS_EXPIRED: Duration = Duration::from_secs(39 * 86_400);

/// Alice has made a contact link; the others have not used it.
fn with_a_link(seed: u64) -> (Street, Link) {
    let mut street = Street::with_seed(seed);
    for who in ["alice", "bob", "carol", "dave"] {
        street.opens(who);
    }
    let link = street.invites("alice", "visitor", true).unwrap();
    (street, link)
}

fn keys(link: &Link) -> LinkKeys<Peer> {
    LinkKeys::of(link.parsed().secret())
}

fn capability(link: &Link) -> [u8; 32] {
    *keys(link).capability().as_bytes()
}

/// All that alice's store holds of her first link, as a thief of the whole store finds it.
fn snapshot(street: &mut Street) -> (LinkRecord, Vec<BundleRecord>) {
    let mut mailboxes = rows(street, "alice", Table::Mailbox).into_iter();
    let link = mailboxes.find_map(
        |plain| match read::<MailboxRecord>(&plain).unwrap().purpose {
            Purpose::Link(link) => Some(link),
            _ => None,
        },
    );
    let bundles = rows(street, "alice", Table::Bundle).into_iter();
    let bundles = bundles.map(|plain| read::<BundleRecord>(&plain).unwrap());
    (link.unwrap(), bundles.collect())
}

/// How many of a snapshot's secrets open a first flight.
fn opening(stolen: &(LinkRecord, Vec<BundleRecord>), street: &Street, flight: &[u8]) -> usize {
    let identity = Identity::<Peer>::from_bytes(&stolen.0.identity).unwrap();
    let today = partywall_world::Clock::wall(&street.clock).seconds() / 86_400;
    let today = partywall_ground::Day::new(u32::try_from(today).unwrap());
    let opens = |bundle: &&BundleRecord| {
        let secret = BundleSecret::<Peer>::from_bytes(&bundle.secret).unwrap();
        let link = LinkKeys::<Peer>::of(&LinkSecret::new(bundle.link.0));
        let flight = FirstFlight::unlock(flight, &secret, &identity, &link, Binding::NONE);
        flight.is_ok_and(|flight| flight.begin(today).is_ok())
    };
    stolen.1.iter().filter(opens).count()
}

/// Whatever a relay can put in a bundle's place: alone, and in league with somebody who has the link.
fn swaps(link: &Link, dice: &mut Dice) -> Vec<(&'static str, Vec<u8>)> {
    let (keys, until) = (keys(link), Seconds::new(1_800_000_000 + 86_400));
    let mallory = Identity::<Peer>::draw(dice);
    let secret = BundleSecret::<Peer>::draw(BundleKind::OneTime, until, dice);
    let elsewhere = LinkKeys::<Peer>::of(&LinkSecret::new(dice.bytes()));
    let for_this_link = secret.publish(&mallory, &keys.drop_id());
    let for_another = secret.publish(&mallory, &elsewhere.drop_id());
    let noise: [[u8; 32]; 44] = std::array::from_fn(|_| dice.bytes());
    let mut bare = for_this_link.as_bytes().to_vec();
    bare.resize(1_409, 0);
    vec![
        ("noise", noise.concat()),
        ("nothing", Vec::new()),
        ("a bundle that is not sealed", bare),
        (
            "another link's",
            for_another.seal(elsewhere.shelf_key(), dice).to_vec(),
        ),
        (
            "its own, as if for this link",
            for_this_link.seal(elsewhere.shelf_key(), dice).to_vec(),
        ),
        (
            "its own, by who has the link",
            for_this_link.seal(keys.shelf_key(), dice).to_vec(),
        ),
        (
            "another's, by who has the link",
            for_another.seal(keys.shelf_key(), dice).to_vec(),
        ),
    ]
}

#[test]
fn a_relay_that_swaps_a_bundle_gets_not_one_byte_of_what_was_to_be_said() {
    let mut row = Row::of("A01");
    for seed in 0..row.times(6, 200) {
        let (mut street, link) = with_a_link(3_000 + row.seed() + seed);
        for (what, bundle) in swaps(&link, &mut Dice::seeded(seed)) {
            street.relay.hands_out = Some(bundle);
            let refused = street.adds("bob", &link, "alice");
            assert!(matches!(refused, Err(AddError::NotTheirs(_))), "{what}");
            street.settles();
            assert!(street.relay.seen.is_empty(), "{what}: something left");
            row.tried(1);
        }
        street.relay.hands_out = None;
        street.adds("bob", &link, "alice").unwrap();
        street.says("bob", "alice", "hello").unwrap();
        assert_eq!(street.texts("alice"), ["hello"], "the control");
    }
    row.figure("0 bytes of ciphertext left towards a swapped key");
}

#[test]
fn a_relay_is_never_shown_an_identity_of_which_it_could_tell_two_stories() {
    let mut row = Row::of("A02");
    let mut street = Street::with_friends(3_300 + row.seed());
    for round in 0..5 {
        street.says("alice", "bob", &format!("a {round}")).unwrap();
        street.says("bob", "alice", &format!("b {round}")).unwrap();
    }
    street.settles();
    let mut told: Vec<IdentityKeys<Peer>> = Vec::new();
    for who in ["alice", "bob"] {
        let contact: ContactRecord = read(&rows(&mut street, who, Table::Contact)[0]).unwrap();
        let own = Identity::<Peer>::from_bytes(&contact.identity).unwrap();
        told.push(own.public());
        let peer: &[u8; 64] = contact.peer[..].try_into().unwrap();
        told.push(IdentityKeys::from_bytes(peer).unwrap());
    }
    assert!(
        told[0] == told[3] && told[1] == told[2],
        "they see each other"
    );
    for keys in &told[..2] {
        let id: IdentityId = keys.id();
        for name in [
            &keys.to_bytes()[..32],
            &keys.to_bytes()[32..],
            id.as_bytes(),
        ] {
            assert!(!street.relay.was_ever_shown(name));
            row.tried(1);
        }
    }
    let shown = street.relay.seen[0][..32].to_vec();
    assert!(street.relay.was_ever_shown(&shown), "the control");
}

#[test]
fn a_first_flight_on_the_last_resort_is_weak_until_its_keys_are_gone() {
    let mut row = Row::of("A06");
    let (mut street, link) = with_a_link(3_400 + row.seed());
    // Somebody has taken every one-time bundle.
    let (_, last_resort) = street.relay.shelf(&capability(&link));
    street.relay.hands_out = Some(last_resort);
    street.adds("bob", &link, "alice").unwrap();
    for text in ["one", "two", "three"] {
        street.says("bob", "alice", text).unwrap();
    }
    let flights = street.relay.seen.clone();
    street.says("alice", "visitor", "who is there?").unwrap();
    street.settles();
    assert!(street.card("alice", "visitor").weak && street.card("bob", "alice").weak);
    let weak = |kind: &EventKind| matches!(kind, EventKind::NewContact { weak: true, .. });
    assert!(street.was_told("alice", weak));
    let stolen = snapshot(&mut street);
    for flight in &flights {
        assert_eq!(
            opening(&stolen, &street, flight),
            1,
            "the control: too early"
        );
    }

    street.clock.advance(MAIL_HAS_EXPIRED);
    street.waits(1);
    assert!(!street.card("alice", "visitor").weak && !street.card("bob", "alice").weak);
    let stolen = snapshot(&mut street);
    assert!(!stolen.1.is_empty());
    for flight in &flights {
        assert_eq!(opening(&stolen, &street, flight), 0);
        row.tried(stolen.1.len() as u64);
    }
}

#[test]
fn an_old_bundle_whose_keys_have_died_leads_nowhere_and_one_past_its_date_is_not_used() {
    let mut row = Row::of("A08");
    let (mut street, link) = with_a_link(3_500 + row.seed());
    let (_, old) = street.relay.shelf(&capability(&link));
    street.relay.hands_out = Some(old.clone());
    street.adds("bob", &link, "alice").unwrap();
    street.says("bob", "alice", "in time").unwrap();
    street.settles();
    assert_eq!(street.texts("alice"), ["in time"]);

    // It was replaced when it was used, and its keys died. The relay shows it all the same.
    street.clock.advance(MAIL_HAS_EXPIRED);
    street.waits(1);
    let (_, new) = street.relay.shelf(&capability(&link));
    assert_ne!(new, old);
    street.adds("carol", &link, "alice").unwrap();
    street.says("carol", "alice", "on the old one").unwrap();
    street.settles();
    assert_eq!(street.texts("alice"), ["in time"]);
    assert!(!street.card("carol", "alice").confirmed);
    let stolen = snapshot(&mut street);
    let last = street.relay.seen.last().unwrap().clone();
    assert_eq!(opening(&stolen, &street, &last), 0, "nor for a thief");
    row.tried(1);

    street.clock.advance(DAY * 366);
    street.waits(1);
    let left = street.relay.seen.len();
    let expired = street.adds("dave", &link, "alice");
    assert_eq!(expired, Err(AddError::NotTheirs(BundleError::Expired)));
    street.settles();
    assert_eq!(street.relay.seen.len(), left);
    row.tried(1);
}

#[test]
fn a_one_time_bundle_handed_to_two_makes_one_contact_and_a_replayed_first_flight_one_text() {
    let mut row = Row::of("A07");
    let (mut street, link) = with_a_link(3_600 + row.seed());
    let (one_time, _) = street.relay.shelf(&capability(&link));
    street.relay.hands_out = Some(one_time);
    for who in ["bob", "carol"] {
        street.adds(who, &link, "alice").unwrap();
        street.says(who, "alice", who).unwrap();
    }
    street.settles();
    let met = |street: &mut Street| {
        let events = street.events("alice").into_iter();
        let new = events.filter(|(_, kind)| matches!(kind, EventKind::NewContact { .. }));
        new.count()
    };
    assert_eq!(
        (street.texts("alice"), met(&mut street)),
        (vec!["bob".to_owned()], 1)
    );
    let aside = |kind: &EventKind| matches!(kind, EventKind::Quarantined { .. });
    assert!(
        street.was_told("alice", aside),
        "carol's is kept aside and told"
    );
    row.tried(1);

    // As it was, and as its beginning alone: a first flight is known by that.
    let flight = street.relay.seen[0].clone();
    for n in 0..row.times(100, 1_000) {
        let mut again = flight.clone();
        if n % 2 == 1 {
            again[1_216..1_224].copy_from_slice(&n.to_be_bytes());
        }
        assert!(street.relay.deposit(&capability(&link), &again));
        street.runs();
        row.tried(1);
    }
    street.settles();
    assert_eq!(
        (street.texts("alice"), met(&mut street)),
        (vec!["bob".to_owned()], 1)
    );
}

type Change<'a> = &'a dyn Fn(&mut [u8]);

#[test]
fn whatever_is_wrong_with_a_first_flight_the_relay_sees_what_it_sees_of_a_good_one() {
    let mut row = Row::of("A15");
    // What a relay writes down while alice takes in bob's first flight, changed by `change`, or nothing.
    let seen = |change: Option<Change<'_>>| {
        let (mut street, link) = with_a_link(3_700);
        street.goes_offline("alice");
        street.relay.faults.lost = 100;
        street.adds("bob", &link, "alice").unwrap();
        street.says("bob", "alice", "hello").unwrap();
        street.relay.faults.lost = 0;
        let mut flight = street.relay.seen.last().unwrap().clone();
        if let Some(change) = change {
            change(&mut flight);
            assert!(street.relay.deposit(&capability(&link), &flight));
        }
        street.relay.notes.clear();
        street.comes_online("alice");
        street.settles();
        (street.relay.notes.clone(), street.texts("alice"))
    };
    let (good, texts) = seen(Some(&|_| ()));
    assert_eq!(texts, ["hello"]);
    assert_ne!(good, seen(None).0, "the control: what is noted can differ");
    // Its parts: E, the KEM's ciphertext, the sealed identity, r, the header, the body.
    let parts = [16, 48, 1_136, 1_216, 1_240, 3_569];
    for (n, from) in parts.into_iter().enumerate() {
        let to = parts.get(n + 1).copied().unwrap_or(4_096);
        let places = row.times(2, 20) as usize;
        for place in 0..places {
            let at = from + (to - from) * place / places;
            let (bad, texts) = seen(Some(&|flight| flight[at] ^= 0x10));
            assert!(texts.is_empty());
            assert_eq!(bad, good, "byte {at}");
            row.tried(1);
        }
    }
}
