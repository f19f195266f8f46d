//! Disks that fail and processes that die, in every gap between effects.

use partywall_ground::Close;

use super::people::{Connection, Owner, Reader, Writer, settle};
use super::world::{World, died};
use crate::failpoint::Gap;

#[test]
fn a_commit_that_fails_accepts_nothing_and_is_never_tried_again() {
    for gap in [Gap::BeforeBatch, Gap::BeforeCommit] {
        let mut world = World::with_seed(1);
        let owner = Owner::number(1);
        let mut reader = Reader::of_new(&mut world, &owner);
        let mut writer = Writer::to(&mut world, &owner);
        let (first, second) = (world.envelope(), world.envelope());
        writer.leaves(&mut world, &first);
        settle(&mut world, &mut [&mut writer, &mut reader]);

        *world.dies.0.lock().unwrap() = Some(gap);
        writer.leaves(&mut world, &second);
        assert!(died(world.writer().step()));
        *world.dies.0.lock().unwrap() = None;
        assert_eq!(world.writer().step().unwrap(), 0);
        writer.pump(&mut world);
        assert_eq!(writer.accepted(), 1, "{gap:?}");

        let third = world.envelope();
        writer.leaves(&mut world, &third);
        assert_eq!(
            writer.closed, None,
            "an answer is owed that never comes: the task says fault"
        );
        drop((reader, writer));
        let mut world = world.crash();
        let reader = Reader::of(&mut world, &owner);
        assert_eq!(reader.envelopes(), [first]);
    }
}

#[test]
fn a_relay_that_dies_after_the_commit_and_before_the_answer_has_the_envelope() {
    let mut world = World::with_seed(2);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    let mut writer = Writer::to(&mut world, &owner);
    let envelope = world.envelope();
    *world.dies.0.lock().unwrap() = Some(Gap::AfterCommit);
    writer.leaves(&mut world, &envelope);
    while world.answer_one() {}
    writer.pump(&mut world);
    assert!(died(world.writer().step()));
    writer.pump(&mut world);
    assert_eq!(writer.accepted(), 0);

    // It says the same bytes again (P-19); the reader gets both and tells them apart by their digest.
    drop(writer);
    let mut world = world.crash();
    let mut writer = Writer::to(&mut world, &owner);
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer]);
    let reader = Reader::of(&mut world, &owner);
    assert_eq!(reader.envelopes(), [envelope.clone(), envelope]);
}

#[test]
fn an_acknowledgement_that_did_not_reach_the_disk_brings_the_envelope_again_and_no_count() {
    let mut world = World::with_seed(3);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let sent: Vec<_> = (0..4).map(|_| world.envelope()).collect();
    for envelope in &sent {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer, &mut reader]);
    reader.ack(&mut world, 1, 2);
    world.core.router.gather();
    assert!(world.commit());
    reader.ack(&mut world, 1, 4);
    drop((reader, writer));

    let mut world = world.crash();
    let reader = Reader::of(&mut world, &owner);
    assert_eq!(
        reader.attached(1),
        Some((2, 0)),
        "count and deletes are one transaction"
    );
    assert_eq!(reader.envelopes(), sent[2..]);
}

#[test]
fn a_mailbox_that_ended_stays_ended_and_is_erased_after_a_crash() {
    let mut world = World::with_seed(4);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..300 {
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
        settle(&mut world, &mut [&mut writer]);
    }
    reader.close(&mut world, 1);
    assert!(world.commit());
    drop((reader, writer));
    let mut world = world.crash();
    assert!(world.key(&owner).is_none());
    assert!(world.expire(), "there is something to erase");
    world.expire_all();
    let mut reader = Reader::of_new(&mut world, &owner);
    settle(&mut world, &mut [&mut reader]);
    assert!(reader.delivered.is_empty());
}

#[test]
fn a_place_that_was_used_before_a_restart_confuses_nobody_after_it() {
    let mut world = World::with_seed(5);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let old = world.envelope();
    writer.leaves(&mut world, &old);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    reader.ack_all(&mut world);
    world.core.router.gather();
    assert!(world.commit());
    // The top place is free now, and the next envelope of this process must not get it: the same
    // reader may still speak of the old one.
    let new = world.envelope();
    writer.leaves(&mut world, &new);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    reader.ack(&mut world, 1, 1);
    world.core.router.gather();
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(world.on_disk(&owner), [new]);
    assert_eq!(reader.closed, None::<Close>);
}
