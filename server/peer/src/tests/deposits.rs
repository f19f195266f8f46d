//! The deposit door (SPEC §5.6, P-15 to P-19), story by story.

use std::num::NonZeroU64;

use partywall_ground::{Capability, Close};
use partywall_peer::{Number, deposit};

use super::people::{Connection, Owner, Reader, Writer, settle};
use super::world::World;
use crate::rules::limits::{UNANSWERED, UNANSWERED_BYTES};

#[test]
fn an_unknown_capability_costs_one_look_up_and_closes() {
    let mut world = World::with_seed(1);
    drop(Reader::of_new(&mut world, &Owner::number(1)));
    let mut wrong_by_a_bit = Owner::number(1).capability;
    wrong_by_a_bit[31] ^= 1;
    for capability in [[0; 32], wrong_by_a_bit, Owner::number(2).capability] {
        let mut writer = Writer::enter(&world);
        writer.uses(&mut world, capability);
        assert!(world.answer_one());
        assert!(!world.answer_one());
        writer.pump(&mut world);
        assert!(writer.said.is_empty());
        assert_eq!(writer.closed, Some(Close::NoSuchDrop));
    }
}

#[test]
fn use_comes_first_and_once() {
    let mut world = World::with_seed(2);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    let envelope = world.envelope();

    let mut writer = Writer::enter(&world);
    writer.leaves(&mut world, &envelope);
    assert_eq!(writer.closed, Some(Close::OutOfTurn));
    let mut writer = Writer::enter(&world);
    writer.takes(&mut world);
    assert_eq!(writer.closed, Some(Close::OutOfTurn));
    let mut writer = Writer::to(&mut world, &owner);
    writer.uses(&mut world, owner.capability);
    assert_eq!(writer.closed, Some(Close::OutOfTurn));
}

#[test]
fn numbers_count_from_one_without_a_gap() {
    let mut world = World::with_seed(3);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    for wrong in [2, 3, u64::MAX] {
        let mut writer = Writer::to(&mut world, &owner);
        let number = Number::new(NonZeroU64::new(wrong).unwrap());
        let envelope = world.envelope();
        writer.say(&mut world, deposit::Deposit { number, envelope });
        assert_eq!(writer.closed, Some(Close::Malformed));
    }
}

#[test]
fn requests_may_be_sent_before_they_are_answered_and_are_answered_in_order() {
    let mut world = World::with_seed(4);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::enter(&world);
    let sent: Vec<_> = (0..5).map(|_| world.envelope()).collect();
    writer.uses(&mut world, owner.capability);
    for envelope in &sent[..3] {
        writer.leaves(&mut world, envelope);
    }
    writer.takes(&mut world);
    for envelope in &sent[3..] {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer, &mut reader]);
    let said: Vec<_> = writer.said.iter().map(|word| format!("{word:?}")).collect();
    assert_eq!(said, ["Opened", "Accepted", "Taken", "Accepted"]);
    assert_eq!(writer.accepted(), 5);
    assert_eq!(reader.envelopes(), sent);
}

#[test]
fn a_depositor_is_not_read_beyond_64_envelopes_or_256_kib_unanswered() {
    let mut world = World::with_seed(5);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    for (size, most) in [(4_096, UNANSWERED), (65_536, UNANSWERED_BYTES / 65_536)] {
        let mut writer = Writer::to(&mut world, &owner);
        let mut left = 0;
        while writer.reads() {
            let envelope = world.envelope_of(size);
            writer.leaves(&mut world, &envelope);
            while world.answer_one() {}
            left += 1;
        }
        assert_eq!(left, most);
        settle(&mut world, &mut [&mut writer]);
        assert!(writer.reads());
        assert_eq!(writer.accepted(), most as u64);
    }
}

#[test]
fn a_full_mailbox_answers_what_it_took_before_it_closes() {
    let mut world = World::with(6, |settings| {
        settings.admission = crate::Admission::Open;
        settings.quota_envelopes = 10;
    });
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let sent: Vec<_> = (0..12).map(|_| world.envelope()).collect();
    for envelope in &sent {
        writer.leaves(&mut world, envelope);
    }
    while world.answer_one() {}
    writer.pump(&mut world);
    assert_eq!(
        (writer.accepted(), writer.closed),
        (0, None),
        "owed answers come first"
    );
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!((writer.accepted(), writer.closed), (10, Some(Close::Full)));
    assert_eq!(world.on_disk(&owner), sent[..10]);
    assert_eq!(world.gauges().refused_full, 1);

    // It empties when its reader comes; the client goes on from the first unanswered one.
    reader.ack_all(&mut world);
    let mut again = Writer::to(&mut world, &owner);
    for envelope in &sent[10..] {
        again.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut again, &mut reader]);
    assert_eq!(again.accepted(), 2);
    assert_eq!(reader.envelopes(), sent);
}

#[test]
fn the_quota_of_bytes_is_counted_when_a_mailbox_is_opened_again() {
    let mut world = World::with(7, |settings| {
        settings.admission = crate::Admission::Open;
        settings.quota_bytes = 200_000;
    });
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    for accepted in [1, 1, 1, 0] {
        let mut writer = Writer::to(&mut world, &owner);
        let envelope = world.envelope_of(65_536);
        writer.leaves(&mut world, &envelope);
        settle(&mut world, &mut [&mut writer]);
        assert_eq!(writer.accepted(), accepted);
        for _ in 0..3 {
            world.core.router.gather();
        }
        assert_eq!(world.core.router.in_memory(), 0);
    }
    assert_eq!(world.numbers(&owner).unwrap().held.bytes, 3 * 65_536);
}

#[test]
fn two_depositors_to_a_mailbox_that_is_not_in_memory_wait_for_one_opening() {
    let mut world = World::with_seed(8);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    let mut one = Writer::to(&mut world, &owner);
    let mut other = Writer::to(&mut world, &owner);
    for _ in 0..3 {
        world.core.router.gather();
    }
    let envelope = world.envelope();
    one.leaves(&mut world, &envelope);
    other.leaves(&mut world, &envelope);
    assert!(world.answer_one());
    assert!(!world.answer_one(), "opened once");
    settle(&mut world, &mut [&mut one, &mut other]);
    assert_eq!((one.accepted(), other.accepted()), (1, 1));
    assert_eq!(
        world.on_disk(&owner).len(),
        2,
        "the relay does not compare (P-19)"
    );
}

#[test]
fn a_depositor_that_leaves_while_its_mailbox_is_opened_stops_nobody_else() {
    let mut world = World::with_seed(9);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    for _ in 0..3 {
        world.core.router.gather();
    }
    let envelope = world.envelope();
    let mut gone = Writer::to(&mut world, &owner);
    gone.leaves(&mut world, &envelope);
    drop(gone);
    let mut writer = Writer::to(&mut world, &owner);
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer]);
    assert_eq!(writer.accepted(), 1);
}

#[test]
fn the_drop_is_the_hash_of_the_capability_and_the_capability_is_not_kept() {
    let owner = Owner::number(1);
    let request = crate::rules::deposit::Request::of_use(&Capability::new(owner.capability));
    assert!(matches!(request, crate::rules::deposit::Request::Use(drop) if drop == owner.drop()));
}
