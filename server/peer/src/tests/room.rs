//! A disk that is full (SPEC P-17): nothing that was accepted is lost, the order stays, and it goes on
//! when there is room.

mod hand;

use std::path::Path;

use partywall_ground::Close;
use partywall_peer::{Reason, ShelfBefore};
use partywall_store::Place;

use super::people::{Connection, Owner, Reader, Writer, bundle, settle};
use super::world::World;
use crate::rules::limits::EXPIRE_ROWS_IN_NEED;
use partywall_store::{LOG_ROOM, SPARE};

fn street(seed: u64) -> (World, Owner, Reader, Writer) {
    let mut world = World::with_seed(seed);
    let owner = Owner::number(1);
    let reader = Reader::of_new(&mut world, &owner);
    let writer = Writer::to(&mut world, &owner);
    (world, owner, reader, writer)
}

fn frees(world: &World, bytes: impl Into<Option<u64>>) {
    let bytes = bytes.into();
    *world.free.lock().unwrap() = Box::new(move || bytes);
}

/// Up to the writer's queue, and to a live reader.
fn leave(world: &mut World, writer: &mut Writer, reader: &mut Reader, size: usize) {
    let envelope = world.envelope_of(size);
    writer.leaves(world, &envelope);
    while world.answer_one() {}
    writer.pump(world);
    reader.pump(world);
}

/// Nothing is left in memory of a mailbox that nobody reads: every number came out even.
fn assert_comes_out_even(mut world: World, owner: &Owner, reader: Reader) {
    drop(reader);
    for _ in 0..4 {
        world.core.router.gather();
        settle(&mut world, &mut []);
    }
    assert_eq!(world.core.router.in_memory(), 0);
    assert_eq!(world.numbers(owner).unwrap().held.envelopes, 0);
}

#[test]
fn a_full_disk_answers_what_it_took_closes_with_no_room_and_goes_on_when_there_is_room() {
    let (mut world, owner, mut reader, mut writer) = street(1);
    let sent: Vec<_> = (0..6).map(|_| world.envelope()).collect();
    for envelope in &sent[..3] {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer]);
    frees(&world, 0);
    for envelope in &sent[3..] {
        writer.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut writer]);
    assert_eq!((writer.accepted(), writer.closed), (3, Some(Close::NoRoom)));
    assert_eq!(world.gauges().refused_no_room, 3);
    assert_eq!(world.on_disk(&owner), sent[..3]);

    // What deletes goes on, and the client goes on from the first unanswered one.
    settle(&mut world, &mut [&mut reader]);
    reader.ack_all(&mut world);
    world.core.router.gather();
    settle(&mut world, &mut [&mut reader]);
    assert!(world.on_disk(&owner).is_empty());
    frees(&world, None);
    let mut again = Writer::to(&mut world, &owner);
    for envelope in &sent[3..] {
        again.leaves(&mut world, envelope);
    }
    settle(&mut world, &mut [&mut again, &mut reader]);
    assert_eq!((again.accepted(), again.closed), (3, None));
    assert_eq!(world.on_disk(&owner), sent[3..]);
}

#[test]
fn a_disk_that_mail_filled_has_room_again_when_the_mail_is_gone_although_the_file_never_shrinks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("peer.db");
    let mut world = World::at(Place::file(&file), 2);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let (log, whole) = (folder.path().join("peer.db-wal"), 6_u64 << 20);
    let size = |file: &Path| file.metadata().map_or(0, |about| about.len());
    let (database, beside) = (file.clone(), log.clone());
    let free = move || Some(whole.saturating_sub(size(&database) + size(&beside)));
    *world.free.lock().unwrap() = Box::new(free);
    let mut filled = Vec::new();
    for _ in 0..3 {
        let mut kept = 0;
        let mut writer = Writer::to(&mut world, &owner);
        while writer.closed.is_none() {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
            settle(&mut world, &mut [&mut writer]);
            kept += 1;
        }
        assert_eq!(writer.closed, Some(Close::NoRoom));
        filled.push(kept);
        while !world.on_disk(&owner).is_empty() {
            settle(&mut world, &mut [&mut reader]);
            reader.ack_all(&mut world);
            world.core.router.gather();
            settle(&mut world, &mut [&mut reader]);
        }
        world.tidy();
        assert!(size(&file) <= whole - LOG_ROOM - SPARE);
    }
    assert!(filled[0] > 300, "{filled:?}");
    assert!(
        filled[1] >= filled[0] && filled[2] >= filled[0],
        "{filled:?}"
    );
}

