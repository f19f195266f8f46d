//! Deleted means gone from the files.
//! Knows: the bytes of the files. Never knows: what they mean.

use std::fs;
use std::path::Path;

use super::notes;
use crate::{Checkpoint, Place, checkpoint_truncate};

const MARK: &[u8] = b"a sealed envelope nobody may find again";

/// How often the mark lies in any file of the folder.
fn traces(folder: &Path) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .map(|bytes| {
            bytes
                .windows(MARK.len())
                .filter(|&found| found == MARK)
                .count()
        })
        .sum()
}

#[test]
fn deleted_bytes_are_in_no_file_after_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = notes(&Place::file(folder.path().join("notes.db")));
    let writer = database.writer();
    // Small notes within a page, and a long one over several.
    for body in [MARK.to_vec(), MARK.to_vec(), MARK.repeat(1_000)] {
        writer
            .execute("INSERT INTO note (body) VALUES (?1)", [body])
            .unwrap();
    }
    assert!(
        traces(folder.path()) >= 900,
        "the control: they are found in the log"
    );
    assert_eq!(checkpoint_truncate(writer).unwrap(), Checkpoint::Done);
    assert!(traces(folder.path()) >= 900, "and in the database");

    writer.execute("DELETE FROM note", []).unwrap();
    assert!(
        traces(folder.path()) >= 900,
        "deleting alone leaves them there"
    );
    assert_eq!(checkpoint_truncate(writer).unwrap(), Checkpoint::Done);
    assert_eq!(traces(folder.path()), 0);
    let log = fs::metadata(folder.path().join("notes.db-wal")).unwrap();
    assert_eq!(log.len(), 0);
}

#[test]
fn a_checkpoint_waits_for_no_reader_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = notes(&Place::file(folder.path().join("notes.db")));
    let readers = database.readers(1).unwrap();
    let insert = "INSERT INTO note (body) VALUES (x'00')";
    database.writer().execute(insert, []).unwrap();
    readers.with(|reader| {
        let snapshot = reader.unchecked_transaction().unwrap();
        super::count(&snapshot);
        database.writer().execute(insert, []).unwrap();
        assert_eq!(
            checkpoint_truncate(database.writer()).unwrap(),
            Checkpoint::Waiting
        );
    });
    assert_eq!(
        checkpoint_truncate(database.writer()).unwrap(),
        Checkpoint::Done
    );
}

#[test]
fn memory_has_no_log_to_wait_for() {
    let mut database = notes(&Place::memory());
    assert_eq!(
        checkpoint_truncate(database.writer()).unwrap(),
        Checkpoint::Done
    );
}
