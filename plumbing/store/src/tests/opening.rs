//! What is opened, what is refused, and what every connection is told.
//! Knows: files and pragmas. Never knows: threads.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{NOTES, count, notes};
use crate::{Check, Place, Settings, StoreError, open, pragma};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("notes.db")
    }

    fn place(&self) -> Place {
        Place::file(self.file())
    }
}

fn fill(connection: &Connection, notes: usize) {
    for _ in 0..notes {
        connection
            .execute("INSERT INTO note (body) VALUES (randomblob(2000))", [])
            .unwrap();
    }
}

fn objects(path: &Path) -> (i64, i64) {
    let look = Connection::open(path).unwrap();
    let tables = look
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    (tables, pragma::read(&look, "user_version").unwrap())
}

#[test]
fn a_new_database_carries_our_mark_and_the_whole_schema() {
    let folder = Folder::new();
    let mut database = notes(&folder.place());
    let writer = database.writer();
    assert_eq!(
        pragma::read::<i32>(writer, "application_id").unwrap(),
        NOTES.application_id
    );
    assert_eq!(pragma::read::<i32>(writer, "user_version").unwrap(), 2);
    fill(writer, 3);
    drop(database);
    assert_eq!(count(notes(&folder.place()).writer()), 3);
}

#[test]
fn every_connection_is_told_to_be_durable_and_to_forget() {
    let folder = Folder::new();
    for (place, journal) in [(folder.place(), "wal"), (Place::memory(), "memory")] {
        let mut database = notes(&place);
        let writer = database.writer();
        assert_eq!(
            pragma::read::<String>(writer, "journal_mode").unwrap(),
            journal
        );
        for (setting, value) in [
            ("synchronous", 2),
            ("secure_delete", 1),
            ("foreign_keys", 1),
            ("temp_store", 2),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
            ("query_only", 0),
        ] {
            assert_eq!(
                pragma::read::<i64>(writer, setting).unwrap(),
                value,
                "{setting}"
            );
        }
        database.readers(1).unwrap().with(|reader| {
            for (setting, value) in [("query_only", 1), ("trusted_schema", 0), ("temp_store", 2)] {
                assert_eq!(
                    pragma::read::<i64>(reader, setting).unwrap(),
                    value,
                    "{setting}"
                );
            }
        });
    }
}

#[test]
fn no_connection_can_attach_another_file() {
    let folder = Folder::new();
    let other = folder.0.path().join("other.db");
    let attach = format!("ATTACH '{}' AS other", other.display());
    // The control: a connection of SQLite's own making attaches it.
    Connection::open_in_memory()
        .unwrap()
        .execute(&attach, [])
        .unwrap();

    for place in [folder.place(), Place::memory()] {
        let mut database = notes(&place);
        let refused = database.writer().execute(&attach, []).unwrap_err();
        assert!(refused.to_string().contains("too many attached databases"));
        let reader_refused = database
            .readers(1)
            .unwrap()
            .with(|r| r.execute(&attach, []));
        assert!(reader_refused.is_err());
    }
}

#[test]
fn files_are_for_their_owner_only() {
    let folder = Folder::new();
    let mut database = notes(&folder.place());
    fill(database.writer(), 1);
    for name in ["notes.db", "notes.db-wal", "notes.db-shm"] {
        let mode = fs::metadata(folder.0.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_database_of_another_kind_is_refused_and_left_alone() {
    let folder = Folder::new();
    drop(notes(&folder.place()));
    let other_kind = Settings {
        application_id: 7,
        ..NOTES
    };
    let refused = open(&folder.place(), &other_kind).unwrap_err();
    assert!(matches!(refused, StoreError::Foreign));
    assert!(refused.to_string().contains("point to the right folder"));

    let unmarked = folder.0.path().join("unmarked.db");
    Connection::open(&unmarked)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let before = fs::read(&unmarked).unwrap();
    let refused = open(&Place::file(&unmarked), &NOTES).unwrap_err();
    assert!(matches!(refused, StoreError::Foreign));
    assert_eq!(fs::read(&unmarked).unwrap(), before);

    let text = folder.0.path().join("letter.txt");
    fs::write(&text, "Dear operator, ".repeat(300)).unwrap();
    let refused = open(&Place::file(&text), &NOTES).unwrap_err();
    assert!(matches!(refused, StoreError::Foreign));
}

#[test]
fn a_database_of_a_later_release_is_refused() {
    let folder = Folder::new();
    drop(notes(&folder.place()));
    let older_release = Settings {
        migrations: &NOTES.migrations[..1],
        ..NOTES
    };
    let refused = open(&folder.place(), &older_release).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 2, known: 1 }));
    assert!(refused.to_string().contains("install the newer release"));
}

