//! The promises of this crate, told over a small schema of notes.
//! Knows: every public door of the crate. Never knows: what is behind them.

mod groups;
mod opening;
mod residue;
mod threads;

use std::sync::mpsc::Sender;

use rusqlite::Connection;

use crate::{Check, Committer, Database, Place, Settings, StoreError, Tidy, open};

pub(crate) const NOTES: Settings = Settings {
    application_id: 0x5057_5445,
    migrations: &[
        "CREATE TABLE shelf (id INTEGER PRIMARY KEY);",
        "CREATE TABLE note (
            id INTEGER PRIMARY KEY, shelf INTEGER REFERENCES shelf (id), body BLOB NOT NULL);
         CREATE INDEX note_by_shelf ON note (shelf);",
    ],
    check: Check::Pages,
};

pub(crate) fn notes(place: &Place) -> Database {
    open(place, &NOTES).unwrap()
}

pub(crate) fn count(connection: &Connection) -> i64 {
    connection
        .query_row("SELECT count(*) FROM note", [], |row| row.get(0))
        .unwrap()
}

/// A write of the notes' committer.
pub(crate) enum Note {
    Keep(Vec<u8>),
    /// Breaks the transaction: the shelf it names is not there.
    Misplaced,
    /// Panics inside the transaction.
    Panic,
}

pub(crate) fn note(body: &str) -> Note {
    Note::Keep(body.as_bytes().to_vec())
}

/// Answers each note with its place and the size of the group it was in.
pub(crate) struct Notes {
    pub(crate) connection: Connection,
    pub(crate) commits: usize,
    pub(crate) tidied: usize,
    /// How often to say that there is more to tidy.
    pub(crate) tidy_again: usize,
    /// Told what each tidying answered.
    pub(crate) tidyings: Option<Sender<Tidy>>,
}

impl Notes {
    pub(crate) fn over(database: Database) -> Self {
        Self {
            connection: database.into_writer(),
            commits: 0,
            tidied: 0,
            tidy_again: 0,
            tidyings: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) place: i64,
    pub(crate) group: usize,
}

impl Committer for Notes {
    type Write = Note;
    type Outcome = Kept;

    fn commit(&mut self, group: &[Note]) -> Result<Vec<Kept>, StoreError> {
        self.commits += 1;
        let transaction = self.connection.transaction()?;
        let mut kept = Vec::new();
        for write in group {
            let (shelf, body) = match write {
                Note::Keep(body) => (None, body.as_slice()),
                Note::Misplaced => (Some(404), b"".as_slice()),
                Note::Panic => panic!("a fault in the committer"),
            };
            transaction.execute(
                "INSERT INTO note (shelf, body) VALUES (?1, ?2)",
                (shelf, body),
            )?;
            let place = transaction.last_insert_rowid();
            let group = group.len();
            kept.push(Kept { place, group });
        }
        transaction.commit()?;
        Ok(kept)
    }

    fn size(write: &Note) -> usize {
        match write {
            Note::Keep(body) => body.len(),
            Note::Misplaced | Note::Panic => 1,
        }
    }

    fn tidy(&mut self) -> Result<Tidy, StoreError> {
        self.tidied += 1;
        let tidy = match self.tidy_again {
            0 => Tidy::Done,
            _ => Tidy::Again,
        };
        self.tidy_again = self.tidy_again.saturating_sub(1);
        if let Some(tidyings) = &self.tidyings {
            tidyings.send(tidy).unwrap();
        }
        Ok(tidy)
    }
}
