//! What can go wrong with a store, one sentence each, with what to do about it.
//! Knows: causes. Never knows: rows, ids, statements' parameters.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ffi::ErrorCode;

/// A store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process holds the folder.
    #[error(
        "the folder {} is in use by another running process; stop that one first, or give this one a folder of its own",
        folder.display()
    )]
    Locked {
        /// The folder asked for.
        folder: PathBuf,
    },

    /// Another connection holds the database longer than was worth waiting for.
    #[error("the database is busy; try again, and stop any other program that has it open")]
    Busy,

    /// The folder, the file or the file system does not take writes.
    #[error(
        "the store cannot be written; make its folder and files writable for the user this runs as"
    )]
    ReadOnly,

    /// No room is left, on the disk or in the quota.
    #[error("the disk is full; free some space on it and start again")]
    DiskFull,

    /// The file is damaged.
    #[error(
        "the database is damaged; stop, keep a copy of the file, and restore the latest backup"
    )]
    Corrupt,

    /// The file is not one of ours, or one of ours for another purpose.
    #[error(
        "the file is not a database of this kind; point to the right folder, or move the file away"
    )]
    Foreign,

    /// The file was written by a later release.
    #[error(
        "the database has schema {found} and this release knows {known}; install the newer release that wrote it, or restore an older backup"
    )]
    Newer {
        /// The schema number in the file.
        found: u32,
        /// The newest schema number this program knows.
        known: u32,
    },

    /// A migration left its transaction, so it could not be made atomic. A fault of ours.
    #[error(
        "schema step {step} ended its own transaction; this is a fault of the program, please report it"
    )]
    Migration {
        /// The schema number the step was to reach.
        step: u32,
    },

    /// SQLite did not take a setting the store depends on.
    #[error(
        "the database did not accept the setting {setting}; this build of SQLite cannot be used, install an official release"
    )]
    Setting {
        /// The name of the pragma.
        setting: &'static str,
    },

    /// A committer answered a different number of outcomes than it was given writes. A fault of ours.
    #[error(
        "the store answered {outcomes} of {writes} writes; this is a fault of the program, please report it"
    )]
    Miscounted {
        /// Writes in the group.
        writes: usize,
        /// Outcomes that came back.
        outcomes: usize,
    },

    /// The code on the writer's thread panicked. A fault of ours.
    #[error(
        "the store's writer stopped in the middle of a group; this is a fault of the program, please report it"
    )]
    Panicked,

    /// The operating system refused something.
    #[error("the operating system refused a file of the store; look at the disk and start again")]
    Io(#[source] io::Error),

    /// SQLite refused something.
    #[error("the database refused a request; look at the cause, and report it if it is not yours")]
    Sql(#[source] rusqlite::Error),
}

impl StoreError {
    /// A lock that somebody else holds on `folder`.
    pub(crate) fn locked(folder: &Path) -> Self {
        Self::Locked {
            folder: folder.to_owned(),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt,
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            _ => Self::Sql(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn what_an_operator_can_mend_has_a_sentence_of_its_own() {
        let read_only = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        assert!(matches!(StoreError::from(read_only), StoreError::ReadOnly));
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(matches!(StoreError::from(denied), StoreError::ReadOnly));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(StoreError::from(full), StoreError::DiskFull));

        for (code, expected) in [
            (ffi::SQLITE_FULL, "the disk is full"),
            (ffi::SQLITE_READONLY, "cannot be written"),
            (ffi::SQLITE_READONLY_DIRECTORY, "cannot be written"),
            (ffi::SQLITE_CORRUPT, "is damaged"),
            (ffi::SQLITE_CORRUPT_INDEX, "is damaged"),
            (ffi::SQLITE_NOTADB, "not a database of this kind"),
            (ffi::SQLITE_BUSY, "is busy"),
            (ffi::SQLITE_BUSY_SNAPSHOT, "is busy"),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let sentence = StoreError::from(error).to_string();
            assert!(sentence.contains(expected), "{code}: {sentence}");
        }
    }
}