#[test]
fn a_schema_step_happens_whole_or_not_at_all() {
    let folder = Folder::new();
    let broken = Settings {
        migrations: const {
            &[
                NOTES.migrations[0],
                "CREATE TABLE half (x); INSERT INTO missing VALUES (1);",
            ]
        },
        ..NOTES
    };
    assert!(matches!(
        open(&folder.place(), &broken),
        Err(StoreError::Sql(_))
    ));
    assert_eq!(
        objects(&folder.file()),
        (1, 1),
        "the first step stands, nothing of the second"
    );

    // The mended release goes on from there.
    assert_eq!(count(notes(&folder.place()).writer()), 0);
    assert_eq!(objects(&folder.file()), (2, 2));
}

#[test]
fn a_schema_step_that_ends_its_own_transaction_is_refused() {
    let settings = Settings {
        migrations: &["CREATE TABLE t (x); COMMIT;"],
        ..NOTES
    };
    let refused = open(&Place::memory(), &settings).unwrap_err();
    assert!(matches!(refused, StoreError::Migration { step: 1 }));
}

#[test]
fn an_older_database_is_brought_up_to_date_and_keeps_its_rows() {
    let folder = Folder::new();
    let older = Settings {
        migrations: &NOTES.migrations[..1],
        ..NOTES
    };
    let mut database = open(&folder.place(), &older).unwrap();
    database
        .writer()
        .execute("INSERT INTO shelf (id) VALUES (9)", [])
        .unwrap();
    drop(database);
    let mut database = notes(&folder.place());
    let shelf: i64 = database
        .writer()
        .query_row("SELECT id FROM shelf", [], |row| row.get(0))
        .unwrap();
    assert_eq!(shelf, 9);
}

#[test]
fn a_damaged_database_is_refused_with_what_to_do() {
    let folder = Folder::new();
    let mut database = notes(&folder.place());
    fill(database.writer(), 50);
    drop(database);
    drop(notes(&folder.place())); // the control: undamaged, it opens

    let file = fs::OpenOptions::new()
        .write(true)
        .open(folder.file())
        .unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 3..pages {
        file.write_all_at(&[0xFF; 64], page * 4096).unwrap();
    }
    let refused = open(&folder.place(), &NOTES).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt), "{refused:?}");
    assert!(refused.to_string().contains("restore the latest backup"));

    let unchecked = Settings {
        check: Check::Header,
        ..NOTES
    };
    let mut opened = open(&folder.place(), &unchecked).unwrap();
    let read: Result<i64, StoreError> = opened
        .writer()
        .query_row("SELECT sum(length(body)) FROM note", [], |row| row.get(0))
        .map_err(StoreError::from);
    assert!(
        matches!(read, Err(StoreError::Corrupt)),
        "found when met: {read:?}"
    );
}

#[test]
fn a_full_disk_is_called_a_full_disk() {
    let mut database = notes(&Place::memory());
    let writer = database.writer();
    writer.pragma_update(None, "max_page_count", 20).unwrap();
    let full = loop {
        let inserted = writer.execute("INSERT INTO note (body) VALUES (randomblob(9000))", []);
        if let Err(error) = inserted {
            break StoreError::from(error);
        }
    };
    assert!(matches!(full, StoreError::DiskFull));
    assert!(full.to_string().contains("free some space"));
}

#[test]
fn a_reader_cannot_write() {
    let folder = Folder::new();
    for place in [folder.place(), Place::memory()] {
        let database = notes(&place);
        let written = database
            .readers(1)
            .unwrap()
            .with(|reader| reader.execute("INSERT INTO note (body) VALUES (x'00')", []));
        assert!(matches!(
            written.map_err(StoreError::from),
            Err(StoreError::ReadOnly)
        ));
    }
}

#[test]
fn readers_see_what_was_committed_and_not_what_was_not() {
    let folder = Folder::new();
    let mut database = notes(&folder.place());
    let readers = database.readers(2).unwrap();
    let writing = database.writer().transaction().unwrap();
    fill(&writing, 1);
    assert_eq!(readers.with(count), 0);
    writing.commit().unwrap();
    assert_eq!(readers.with(count), 1);
}

#[test]
fn readers_in_memory_see_what_was_committed_and_two_memories_are_apart() {
    let (one, other) = (Place::memory(), Place::memory());
    let (mut first, second) = (notes(&one), notes(&other));
    let (readers, strangers) = (first.readers(2).unwrap(), second.readers(1).unwrap());
    fill(first.writer(), 4);
    assert_eq!(readers.with(count), 4);
    assert_eq!(strangers.with(count), 0);

    let undone = first.writer().transaction().unwrap();
    fill(&undone, 1);
    undone.rollback().unwrap();
    assert_eq!(readers.with(count), 4, "memory rolls back as a file does");
}
