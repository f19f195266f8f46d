//! What the relay has written down at a moment: its files, its databases' rows, its log.
//! Knows: a folder and a log. Never knows: what any of it means.

use std::path::{Path, PathBuf};

use super::dump::{self, Cell, Table};
use super::folder::Folder;
use super::relay::Relay;
use super::search;
use crate::trouble::Trouble;

/// How every SQLite database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// Everything that was found.
pub(crate) struct Evidence {
    /// Every file: its name inside the folder and its bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Every table of every database.
    pub(crate) tables: Vec<Table>,
    /// The whole log.
    pub(crate) log: String,
}

impl Evidence {
    /// While the relay runs.
    ///
    /// # Errors
    /// Something of it cannot be read.
    pub(crate) fn gather(_running: &Relay, folder: &Folder) -> Result<Self, Trouble> {
        Self::of_folder(folder)
    }

    /// From the folder alone.
    ///
    /// # Errors
    /// Something of it cannot be read.
    pub(crate) fn of_folder(folder: &Folder) -> Result<Self, Trouble> {
        let data = folder.relay_data();
        // The tables first: SQLite itself makes a file or two while it reads.
        let mut tables = Vec::new();
        for path in paths(&data)? {
            let file = read(&path)?;
            if file.starts_with(SQLITE) {
                tables.extend(dump::tables(&path)?);
            }
        }
        let mut files = Vec::new();
        for path in paths(&data)? {
            let name = path
                .strip_prefix(&data)
                .unwrap_or(&path)
                .display()
                .to_string();
            files.push((name, read(&path)?));
        }
        let log = String::from_utf8_lossy(&read(&folder.relay_log())?).into_owned();
        Ok(Self { files, tables, log })
    }

    /// The tables of one database.
    pub(crate) fn notebook(&self, database: &str) -> impl Iterator<Item = &Table> {
        let tables = self.tables.iter();
        tables.filter(move |table| table.database == database)
    }

    /// Whether these very bytes occur in a file whose name begins so.
    pub(crate) fn holds_in(&self, database: &str, bytes: &[u8]) -> bool {
        let mut files = self.files.iter();
        files.any(|(name, written)| name.starts_with(database) && search::contains(written, bytes))
    }

    /// Every sealed message in the tables.
    pub(crate) fn envelopes(&self) -> Vec<&[u8]> {
        let cells = self.tables.iter().flat_map(|table| &table.rows).flatten();
        cells
            .filter(|cell| cell.is_envelope())
            .filter_map(|cell| match cell {
                Cell::Bytes(bytes) => Some(bytes.as_slice()),
                Cell::Plain(_) => None,
            })
            .collect()
    }

    /// Whether a word occurs in a file or in the log, in any spelling.
    pub(crate) fn mentions(&self, word: &[u8]) -> bool {
        self.everything().any(|bytes| search::occurs(word, bytes))
    }

    /// Whether these very bytes occur in a file or in the log.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.everything()
            .any(|written| search::contains(written, bytes))
    }

    /// How many bytes there are.
    pub(crate) fn size(&self) -> usize {
        self.everything().map(<[u8]>::len).sum()
    }

    fn everything(&self) -> impl Iterator<Item = &[u8]> {
        let files = self.files.iter().map(|(_name, bytes)| bytes.as_slice());
        files.chain(std::iter::once(self.log.as_bytes()))
    }
}

/// Every regular file below a folder, by name.
fn paths(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(&folder, &error))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::failure(
        format!("{} cannot be read ({error})", path.display()),
        "run the tour again",
    )
}
