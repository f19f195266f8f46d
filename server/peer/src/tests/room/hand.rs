//! What memory makes of envelopes that found no room: a reader may have them in hand already.

use partywall_ground::Close;

use super::super::people::{Owner, Reader, Writer, settle};
use super::super::world::World;
use super::{assert_comes_out_even, frees, leave, street};
use crate::failpoint::Gap;

#[test]
fn a_reader_is_not_handed_what_comes_behind_an_envelope_that_found_no_room() {
    let (mut world, owner, mut reader, mut writer) = street(4);
    // Out of credit, so that the next one goes to disk only.
    for _ in 0..4 {
        leave(&mut world, &mut writer, &mut reader, 65_536);
    }
    settle(&mut world, &mut [&mut writer, &mut reader]);
    leave(&mut world, &mut writer, &mut reader, 4_096);
    frees(&world, 0);
    assert!(world.commit());
    frees(&world, None);
    reader.ack_all(&mut world);
    settle(&mut world, &mut [&mut reader]);
    let before = reader.delivered.len();
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!(reader.delivered.len(), before);
    assert_eq!((writer.accepted(), writer.closed), (4, Some(Close::NoRoom)));

    // Level again: who writes now is heard before the disk.
    let mut again = Writer::to(&mut world, &owner);
    leave(&mut world, &mut again, &mut reader, 4_096);
    assert_eq!(reader.delivered.len(), before + 1);
}

#[test]
fn what_a_reader_has_in_hand_when_there_is_no_room_is_neither_held_nor_deleted_and_counts_when_acknowledged()
 {
    let (mut world, owner, mut reader, mut writer) = street(5);
    leave(&mut world, &mut writer, &mut reader, 4_096);
    frees(&world, 0);
    settle(&mut world, &mut [&mut writer]);
    assert_eq!(writer.closed, Some(Close::NoRoom));
    assert_eq!(reader.delivered.len(), 1);
    reader.ack_all(&mut world);
    world.core.router.gather();
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(world.numbers(&owner).unwrap().acks, 1);
    assert_comes_out_even(world, &owner, reader);
}

#[test]
fn what_a_reader_acknowledged_before_there_was_no_room_counts_and_its_writer_is_told_no_room() {
    for acknowledged in [Gap::BeforeBatch, Gap::BeforeCommit] {
        let (mut world, owner, mut reader, mut writer) = street(6);
        leave(&mut world, &mut writer, &mut reader, 4_096);
        *world.dies.2.lock().unwrap() = 1;
        let mut world = world.commit_with(|mut world, gap| {
            if gap == acknowledged {
                reader.ack_all(&mut world);
            }
            world
        });
        settle(&mut world, &mut [&mut writer, &mut reader]);
        assert_eq!((writer.accepted(), writer.closed), (0, Some(Close::NoRoom)));
        world.core.router.gather();
        settle(&mut world, &mut [&mut reader]);
        assert_eq!(world.numbers(&owner).unwrap().acks, 1, "{acknowledged:?}");
        assert_comes_out_even(world, &owner, reader);
    }
}

#[test]
fn a_mailbox_is_not_held_full_by_envelopes_that_found_no_room() {
    let mut world = World::with(7, |settings| {
        settings.admission = crate::Admission::Open;
        settings.quota_envelopes = 2;
    });
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    for _ in 0..5 {
        frees(&world, 0);
        let mut writer = Writer::to(&mut world, &owner);
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
        settle(&mut world, &mut [&mut writer]);
        assert_eq!(writer.closed, Some(Close::NoRoom));
    }
    frees(&world, None);
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..2 {
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
    }
    settle(&mut world, &mut [&mut writer]);
    assert_eq!((writer.accepted(), writer.closed), (2, None));
}

#[test]
fn what_a_reader_has_in_hand_when_there_is_no_room_takes_up_no_quota_and_frees_none() {
    let mut world = World::with(15, |settings| {
        settings.admission = crate::Admission::Open;
        settings.quota_envelopes = 2;
    });
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..2 {
        leave(&mut world, &mut writer, &mut reader, 4_096);
    }
    frees(&world, 0);
    settle(&mut world, &mut [&mut writer]);
    frees(&world, None);
    let mut again = Writer::to(&mut world, &owner);
    for _ in 0..2 {
        leave(&mut world, &mut again, &mut reader, 4_096);
    }
    settle(&mut world, &mut [&mut again]);
    assert_eq!((again.accepted(), again.closed), (2, None));
    reader.ack(&mut world, 1, 2);
    leave(&mut world, &mut again, &mut reader, 4_096);
    settle(&mut world, &mut [&mut again]);
    assert_eq!(again.closed, Some(Close::Full));
}

#[test]
fn the_next_reader_does_not_wait_for_what_an_older_one_had_in_hand_when_there_was_no_room() {
    let (mut world, owner, mut reader, mut writer) = street(16);
    leave(&mut world, &mut writer, &mut reader, 4_096);
    frees(&world, 0);
    settle(&mut world, &mut [&mut writer]);
    frees(&world, None);
    let mut again = Writer::to(&mut world, &owner);
    leave(&mut world, &mut again, &mut reader, 4_096);
    settle(&mut world, &mut [&mut again]);
    drop(reader);
    let next = Reader::of(&mut world, &owner);
    assert_eq!(next.envelopes(), world.on_disk(&owner));
    assert_eq!(next.delivered.len(), 1);
}
