//! Where a database lives: in a file, or in memory for as long as somebody has it open.
//! Knows: how SQLite is told. Never knows: what is in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

/// Where a database lives. Clones mean the same database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    File(PathBuf),
    Memory(u64),
}

static NEXT_IN_MEMORY: AtomicU64 = AtomicU64::new(0);

impl Place {
    /// A file. Its folder must be there.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// A fresh database in memory, gone when its last connection closes.
    ///
    /// Every connection has its own transactions over the same pages, as with a file. The one
    /// difference: there is no write-ahead log, so readers and the writer wait for each other.
    pub fn memory() -> Self {
        Self(Kind::Memory(NEXT_IN_MEMORY.fetch_add(1, Ordering::Relaxed)))
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Kind::File(path) => Some(path),
            Kind::Memory(_) => None,
        }
    }

    /// One connection more to what is there, under the guards of all others (no ATTACH, among them):
    /// for whoever looks at a whole database beside its owner, in tests.
    ///
    /// # Errors
    /// Any [`StoreError`] of opening.
    pub fn look(&self) -> Result<Connection, StoreError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        crate::pragma::guard(&connection)?;
        Ok(connection)
    }

    /// Connects with `SQLITE_OPEN_READ_WRITE` or `READ_ONLY` as given in `access`.
    pub(crate) fn connect(&self, access: OpenFlags) -> Result<Connection, StoreError> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &self.0 {
            Kind::File(path) => Connection::open_with_flags(path, flags)?,
            Kind::Memory(number) => Connection::open_with_flags(
                format!("file:/partywall-{number}?vfs=memdb"),
                flags | OpenFlags::SQLITE_OPEN_URI,
            )?,
        };
        Ok(connection)
    }
}
