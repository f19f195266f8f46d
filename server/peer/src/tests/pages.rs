//! Readers that fall behind, catch up, come and go (SPEC P-7, P-11, P-12).

use super::people::{Connection, Owner, Reader, Writer, settle};
use super::world::World;
use crate::failpoint::Gap;

fn street(seed: u64) -> (World, Owner, Reader, Writer) {
    let mut world = World::with_seed(seed);
    let owner = Owner::number(1);
    let reader = Reader::of_new(&mut world, &owner);
    let writer = Writer::to(&mut world, &owner);
    (world, owner, reader, writer)
}

#[test]
fn a_reader_out_of_credit_falls_behind_catches_up_from_disk_and_is_live_again() {
    let (mut world, _owner, mut reader, mut writer) = street(5);
    let mut sent = Vec::new();
    for size in [65_536; 4].into_iter().chain([4_096; 70]) {
        let envelope = world.envelope_of(size);
        writer.leaves(&mut world, &envelope);
        settle(&mut world, &mut [&mut writer, &mut reader]);
        sent.push(envelope);
    }
    assert_eq!(reader.envelopes(), sent[..4], "256 KiB are in flight");
    while reader.delivered.len() < sent.len() {
        let before = reader.delivered.len();
        reader.ack_all(&mut world);
        settle(&mut world, &mut [&mut writer, &mut reader]);
        assert!(reader.delivered.len() > before);
    }
    assert_eq!(reader.envelopes(), sent);
    reader.ack_all(&mut world);
    settle(&mut world, &mut [&mut writer, &mut reader]);

    let live = world.envelope();
    writer.leaves(&mut world, &live);
    reader.pump(&mut world);
    assert_eq!(reader.envelopes().last(), Some(&live), "before any commit");
}

#[test]
fn a_small_envelope_never_overtakes_a_large_one_for_which_there_was_no_credit() {
    let (mut world, _owner, mut reader, mut writer) = street(6);
    let mut sent: Vec<_> = [65_536, 65_536, 65_536, 16_384, 65_536, 4_096]
        .map(|size| world.envelope_of(size))
        .into();
    for envelope in &sent {
        writer.leaves(&mut world, envelope);
        settle(&mut world, &mut [&mut writer, &mut reader]);
    }
    assert_eq!(reader.envelopes(), sent[..4]);
    reader.ack(&mut world, 1, 1);
    let last = world.envelope();
    writer.leaves(&mut world, &last);
    sent.push(last);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    reader.ack_all(&mut world);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!(reader.envelopes(), sent);
}

#[test]
fn the_newest_reader_has_the_mailbox_and_gets_what_the_older_one_did_not_acknowledge() {
    let (mut world, owner, mut older, mut writer) = street(7);
    let sent: Vec<_> = (0..3).map(|_| world.envelope()).collect();
    for envelope in &sent {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer, &mut older]);
    older.ack(&mut world, 1, 1);

    let mut newer = Reader::of(&mut world, &owner);
    older.pump(&mut world);
    assert_eq!(older.detached(), 1);
    assert_eq!(newer.attached(1), Some((1, 0)));
    assert_eq!(
        newer.envelopes(),
        sent[1..],
        "and not what waits to be deleted"
    );
    assert_eq!(newer.delivered[0].1, 1, "tags begin anew");

    // The older one may not know yet: its acknowledgement is void, and no fault.
    older.ack(&mut world, 1, 3);
    assert_eq!(older.closed, None);
    world.core.router.gather();
    settle(&mut world, &mut [&mut newer]);
    assert_eq!(world.on_disk(&owner), sent[1..]);
}

#[test]
fn what_an_older_reader_was_not_told_in_time_it_is_never_told() {
    let (mut world, owner, mut older, mut writer) = street(20);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer]);
    let mut newer = Reader::of(&mut world, &owner);
    newer.ack_all(&mut world);
    older.pump(&mut world);
    assert_eq!((older.delivered.len(), older.detached()), (0, 1));
    assert_eq!(newer.envelopes(), [envelope]);
}

#[test]
fn a_new_reader_is_not_shown_twice_what_was_written_while_it_came() {
    let (mut world, owner, older, mut writer) = street(8);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    drop(older); // had it, unacknowledged, before it was written

    let mut newer = Reader::enter(&world);
    newer.attach(&mut world, &owner, 1);
    while world.answer_one() {}
    newer.pump(&mut world);
    assert!(world.commit());
    while world.answer_one() {}
    settle(&mut world, &mut [&mut newer, &mut writer]);
    assert_eq!(newer.envelopes(), [envelope]);
}

#[test]
fn a_page_is_not_read_while_an_envelope_in_flight_has_no_place_yet() {
    let (mut world, owner, mut reader, mut writer) = street(9);
    let sent: Vec<_> = (0..64).map(|_| world.envelope()).collect();
    for envelope in &sent[..63] {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer, &mut reader]);
    let mut other = Writer::to(&mut world, &owner);
    let (live, behind) = (world.envelope(), world.envelope());
    other.leaves(&mut world, &live);
    other.leaves(&mut world, &behind); // no credit: for the disk
    reader.pump(&mut world);
    assert_eq!(reader.delivered.len(), 64);
    reader.ack(&mut world, 1, 20); // credit, while the live one is still being written
    assert!(world.commit());
    settle(&mut world, &mut [&mut reader, &mut writer, &mut other]);
    assert_eq!(reader.delivered.len(), 65);
    assert_eq!(reader.envelopes()[63..], [live, behind]);
}

