//! Whether the disk has room for what is to be kept, with enough left over to delete and to empty the
//! log afterwards. (SPEC P-17, §11.8)
//! Knows: pages, the log, free bytes. Never knows: what is to be kept.

use std::path::PathBuf;

use crate::sql::Connection;
use crate::{Place, StoreError, free_space};

/// Free disk without which nothing is kept, in bytes: what the heaviest transaction writes into the
/// log, be it to keep or to delete: a group of 1 MiB, with the pages of the indexes that it touches.
pub const LOG_ROOM: u64 = 2 << 20;

/// Free disk that is left besides when the database grows, in bytes. It never shrinks, so without it a
/// disk that mail has filled would stay full when the mail is gone and a log of something else is a
/// little longer.
pub const SPARE: u64 = 1 << 20;

/// Says how many bytes of the disk are free; nothing where nobody has to ask.
pub type FreeSpace = Box<dyn Fn() -> Option<u64> + Send>;

/// The disk under a database.
pub struct Disk {
    file: Option<PathBuf>,
    free: FreeSpace,
}

impl Disk {
    /// The disk under `place`; memory has always room.
    #[must_use]
    pub fn under(place: &Place) -> Self {
        let file = place.path().map(PathBuf::from);
        let asked = file.clone();
        let free = move || free_space(asked.as_deref()?).ok();
        Self::that_says(place, Box::new(free))
    }

    /// The disk under `place`, of which somebody else says what is free.
    #[must_use]
    pub fn that_says(place: &Place, free: FreeSpace) -> Self {
        let file = place.path().map(PathBuf::from);
        Self { file, free }
    }

    /// Whether `bytes` more, of one group, can be kept. What is written goes to the log first; then
    /// into free pages of the database, and only what these do not hold makes its file grow. Pages
    /// that are in the log and beyond the end of the file are owed to it already.
    ///
    /// # Errors
    /// When the database or its file cannot be asked.
    pub fn has_room(&self, connection: &Connection, bytes: usize) -> Result<bool, StoreError> {
        let Some(free) = (self.free)() else {
            return Ok(true);
        };
        let number = |pragma: &str| -> Result<u64, StoreError> {
            let number: i64 = connection
                .prepare_cached(pragma)?
                .query_row([], |row| row.get(0))?;
            Ok(number.unsigned_abs())
        };
        let page = number("PRAGMA page_size")?;
        let whole = number("PRAGMA page_count")?.saturating_mul(page);
        let unused = number("PRAGMA freelist_count")?.saturating_mul(page);
        let file = match &self.file {
            Some(file) => std::fs::metadata(file)?.len(),
            None => whole,
        };
        // Rows cut into pages, and pages of the indexes that they touch: never twice as much.
        let pages = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(2);
        let owed = whole.saturating_sub(file);
        let grows = pages.saturating_sub(unused);
        let spare = if grows == 0 { 0 } else { SPARE };
        let wanted = [LOG_ROOM, owed, grows, spare];
        Ok(free >= wanted.into_iter().fold(0, u64::saturating_add))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Check, Settings, checkpoint_truncate, open};

    const SETTINGS: Settings = Settings {
        application_id: 7,
        migrations: &["CREATE TABLE kept (bytes BLOB NOT NULL) STRICT"],
        check: Check::Pages,
    };
    const LARGE: usize = 65_536;

    #[test]
    fn pages_that_are_only_in_the_log_are_owed_to_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("kept.db"));
        let connection = open(&place, &SETTINGS).unwrap().into_writer();
        let _emptied = checkpoint_truncate(&connection).unwrap();
        let just_enough = LOG_ROOM + SPARE + 2 * LARGE as u64;
        let disk = Disk::that_says(&place, Box::new(move || Some(just_enough)));
        assert!(disk.has_room(&connection, LARGE).unwrap());
        assert!(!disk.has_room(&connection, LARGE + 1).unwrap());

        let keep = "INSERT INTO kept (bytes) VALUES (zeroblob(8192))";
        connection.execute(keep, []).unwrap();
        assert!(!disk.has_room(&connection, LARGE).unwrap());
        let _emptied = checkpoint_truncate(&connection).unwrap();
        assert!(disk.has_room(&connection, LARGE).unwrap());
    }
}
