//! The delivery contract (DESIGN §4, SPEC §5.5, P-11 to P-15), story by story.

use std::time::Duration;

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
fn a_connected_reader_gets_mail_before_the_disk_and_the_writer_its_answer_only_after() {
    let (mut world, owner, mut reader, mut writer) = street(1);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    while world.answer_one() {}
    writer.pump(&mut world);
    reader.pump(&mut world);
    assert_eq!(reader.envelopes(), std::slice::from_ref(&envelope));
    assert_eq!(writer.accepted(), 0, "nothing was committed");
    assert!(world.on_disk(&owner).is_empty());

    assert!(world.commit());
    writer.pump(&mut world);
    assert_eq!(writer.accepted(), 1);
    assert_eq!(world.on_disk(&owner), [envelope]);
}

#[test]
fn an_envelope_acknowledged_before_its_batch_is_left_out_and_accepted_with_that_batch() {
    let (mut world, owner, mut reader, mut writer) = street(2);
    let (first, second) = (world.envelope(), world.envelope());
    writer.leaves(&mut world, &first);
    while world.answer_one() {}
    writer.pump(&mut world);
    writer.leaves(&mut world, &second);
    reader.pump(&mut world);
    assert_eq!(reader.delivered.len(), 2);
    reader.ack(&mut world, 1, 1);
    writer.pump(&mut world);
    assert_eq!(writer.accepted(), 0, "the reader's haste answers nobody");

    let commits = world.gauges().commits;
    assert!(world.commit());
    writer.pump(&mut world);
    assert_eq!(writer.accepted(), 2);
    assert_eq!(world.on_disk(&owner), [second]);
    assert_eq!(world.gauges().commits, commits + 1);
    assert_eq!(world.gauges().left_out, 1);
    assert_eq!(world.gauges().accepted, 2);
    assert_eq!(
        world.numbers(&owner).unwrap().acks,
        1,
        "its acknowledgement is counted on disk"
    );
}

#[test]
fn an_envelope_acknowledged_while_it_is_written_is_deleted_and_counted_once() {
    let (mut world, owner, mut reader, mut writer) = street(3);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer]);
    reader.pump(&mut world);
    reader.ack(&mut world, 1, 1);
    assert_eq!(world.on_disk(&owner).len(), 1);
    world.core.router.gather();
    assert!(world.commit());
    assert!(world.on_disk(&owner).is_empty());
    assert_eq!(world.numbers(&owner).unwrap().acks, 1);
    assert_eq!(world.gauges().left_out, 0);
    world.core.router.gather();
    assert!(!world.commit(), "nothing is deleted twice");
}

#[test]
fn mail_waits_on_disk_for_its_reader_and_comes_in_the_order_of_acceptance() {
    let (mut world, owner, reader, mut writer) = street(4);
    drop(reader);
    let sent: Vec<_> = (0..150).map(|_| world.envelope()).collect();
    for envelope in &sent {
        writer.leaves(&mut world, envelope);
        settle(&mut world, &mut [&mut writer]);
    }
    assert_eq!(writer.accepted(), 150);

    let mut reader = Reader::of(&mut world, &owner);
    assert_eq!(reader.envelopes(), sent[..64], "as far as the credit goes");
    for _ in 0..3 {
        reader.ack_all(&mut world);
        settle(&mut world, &mut [&mut reader]);
    }
    assert_eq!(reader.envelopes(), sent);
    let tags: Vec<u64> = reader.delivered.iter().map(|(_, tag, _)| *tag).collect();
    assert_eq!(tags, (1..=150).collect::<Vec<_>>());
}

#[test]
fn a_reader_that_left_gets_everything_again_until_it_is_acknowledged() {
    let (mut world, owner, mut reader, mut writer) = street(10);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    for _ in 0..3 {
        drop(reader);
        reader = Reader::of(&mut world, &owner);
        assert_eq!(reader.envelopes(), std::slice::from_ref(&envelope));
    }
    reader.ack_all(&mut world);
    drop(reader);
    let reader = Reader::of(&mut world, &owner);
    assert!(
        reader.delivered.is_empty(),
        "acknowledged, and awaiting deletion"
    );
    assert_eq!(reader.attached(1), Some((1, 0)));
}

