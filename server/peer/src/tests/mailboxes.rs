//! Mailboxes, slots, passes and credits (SPEC §5.3, P-4 to P-7), and what breaks the protocol.

use partywall_ground::Close;
use partywall_peer::collect::{Detached, FromRelay};
use partywall_peer::proofs::Admission;
use partywall_peer::{Reason, ShelfBefore, Slot, Tag};
use partywall_proof::{Signature, SigningKey};

use super::people::{Connection, Owner, Reader, Writer, by_pass, settle};
use super::world::World;
use crate::rules::admission::digest_of_pass;
use crate::rules::limits::{OPEN_REQUESTS, SLOTS};
use crate::store::{Outcome, Reading, Write};

/// A relay that asks for passes, and one of them.
fn guarded(mailboxes: u32) -> (World, [u8; 32]) {
    let mut world = World::with(1, |_| {});
    let pass = world.dice.bytes::<32>();
    let write = Write::MakePass {
        digest: digest_of_pass(&pass),
        mailboxes,
    };
    assert!(world.core.router.submit(write, |_| {}).is_ok());
    assert!(world.commit());
    (world, pass)
}

fn left(world: &World) -> u32 {
    world.reading.passes().unwrap()[0].left
}

#[test]
fn an_unknown_mailbox_a_false_proof_and_a_malformed_key_get_one_answer_after_one_look_up() {
    let mut world = World::with_seed(1);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    let stranger = Owner::number(2);

    let mut asked = Vec::new();
    for case in 0..4 {
        let mut reader = Reader::enter(&world);
        let mut attach = match case {
            0 => reader.signed_attach(&mut world, &stranger, 1),
            _ => reader.signed_attach(&mut world, &owner, 1),
        };
        match case {
            1 => attach.signature = Signature::from_bytes([7; 64]),
            2 => attach.spki = partywall_ground::Spki::new([1; 32]),
            3 => attach.reader = partywall_ground::ReaderId::new([0xff; 32]),
            _ => {}
        }
        reader.say(&mut world, attach);
        assert!(reader.said.is_empty());
        assert!(world.answer_one(), "the store is asked in every case");
        assert!(!world.answer_one(), "and asked once");
        reader.pump(&mut world);
        asked.push(
            reader
                .said
                .iter()
                .map(FromRelay::encode)
                .collect::<Vec<_>>(),
        );
        assert_eq!(reader.refused(), Some(Reason::NoSuchMailbox));
        assert_eq!(reader.closed, None);
    }
    assert!(asked.iter().all(|answer| *answer == asked[0]));
}

#[test]
fn a_proof_made_for_another_connection_is_worth_nothing() {
    let mut world = World::with_seed(2);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    let mut thief = Reader::enter(&world);
    let overheard = Reader::enter(&world).signed_attach(&mut world, &owner, 1);
    thief.say(&mut world, overheard);
    settle(&mut world, &mut [&mut thief]);
    assert_eq!(thief.refused(), Some(Reason::NoSuchMailbox));
}

#[test]
fn creating_what_exists_attaches_it_and_counts_no_pass() {
    let (mut world, pass) = guarded(2);
    let owner = Owner::number(1);
    for _ in 0..3 {
        let mut reader = Reader::enter(&world);
        reader.create_with(&mut world, &owner, 1, by_pass(&pass));
        settle(&mut world, &mut [&mut reader]);
        assert_eq!(reader.attached(1), Some((0, 0)));
    }
    assert_eq!(left(&world), 1);
    assert_eq!(world.gauges().mailboxes, 1);
}

#[test]
fn a_mailbox_of_which_only_one_name_exists_is_taken() {
    let mut world = World::with_seed(3);
    let (one, other) = (Owner::number(1), Owner::number(2));
    drop(Reader::of_new(&mut world, &one));
    drop(Reader::of_new(&mut world, &other));
    let drop_of = |reader: u8, drop: &Owner| Owner {
        reader: SigningKey::from_seed(&[reader; 32]),
        capability: drop.capability,
    };
    for mixed in [
        drop_of(1, &Owner::number(3)),
        drop_of(3, &one),
        drop_of(1, &other),
    ] {
        let mut reader = Reader::enter(&world);
        reader.create(&mut world, &mixed, 1);
        settle(&mut world, &mut [&mut reader]);
        assert_eq!(reader.refused(), Some(Reason::Taken));
    }
}

