//! What nobody can read stops nobody: it is kept aside, told of, acknowledged, and what lies behind it arrives. (SPEC C-2)
//! Knows: what is promised. Never knows: how it is done.

use partywall_ground::Peer;
use partywall_row::Row;
use partywall_session::Session;
use partywall_world::Dice;

use super::street::Street;
use super::thief::rows;
use super::witness::Witness;
use crate::event::EventKind;
use crate::store::Table;

/// Sizes that an envelope may have.
const SIZES: [usize; 3] = [4_096, 16_384, 65_536];

/// Poison of many kinds, made of real envelopes where there are some.
fn poison(street: &mut Street, kind: u64) -> Vec<u8> {
    let size = SIZES[usize::try_from(street.draws(3)).unwrap()];
    let mut bytes = vec![0; size];
    let fill = |street: &mut Street, bytes: &mut [u8]| {
        for byte in bytes {
            *byte = u8::try_from(street.draws(256)).unwrap();
        }
    };
    let real = |street: &mut Street| {
        let count = street.relay.seen.len() as u64;
        let place = usize::try_from(street.draws(count)).unwrap();
        street.relay.seen[place].clone()
    };
    match kind % 6 {
        0 => fill(street, &mut bytes),
        // One byte throughout, but for where it tells itself from others.
        1 => {
            bytes = vec![u8::MAX; size];
            fill(street, &mut bytes[..16]);
        }
        // A real one with bits turned over.
        2 => {
            bytes = real(street);
            for _ in 0..=street.draws(4) {
                let place = usize::try_from(street.draws(bytes.len() as u64)).unwrap();
                bytes[place] ^= 1 << street.draws(8);
            }
            fill(street, &mut bytes[100..116]);
        }
        // Two real ones, cut together.
        3 => {
            bytes = real(street);
            let other = real(street);
            let most = bytes.len().min(other.len()) as u64;
            let cut = usize::try_from(street.draws(most)).unwrap();
            bytes[cut..most as usize].copy_from_slice(&other[cut..most as usize]);
            fill(street, &mut bytes[200..216]);
        }
        // A real beginning in another size.
        4 => {
            let other = real(street);
            let most = bytes.len().min(other.len()) / 2;
            bytes[..most].copy_from_slice(&other[..most]);
            fill(street, &mut bytes[most..most + 16]);
        }
        // Almost nothing.
        _ => fill(street, &mut bytes[size - 16..]),
    }
    bytes
}

fn is_kept_aside(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Quarantined { .. })
}

#[test]
fn poison_between_messages_is_kept_aside_and_the_queue_proceeds() {
    let mut row = Row::of("X28");
    for seed in 0..row.times(2, 60) {
        let mut street = Street::with_friends(9_000 + row.seed() * 1_000 + seed);
        let mut witness = Witness::default();
        let to_alice = street.people["bob"].newest_capability();
        for round in 0..12 {
            // With a reader there, and without one: then much of it comes in one step.
            if round == 6 {
                street.goes_offline("alice");
            }
            for kind in 0..6 {
                let poison = poison(&mut street, kind);
                assert!(street.relay.deposit(&to_alice, &poison));
                row.tried(1);
            }
            witness.says(&mut street, "bob", "alice");
        }
        street.comes_online("alice");
        // Told with how many are kept by then.
        let last = poison(&mut street, 0);
        assert!(street.relay.deposit(&to_alice, &last));
        street.settles();
        assert!(street.was_told("alice", is_kept_aside), "it is told of");
        for who in ["alice", "bob"] {
            witness.reads(&mut street, who, true);
        }
        assert!(witness.odd.iter().all(|(_, kind)| is_kept_aside(kind)));
        let kept = witness.odd.iter().filter_map(|(_, kind)| match kind {
            EventKind::Quarantined { kept } => Some(*kept),
            _ => None,
        });
        assert_eq!(
            kept.max(),
            Some(6 * 12 + 1),
            "all of it is kept, none twice"
        );
        let said = witness.said();
        assert_eq!(witness.ends(&mut street).surfaced, said);
        assert_eq!(street.relay.waiting(), 0, "poison is acknowledged, too");
    }
}

#[test]
fn a_content_that_is_none_though_it_was_sealed_by_the_contact_stops_nobody() {
    let mut row = Row::of("X28");
    let mut street = Street::with_friends(9_900);
    street.says("alice", "bob", "known").unwrap();
    let bob_writes_to = street.people["bob"].newest_capability();
    let sessions = rows(&mut street, "bob", Table::Session);
    let mut session = Session::<Peer>::from_bytes(sessions.last().unwrap()).unwrap();
    let mut dice = Dice::seeded(9);
    for content in [
        &[][..],
        &[0xff; 3],
        &[0xa0],
        &[0x9f; 40],
        &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ] {
        let envelope = session.seal(content, &mut dice).unwrap();
        assert!(street.relay.deposit(&bob_writes_to, &envelope));
        row.tried(1);
    }
    street.opens("alice");
    assert!(street.was_told("alice", is_kept_aside));
    assert_eq!(street.relay.waiting(), 0, "acknowledged");
    // Bob cannot go on: in his name somebody else did. Others can.
    street.opens("carol");
    let link = street.invites("alice", "carol", false).unwrap();
    street.adds("carol", &link, "alice").unwrap();
    street.says("carol", "alice", "go on").unwrap();
    assert_eq!(street.texts("alice").last().unwrap(), "go on");
}
