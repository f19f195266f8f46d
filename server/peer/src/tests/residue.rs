//! What a thief of the disk finds (SPEC P-13, DESIGN §6): nothing that was acknowledged.

use std::path::Path;

use partywall_store::Place;

use super::people::{Owner, Reader, Writer, bundle, settle};
use super::world::World;
use partywall_peer::ShelfBefore;

/// Whether any file in the folder holds these bytes.
fn lies_in(folder: &Path, bytes: &[u8]) -> bool {
    let mut files = 0;
    let found = std::fs::read_dir(folder).unwrap().any(|file| {
        files += 1;
        let content = std::fs::read(file.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    });
    assert!(files > 0);
    found
}

#[test]
fn an_acknowledged_envelope_is_in_no_file_once_the_log_was_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::at(Place::file(folder.path().join("peer.db")), 1);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let sizes = [4_096, 16_384, 65_536, 4_096];
    let sent: Vec<_> = sizes.map(|size| world.envelope_of(size)).into();
    for envelope in &sent {
        writer.leaves(&mut world, envelope);
        settle(&mut world, &mut [&mut writer, &mut reader]);
    }
    world.tidy();
    // Pages of SQLite cut an envelope; 64 bytes of it anywhere are enough for a thief.
    let traces = |envelope: &partywall_peer::Envelope| -> Vec<Vec<u8>> {
        envelope
            .as_bytes()
            .chunks(512)
            .map(|chunk| chunk[..64].to_vec())
            .collect()
    };
    for envelope in &sent {
        let found = traces(envelope)
            .iter()
            .filter(|trace| lies_in(folder.path(), trace))
            .count();
        assert!(
            found > traces(envelope).len() / 2,
            "the search finds what is there"
        );
    }

    reader.ack(&mut world, 1, 3);
    world.core.router.gather();
    assert!(world.commit());
    let in_log = sent[..3]
        .iter()
        .flat_map(traces)
        .any(|trace| lies_in(folder.path(), &trace));
    assert!(!in_log || folder.path().join("peer.db-wal").exists());
    world.tidy();
    for trace in sent[..3].iter().flat_map(traces) {
        assert!(!lies_in(folder.path(), &trace));
    }
    assert!(
        traces(&sent[3])
            .iter()
            .any(|trace| lies_in(folder.path(), trace))
    );
}

#[test]
fn a_left_out_envelope_never_touches_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::at(Place::file(folder.path().join("peer.db")), 2);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    {
        use super::people::Connection;
        reader.pump(&mut world);
    }
    reader.ack(&mut world, 1, 1);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    assert_eq!(writer.accepted(), 1);
    assert!(
        envelope
            .as_bytes()
            .chunks(64)
            .all(|trace| !lies_in(folder.path(), trace))
    );
}

#[test]
fn bundles_passes_and_closed_mailboxes_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::at(Place::file(folder.path().join("peer.db")), 3);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    reader.shelve(
        &mut world,
        ShelfBefore::Kept,
        &[bundle(0xa5)],
        Some(&bundle(0xb6)),
    );
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer, &mut reader]);
    world.tidy();
    let names = [*owner.drop().as_bytes(), *owner.reader.public().as_bytes()];
    let lying = |folder: &Path, trace: &[u8]| lies_in(folder, trace);
    assert!(lying(folder.path(), &[0xa5; 300]) && lying(folder.path(), &[0xb6; 300]));
    assert!(names.iter().all(|name| lying(folder.path(), name)));
    assert!(
        !lying(folder.path(), &owner.capability),
        "only ever its hash"
    );

    writer.takes(&mut world);
    settle(&mut world, &mut [&mut writer]);
    world.tidy();
    assert!(!lying(folder.path(), &[0xa5; 300]));

    reader.close(&mut world, 1);
    settle(&mut world, &mut [&mut reader]);
    world.expire_all();
    world.tidy();
    assert!(!lying(folder.path(), &[0xb6; 300]));
    assert!(names.iter().all(|name| !lying(folder.path(), name)));
    assert!(!lying(folder.path(), &envelope.as_bytes()[1_024..1_088]));
}

/// Otherwise one commit would some time move all of it, and whoever was in it waited.
#[test]
fn however_much_comes_the_log_is_moved_a_little_at_a_time_and_more_often_when_nothing_waits() {
    for (rests, expected) in [(false, 3..=5), (true, 14..=17)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("peer.db");
        let mut world = World::at(Place::file(&file), 5);
        let owner = Owner::number(1);
        drop(Reader::of_new(&mut world, &owner));
        let mut writer = Writer::to(&mut world, &owner);
        // What made the mailbox lies in the log, too.
        world.tidy();
        let moved = || file.metadata().unwrap().len();
        let mut moves = 0;
        for number in 1..=64 {
            let envelope = world.envelope_of(65_536);
            writer.leaves(&mut world, &envelope);
            let before = moved();
            settle(&mut world, &mut [&mut writer]);
            if rests {
                world.tidy();
            }
            assert_eq!(writer.accepted(), number);
            moves += usize::from(moved() > before);
        }
        let log = folder.path().join("peer.db-wal").metadata().unwrap().len();
        assert!(log < 2 << 20, "{log} bytes of log");
        assert!(expected.contains(&moves), "4 MiB in {moves} moves");
    }
}