#[test]
fn acknowledgements_are_gathered_and_deleted_together_in_the_order_of_their_places() {
    let mut world = World::with_seed(12);
    let owners: Vec<_> = (1..=4).map(Owner::number).collect();
    let mut readers: Vec<_> = owners
        .iter()
        .map(|owner| Reader::of_new(&mut world, owner))
        .collect();
    let mut writers: Vec<_> = owners
        .iter()
        .map(|owner| Writer::to(&mut world, owner))
        .collect();
    for _ in 0..5 {
        for writer in &mut writers {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
            settle(&mut world, &mut [writer]);
        }
    }
    for reader in &mut readers {
        reader.pump(&mut world);
        reader.ack_all(&mut world);
    }
    let before = world.gauges();
    world.core.router.gather();
    settle(&mut world, &mut []);
    assert_eq!(
        world.gauges().rows_written,
        before.rows_written + 1,
        "one write for all"
    );
    for owner in &owners {
        assert!(world.on_disk(owner).is_empty());
        assert_eq!(world.numbers(owner).unwrap().acks, 5);
    }
}

#[test]
fn an_envelope_acknowledged_after_its_batch_was_put_together_is_written_deleted_and_counted_once() {
    let (mut world, owner, mut reader, mut writer) = street(17);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    while world.answer_one() {}
    writer.pump(&mut world);
    reader.pump(&mut world);
    let mut world = world.commit_with(|mut world, gap| {
        if gap == Gap::BeforeCommit {
            reader.ack(&mut world, 1, 1);
        }
        world
    });
    writer.pump(&mut world);
    assert_eq!(writer.accepted(), 1);
    assert_eq!(world.gauges().left_out, 0);
    assert_eq!(world.on_disk(&owner), [envelope]);
    drop(reader);
    let mut reader = Reader::of(&mut world, &owner);
    assert!(reader.delivered.is_empty(), "awaiting deletion");
    world.core.router.gather();
    settle(&mut world, &mut [&mut reader]);
    assert!(world.on_disk(&owner).is_empty());
    assert_eq!(world.numbers(&owner).unwrap().acks, 1);
}

#[test]
fn a_mailbox_leaves_memory_when_nobody_reads_and_nothing_waits() {
    let (mut world, owner, reader, mut writer) = street(13);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer]);
    for _ in 0..5 {
        world.core.router.gather();
    }
    assert_eq!(world.core.router.in_memory(), 1, "it has a reader");
    drop(reader);
    for _ in 0..3 {
        world.core.router.gather();
    }
    assert_eq!(world.core.router.in_memory(), 0);
    let reader = Reader::of(&mut world, &owner);
    assert_eq!(reader.envelopes(), [envelope]);
    assert_eq!(world.core.router.in_memory(), 1);
}

#[test]
fn presence_changes_neither_the_answers_nor_the_batch_in_which_they_are_said() {
    let told = |present: bool| {
        let mut world = World::with_seed(14);
        let owner = Owner::number(1);
        let mut reader = Some(Reader::of_new(&mut world, &owner)).filter(|_| present);
        let mut writer = Writer::to(&mut world, &owner);
        let mut told = Vec::new();
        for round in 0..40_u32 {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
            if let Some(reader) = &mut reader {
                reader.pump(&mut world);
                reader.ack_all(&mut world);
            }
            while world.answer_one() {}
            writer.pump(&mut world);
            told.push((writer.accepted(), world.gauges().commits));
            if round % 3 == 0 {
                assert!(world.commit());
                writer.pump(&mut world);
                told.push((writer.accepted(), world.gauges().commits));
            }
            world.clock.advance(Duration::from_millis(10));
        }
        let left_out = world.gauges().left_out;
        assert_eq!(left_out > 0, present);
        told
    };
    let (with, without) = (told(true), told(false));
    assert_eq!(
        with.iter()
            .map(|(accepted, _)| accepted)
            .collect::<Vec<_>>(),
        without
            .iter()
            .map(|(accepted, _)| accepted)
            .collect::<Vec<_>>()
    );
    let commits = |told: &[(u64, u64)]| told.last().unwrap().1 - told[0].1;
    assert_eq!(commits(&with), commits(&without));
}