#[test]
fn a_false_signature_creates_nothing_and_spends_nothing() {
    let (mut world, pass) = guarded(2);
    let owner = Owner::number(1);
    let mut reader = Reader::enter(&world);
    let elsewhere = Reader::enter(&world);
    drop(elsewhere);
    let forger = Owner {
        reader: SigningKey::from_seed(&[9; 32]),
        ..Owner::number(1)
    };
    let mut create = reader.signed_create(&mut world, &forger, by_pass(&pass));
    create.reader = partywall_ground::ReaderId::new(*owner.reader.public().as_bytes());
    reader.say(&mut world, create);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.refused(), Some(Reason::NoSuchMailbox));
    assert_eq!(left(&world), 2);
    assert_eq!(world.key(&owner).map(|_| ()), None);
}

#[test]
fn a_pass_counts_down_to_nothing_and_a_revoked_one_is_worth_nothing() {
    let (mut world, pass) = guarded(2);
    let mut refused = Vec::new();
    for number in 1..=3 {
        let mut reader = Reader::enter(&world);
        reader.create_with(&mut world, &Owner::number(number), 1, by_pass(&pass));
        settle(&mut world, &mut [&mut reader]);
        refused.push(reader.refused());
    }
    assert_eq!(refused, [None, None, Some(Reason::Admission)]);
    assert_eq!(left(&world), 0);

    let (mut world, pass) = guarded(2);
    let [a, b, c, d, ..] = digest_of_pass(&pass);
    let revoke = Write::RevokePass {
        short: [a, b, c, d],
    };
    assert!(
        world
            .core
            .router
            .submit(revoke, |outcome| assert!(outcome == Outcome::Passes(1)))
            .is_ok()
    );
    assert!(world.commit());
    for by in [by_pass(&pass), by_pass(&[3; 32]), Admission::Open] {
        let mut reader = Reader::enter(&world);
        reader.create_with(&mut world, &Owner::number(1), 1, by);
        settle(&mut world, &mut [&mut reader]);
        assert_eq!(reader.refused(), Some(Reason::Admission));
    }
}

#[test]
fn closing_a_mailbox_erases_it_and_returns_a_credit_that_is_good_once() {
    let (mut world, pass) = guarded(1);
    let owner = Owner::number(1);
    let mut reader = Reader::enter(&world);
    reader.create_with(&mut world, &owner, 1, by_pass(&pass));
    settle(&mut world, &mut [&mut reader]);
    let mut writer = Writer::to(&mut world, &owner);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer, &mut reader]);

    reader.close(&mut world, 1);
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!(writer.accepted(), 1);
    assert_eq!(writer.closed, Some(Close::NoSuchDrop));
    let credit = reader.closed_mailbox().unwrap().unwrap();
    let credit = *credit.as_bytes();
    assert_eq!(
        reader.detached(),
        0,
        "whoever closed it is told that it is closed"
    );
    assert_eq!(world.gauges().mailboxes, 0);
    world.expire_all();
    assert!(world.key(&owner).is_none());

    let spend = |world: &mut World, number| {
        let mut reader = Reader::enter(world);
        let by = Admission::Credit(partywall_ground::Credit::new(credit));
        reader.create_with(world, &Owner::number(number), 1, by);
        settle(world, &mut [&mut reader]);
        reader.refused()
    };
    assert_eq!(spend(&mut world, 2), None);
    assert_eq!(spend(&mut world, 3), Some(Reason::Admission));
    assert_eq!(left(&world), 0, "the pass paid for one mailbox only");
}

#[test]
fn where_everybody_may_make_mailboxes_no_credit_is_returned_or_stored() {
    let mut world = World::with_seed(4);
    let mut reader = Reader::of_new(&mut world, &Owner::number(1));
    reader.close(&mut world, 1);
    settle(&mut world, &mut [&mut reader]);
    assert!(matches!(reader.closed_mailbox(), Some(None)));
}

#[test]
fn on_low_disk_no_mailbox_is_made_and_the_old_ones_are_served() {
    let mut world = World::with_seed(5);
    let old = Owner::number(1);
    drop(Reader::of_new(&mut world, &old));
    world.core.set_low_disk(true);
    let mut reader = Reader::enter(&world);
    reader.create(&mut world, &old, 1);
    reader.create(&mut world, &Owner::number(2), 2);
    settle(&mut world, &mut [&mut reader]);
    assert!(reader.attached(1).is_some());
    assert_eq!(reader.refused(), Some(Reason::LowDisk));
    let mut writer = Writer::to(&mut world, &old);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!((writer.accepted(), reader.delivered.len()), (1, 1));
}