/// A log is emptied into the database, which may have to grow for it: if deletes took the last of the disk for
/// the log while somebody reads it, neither could ever be again.
#[test]
fn while_a_log_is_read_deletes_leave_the_room_that_it_needs_to_be_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file(folder.path().join("peer.db"));
    let mut world = World::at(place.clone(), 4);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let whole = 12_u64 << 20;
    let files = ["peer.db", "peer.db-wal"].map(|name| folder.path().join(name));
    let sizes = move || {
        files
            .each_ref()
            .map(|file| file.metadata().map_or(0, |it| it.len()))
    };
    let taken = sizes.clone();
    let free = move || Some(whole.saturating_sub(taken().iter().sum()));
    *world.free.lock().unwrap() = Box::new(free);

    let mut writer = Writer::to(&mut world, &owner);
    let outsider = place.look().unwrap();
    for kept in 0.. {
        if writer.closed.is_some() {
            break;
        }
        if kept == 1_500 {
            // The log is emptied, and from now on it is read.
            world.tidy();
            let reads = "BEGIN; SELECT COUNT(*) FROM envelopes";
            outsider.execute_batch(reads).unwrap();
        }
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
        settle(&mut world, &mut [&mut writer]);
    }
    assert_eq!(writer.closed, Some(Close::NoRoom));
    let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    for _ in 0..40 {
        settle(&mut world, &mut [&mut reader]);
        reader.ack_all(&mut world);
        world.core.router.gather();
        settle(&mut world, &mut [&mut reader]);
        let all: i64 = place
            .look()
            .unwrap()
            .query_row(pages, [], |row| row.get(0))
            .unwrap();
        let [file, log] = sizes();
        let needed = log + file.max(all.unsigned_abs());
        assert!(
            needed <= whole,
            "{file} and {log} bytes, {all} when emptied"
        );
    }
    assert!(!world.on_disk(&owner).is_empty(), "deletes wait");

    outsider.execute_batch("COMMIT").unwrap();
    while !world.on_disk(&owner).is_empty() {
        world.core.router.gather();
        settle(&mut world, &mut [&mut reader]);
    }
    let mut again = Writer::to(&mut world, &owner);
    let envelope = world.envelope();
    again.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut again]);
    assert_eq!((again.accepted(), again.closed), (1, None));
}

#[test]
fn an_envelope_behind_one_that_found_no_room_is_refused_although_there_is_room_by_then() {
    let (mut world, owner, mut reader, mut writer) = street(3);
    let mut late = Writer::to(&mut world, &owner);
    let mut others: Vec<_> = (0..4).map(|_| Writer::to(&mut world, &owner)).collect();
    leave(&mut world, &mut writer, &mut reader, 65_536);
    for other in &mut others {
        for _ in 0..4 {
            leave(&mut world, other, &mut reader, 65_536);
        }
    }
    leave(&mut world, &mut writer, &mut reader, 4_096);
    leave(&mut world, &mut late, &mut reader, 16_384);
    frees(&world, 0);
    assert!(world.commit());
    frees(&world, None);
    assert!(world.commit());
    settle(&mut world, &mut [&mut writer, &mut late]);
    assert_eq!(late.accepted(), 1, "there is room again");
    assert_eq!((writer.accepted(), writer.closed), (0, Some(Close::NoRoom)));
    let sizes: Vec<_> = world
        .on_disk(&owner)
        .iter()
        .map(|envelope| envelope.size().bytes())
        .collect();
    assert_eq!(sizes, [16_384], "nothing overtook what found no room");
}

#[test]
fn a_batch_that_fills_the_disk_is_undone_and_what_only_deletes_is_written_nevertheless() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::at(Place::file(folder.path().join("peer.db")), 8);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    for _ in 0..20 {
        leave(&mut world, &mut writer, &mut reader, 4_096);
    }
    settle(&mut world, &mut [&mut writer, &mut reader]);
    world.fills();
    reader.ack(&mut world, 1, 5);
    for _ in 0..40 {
        leave(&mut world, &mut writer, &mut reader, 4_096);
    }
    world.core.router.gather();
    let log = || folder.path().join("peer.db-wal").metadata().unwrap().len();
    let before = log();
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert!(log() < before, "the log was emptied to make room");
    assert_eq!(
        (writer.accepted(), writer.closed),
        (20, Some(Close::NoRoom))
    );
    assert_eq!(world.on_disk(&owner).len(), 15);
    assert_eq!(world.numbers(&owner).unwrap().acks, 5);

    // As many as were deleted find room in their pages, and all of it comes back after a crash.
    let mut again = Writer::to(&mut world, &owner);
    for _ in 0..3 {
        let envelope = world.envelope();
        again.leaves(&mut world, &envelope);
    }
    settle(&mut world, &mut [&mut again]);
    assert_eq!((again.accepted(), again.closed), (3, None));
    world.empties();
    drop((reader, writer, again));
    let world = world.crash();
    assert_eq!(world.on_disk(&owner).len(), 18);
}

