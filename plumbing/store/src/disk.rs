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
        let unused = pages(connection, "PRAGMA freelist_count")?;
        let grows = in_pages(bytes).saturating_sub(unused);
        let spare = if grows == 0 { 0 } else { SPARE };
        let wanted = [LOG_ROOM, self.owed(connection)?, grows, spare];
        Ok(free >= wanted.into_iter().fold(0, u64::saturating_add))
    }

    /// Whether `bytes`, of one group, can be deleted: what that writes into the log leaves room for the
    /// pages that the database is owed from there. Without it a log that holds them could take the last
    /// of the disk, and never be emptied again, for want of room for them. Where nothing is owed any log
    /// can be emptied, and it may be tried on however full a disk.
    ///
    /// # Errors
    /// When the database or its file cannot be asked.
    pub fn may_delete(&self, connection: &Connection, bytes: usize) -> Result<bool, StoreError> {
        let owed = self.owed(connection)?;
        if owed == 0 {
            return Ok(true);
        }
        let wanted = owed.saturating_add(LOG_ROOM.max(in_pages(bytes)));
        Ok((self.free)().is_none_or(|free| free >= wanted))
    }

    /// Bytes by which the log will make the database's file grow.
    fn owed(&self, connection: &Connection) -> Result<u64, StoreError> {
        let Some(file) = &self.file else {
            return Ok(0);
        };
        let whole = pages(connection, "PRAGMA page_count")?;
        Ok(whole.saturating_sub(std::fs::metadata(file)?.len()))
    }
}

/// So many pages, in bytes.
fn pages(connection: &Connection, pragma: &str) -> Result<u64, StoreError> {
    let number = |pragma: &str| -> Result<u64, StoreError> {
        let mut asked = connection.prepare_cached(pragma)?;
        let number: i64 = asked.query_row([], |row| row.get(0))?;
        Ok(number.unsigned_abs())
    };
    Ok(number(pragma)?.saturating_mul(number("PRAGMA page_size")?))
}

/// Rows cut into pages, and pages of the indexes that they touch: never twice as much.
fn in_pages(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(2)
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

    #[test]
    fn while_pages_are_owed_deletes_leave_room_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("kept.db"));
        let connection = open(&place, &SETTINGS).unwrap().into_writer();
        let _emptied = checkpoint_truncate(&connection).unwrap();
        let full = Disk::that_says(&place, Box::new(|| Some(0)));
        assert!(full.may_delete(&connection, LARGE).unwrap());

        let keep = "INSERT INTO kept (bytes) VALUES (zeroblob(8192))";
        connection.execute(keep, []).unwrap();
        let owed = full.owed(&connection).unwrap();
        assert!(owed > 0 && !full.may_delete(&connection, 0).unwrap());
        let just_enough = Disk::that_says(&place, Box::new(move || Some(LOG_ROOM + owed)));
        let most = usize::try_from(LOG_ROOM / 2).unwrap();
        assert!(just_enough.may_delete(&connection, most).unwrap());
        assert!(!just_enough.may_delete(&connection, most + 1).unwrap());
        let _emptied = checkpoint_truncate(&connection).unwrap();
        assert!(full.may_delete(&connection, LARGE).unwrap());
    }
}