#[test]
fn a_slot_in_use_cannot_be_used_again_and_one_that_never_was_cannot_be_spoken_of() {
    let mut world = World::with_seed(6);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    reader.attach(&mut world, &owner, 1);
    assert_eq!(reader.closed, Some(Close::OutOfTurn));

    type Speak = fn(&mut Reader, &mut World);
    let speak: [Speak; 3] = [
        |reader, world| reader.ack(world, 2, 1),
        |reader, world| reader.close(world, 2),
        |reader, world| reader.shelve(world, ShelfBefore::Kept, &[], None),
    ];
    for speak in speak {
        let mut reader = Reader::enter(&world);
        speak(&mut reader, &mut world);
        assert_eq!(reader.closed, Some(Close::OutOfTurn));
    }
}

#[test]
fn a_tag_that_was_not_delivered_is_malformed() {
    let mut world = World::with_seed(7);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    // Handed over, and not yet said on this connection.
    reader.ack(&mut world, 1, 1);
    assert_eq!(reader.closed, Some(Close::Malformed));
    assert_eq!(world.gauges().acknowledged, 0);
    assert!(Tag::FIRST.value().get() == 1);
}

#[test]
fn a_request_about_a_slot_that_was_just_lost_is_answered_and_no_fault() {
    let mut world = World::with_seed(8);
    let owner = Owner::number(1);
    let mut older = Reader::of_new(&mut world, &owner);
    let mut newer = Reader::of(&mut world, &owner);
    older.close(&mut world, 1); // before it was told
    assert_eq!(older.refused(), Some(Reason::NoSuchMailbox));
    older.pump(&mut world);
    assert_eq!(older.detached(), 1);
    let told = |word: &FromRelay| matches!(word, FromRelay::Detached(Detached { slot }) if *slot == Slot::new(1));
    assert!(older.said.iter().any(told));
    older.shelve(&mut world, ShelfBefore::Kept, &[], None);
    older.ack(&mut world, 1, 1);
    assert_eq!(older.closed, None);
    assert!(world.key(&owner).is_some());

    older.attach(&mut world, &owner, 1); // the slot is free
    settle(&mut world, &mut [&mut older, &mut newer]);
    assert_eq!((older.closed, newer.detached()), (None, 1));
}

#[test]
fn a_connection_reads_at_most_1024_mailboxes() {
    let mut world = World::with_seed(9);
    let mut reader = Reader::enter(&world);
    for slot in 0..=SLOTS as u32 {
        let mut owner = Owner::number(0);
        owner.capability[..4].copy_from_slice(&slot.to_be_bytes());
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&slot.to_be_bytes());
        owner.reader = SigningKey::from_seed(&seed);
        reader.create(&mut world, &owner, slot);
        if slot % 16 == 15 || slot == SLOTS as u32 {
            settle(&mut world, &mut [&mut reader]);
        }
    }
    assert_eq!(reader.refused(), Some(Reason::TooMany));
    assert_eq!(world.gauges().mailboxes, SLOTS as u64);
    reader.close(&mut world, 0);
    settle(&mut world, &mut [&mut reader]);
    reader.create(&mut world, &Owner::number(77), 5_000);
    settle(&mut world, &mut [&mut reader]);
    assert!(
        reader.attached(5_000).is_some(),
        "a slot that was given back is free"
    );
}

#[test]
fn a_connection_with_too_many_open_requests_is_not_read_until_some_are_answered() {
    let mut world = World::with_seed(10);
    let owner = Owner::number(1);
    let mut reader = Reader::enter(&world);
    for slot in 0..OPEN_REQUESTS as u32 {
        assert!(reader.reads());
        reader.attach(&mut world, &owner, slot);
    }
    assert!(!reader.reads());
    settle(&mut world, &mut [&mut reader]);
    assert!(reader.reads());
}

#[test]
fn a_mailbox_that_ends_while_others_write_says_so_to_them_and_to_nobody_else() {
    let mut world = World::with_seed(11);
    let (owner, other) = (Owner::number(1), Owner::number(2));
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut neighbour = Reader::of_new(&mut world, &other);
    let mut writer = Writer::to(&mut world, &owner);
    let mut elsewhere = Writer::to(&mut world, &other);
    reader.close(&mut world, 1);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    elsewhere.leaves(&mut world, &envelope);
    settle(
        &mut world,
        &mut [&mut reader, &mut neighbour, &mut writer, &mut elsewhere],
    );
    assert_eq!(
        (writer.accepted(), writer.closed),
        (0, Some(Close::NoSuchDrop))
    );
    assert_eq!((elsewhere.accepted(), elsewhere.closed), (1, None));
    assert_eq!(neighbour.envelopes(), [envelope]);
}