#[test]
fn credit_is_one_for_all_slots_of_a_connection_and_every_slot_gets_its_turn() {
    let mut world = World::with_seed(11);
    let owners: Vec<_> = (1..=3).map(Owner::number).collect();
    let mut reader = Reader::enter(&world);
    for (slot, owner) in (1..).zip(&owners) {
        reader.create(&mut world, owner, slot);
    }
    settle(&mut world, &mut [&mut reader]);
    for owner in &owners {
        let mut writer = Writer::to(&mut world, owner);
        for _ in 0..60 {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
        }
        settle(&mut world, &mut [&mut writer, &mut reader]);
    }
    assert_eq!(reader.delivered.len(), 64);
    let mut last = [0; 4];
    let mut seen = 0;
    while seen < reader.delivered.len() {
        for (slot, tag, _) in &reader.delivered[seen..] {
            assert_eq!(last[*slot as usize] + 1, *tag);
            last[*slot as usize] = *tag;
        }
        seen = reader.delivered.len();
        for slot in 1..=3 {
            if last[slot as usize] > 0 {
                reader.ack(&mut world, slot, last[slot as usize]);
            }
        }
        settle(&mut world, &mut [&mut reader]);
    }
    assert_eq!(last, [0, 60, 60, 60]);
}

#[test]
fn an_envelope_that_comes_while_a_page_is_read_is_delivered_after_it() {
    let (mut world, owner, reader, mut writer) = street(15);
    drop(reader);
    let (first, second, third) = (world.envelope(), world.envelope(), world.envelope());
    writer.leaves(&mut world, &first);
    settle(&mut world, &mut [&mut writer]);
    let mut reader = Reader::enter(&world);
    reader.attach(&mut world, &owner, 1);
    while reader.delivered.is_empty() {
        world.answer_one();
        if reader.delivered.is_empty() {
            reader.pump(&mut world);
            writer.leaves(&mut world, &second);
            break;
        }
    }
    while world.answer_one() | reader.pump(&mut world) {} // the page arrives before the commit
    writer.leaves(&mut world, &third);
    settle(&mut world, &mut [&mut reader, &mut writer]);
    assert_eq!(reader.envelopes(), [first, second, third]);
}

#[test]
fn a_page_that_finds_its_credit_spent_by_another_slot_is_read_again() {
    let mut world = World::with_seed(16);
    let (one, other) = (Owner::number(1), Owner::number(2));
    drop(Reader::of_new(&mut world, &one));
    let mut reader = Reader::of_new(&mut world, &other);
    let mut to_one = Writer::to(&mut world, &one);
    let mut to_other = Writer::to(&mut world, &other);
    let waiting: Vec<_> = (0..2).map(|_| world.envelope_of(65_536)).collect();
    for envelope in &waiting {
        to_one.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut to_one]);

    reader.attach(&mut world, &one, 2);
    world.answer_one(); // who it is
    reader.pump(&mut world);
    reader.pump(&mut world); // asks for a page: there is room for both
    for _ in 0..3 {
        let live = world.envelope_of(65_536);
        to_other.leaves(&mut world, &live);
    }
    settle(&mut world, &mut [&mut reader, &mut to_other]);
    let of_slot = |reader: &Reader, slot| {
        let mine = reader.delivered.iter().filter(|(s, _, _)| *s == slot);
        mine.map(|(_, _, envelope)| envelope.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of_slot(&reader, 1).len(), of_slot(&reader, 2).len()),
        (3, 1)
    );
    reader.ack(&mut world, 1, 3);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(of_slot(&reader, 2), waiting);
}

#[test]
fn a_page_read_between_commit_and_answer_shows_nothing_twice() {
    let (mut world, _owner, mut reader, mut writer) = street(18);
    let sent: Vec<_> = [65_536; 5].map(|size| world.envelope_of(size)).into();
    for envelope in &sent[..3] {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer, &mut reader]);
    for envelope in &sent[3..] {
        writer.leaves(&mut world, envelope); // the fourth live, the fifth for the disk
    }
    reader.pump(&mut world);
    let mut world = world.commit_with(|mut world, gap| {
        if gap == Gap::AfterCommit {
            reader.ack(&mut world, 1, 3);
            while world.answer_one() | reader.pump(&mut world) {}
        }
        world
    });
    settle(&mut world, &mut [&mut reader, &mut writer]);
    assert_eq!(reader.envelopes(), sent);
}

#[test]
fn what_an_older_reader_acknowledged_while_it_was_written_is_not_shown_to_the_next() {
    let (mut world, owner, mut older, mut writer) = street(19);
    let mut newer = Reader::enter(&world);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    older.pump(&mut world);
    let mut world = world.commit_with(|mut world, gap| {
        match gap {
            Gap::BeforeCommit => older.ack(&mut world, 1, 1),
            Gap::AfterCommit => {
                newer.attach(&mut world, &owner, 1);
                while world.answer_one() | newer.pump(&mut world) {}
            }
            Gap::BeforeBatch | Gap::BeforeWipe => {}
        }
        world
    });
    settle(&mut world, &mut [&mut newer, &mut older]);
    assert!(newer.delivered.is_empty());
    assert_eq!(newer.attached(1), Some((1, 0)));
}