#[test]
fn deletes_that_find_no_room_are_tried_again_until_they_do() {
    let (mut world, owner, mut reader, mut writer) = street(9);
    leave(&mut world, &mut writer, &mut reader, 4_096);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    reader.ack_all(&mut world);
    *world.dies.2.lock().unwrap() = 2;
    world.core.router.gather();
    assert!(world.commit());
    assert_eq!(world.on_disk(&owner).len(), 1);
    world.core.router.gather();
    assert!(world.commit());
    assert!(world.on_disk(&owner).is_empty());
    assert_eq!(world.numbers(&owner).unwrap().acks, 1);
    assert_comes_out_even(world, &owner, reader);
}

#[test]
fn without_room_nothing_new_is_made_and_what_is_there_is_served() {
    let (mut world, owner, mut reader, mut writer) = street(10);
    reader.shelve(&mut world, ShelfBefore::Kept, &[bundle(1)], None);
    settle(&mut world, &mut [&mut reader]);
    frees(&world, LOG_ROOM);
    let mut newcomer = Reader::enter(&world);
    newcomer.create(&mut world, &Owner::number(2), 1);
    settle(&mut world, &mut [&mut newcomer]);
    assert_eq!(newcomer.refused(), Some(Reason::LowDisk));
    newcomer.create(&mut world, &owner, 2);
    settle(&mut world, &mut [&mut newcomer]);
    assert!(newcomer.attached(2).is_some(), "it was there before");

    let mut reader = Reader::of(&mut world, &owner);
    reader.shelve(&mut world, ShelfBefore::Kept, &[bundle(2)], None);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.refused(), Some(Reason::LowDisk));
    writer.takes(&mut world);
    settle(&mut world, &mut [&mut writer]);
    assert_eq!(writer.taken(), [Some(bundle(1))]);
    reader.close(&mut world, 1);
    settle(&mut world, &mut [&mut reader]);
    assert!(reader.closed_mailbox().is_some());
}

#[test]
fn a_mailbox_whose_end_finds_no_room_stays_and_can_be_closed_again() {
    let (mut world, owner, mut reader, mut writer) = street(11);
    *world.dies.2.lock().unwrap() = 2;
    reader.close(&mut world, 1);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.refused(), Some(Reason::LowDisk));
    leave(&mut world, &mut writer, &mut reader, 4_096);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!((writer.accepted(), reader.delivered.len()), (1, 1));
    reader.close(&mut world, 1);
    settle(&mut world, &mut [&mut reader]);
    assert!(reader.closed_mailbox().is_some());
    assert!(world.key(&owner).is_none());
}

#[test]
fn a_bundle_that_cannot_be_taken_off_the_disk_is_not_handed_out() {
    let (mut world, owner, mut reader, mut writer) = street(12);
    reader.shelve(&mut world, ShelfBefore::Kept, &[bundle(1)], None);
    settle(&mut world, &mut [&mut reader]);
    *world.dies.2.lock().unwrap() = 2;
    writer.takes(&mut world);
    settle(&mut world, &mut [&mut writer]);
    assert!(writer.taken().is_empty());
    assert_eq!(writer.closed, Some(Close::NoRoom));
    let mut again = Writer::to(&mut world, &owner);
    again.takes(&mut world);
    settle(&mut world, &mut [&mut again]);
    assert_eq!(again.taken(), [Some(bundle(1))]);
}

#[test]
fn a_mailbox_that_is_read_does_not_expire_because_there_was_no_room_to_note_it() {
    let mut world = World::with(13, |settings| {
        settings.admission = crate::Admission::Open;
        settings.mailbox_idle_days = 2;
    });
    let (read, idle) = (Owner::number(1), Owner::number(2));
    let _reader = Reader::of_new(&mut world, &read);
    drop(Reader::of_new(&mut world, &idle));
    world.pass_days(5);
    *world.dies.2.lock().unwrap() = 2;
    assert!(!world.expire());
    assert!(world.key(&read).is_some() && world.key(&idle).is_some());
    world.expire_all();
    assert!(world.key(&read).is_some() && world.key(&idle).is_none());
}

#[test]
fn expiry_goes_on_in_small_steps_on_a_full_disk_and_waits_when_there_is_no_room_at_all() {
    let (mut world, owner, reader, mut writer) = street(14);
    drop(reader);
    for _ in 0..20 {
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
    }
    settle(&mut world, &mut [&mut writer]);
    world.pass_days(100);
    *world.dies.2.lock().unwrap() = 2;
    assert!(!world.expire());
    assert_eq!(world.on_disk(&owner).len(), 20);
    *world.dies.2.lock().unwrap() = 1;
    world.expire();
    assert_eq!(world.on_disk(&owner).len(), 20 - EXPIRE_ROWS_IN_NEED);
    world.expire_all();
    assert!(world.on_disk(&owner).is_empty());
}
