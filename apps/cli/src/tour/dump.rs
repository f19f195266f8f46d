//! Everything in a database, whatever its tables are: read only, every column, every row.
//! Knows: SQLite's own list of tables. Never knows: what a table is for.

use std::path::Path;

use partywall_store::sql::types::ValueRef;
use partywall_store::sql::{Connection, Error, OpenFlags};

use crate::trouble::Trouble;

/// More rows of a table are counted, not shown.
const MOST_ROWS: usize = 200;
/// Bytes of a blob that are shown.
const SHOWN_BYTES: usize = 8;

/// A table as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// The file of the database that it is in.
    pub(crate) database: String,
    /// Its name.
    pub(crate) name: String,
    /// Its columns.
    pub(crate) columns: Vec<String>,
    /// Its rows, at most 200, each with a cell for every column.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// How many rows it has.
    pub(crate) count: usize,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// A number or a text, or nothing, as it would be written.
    Plain(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The three sizes that sealed messages have on the wire. (SPEC G-9)
const ENVELOPES: [usize; 3] = [4_096, 16_384, 65_536];

impl Cell {
    /// Whether these are as many bytes as a sealed message has.
    pub(crate) fn is_envelope(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if ENVELOPES.contains(&bytes.len()))
    }

    /// For people: bytes as the first few in hex and how many there are.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Plain(words) => words.clone(),
            Self::Bytes(bytes) if bytes.len() <= SHOWN_BYTES => hex::encode(bytes),
            Self::Bytes(bytes) => {
                format!(
                    "{}… ({} bytes)",
                    hex::encode(&bytes[..SHOWN_BYTES]),
                    bytes.len()
                )
            }
        }
    }
}

/// Reads every table of the database.
///
/// # Errors
/// It cannot be opened or read.
pub(crate) fn tables(path: &Path) -> Result<Vec<Table>, Trouble> {
    let named = path.file_name().unwrap_or_default().to_string_lossy();
    read(path, &named).map_err(|error| {
        Trouble::failure(
            format!("the relay's database cannot be read ({error})"),
            "run the tour again",
        )
    })
}

fn read(path: &Path, database: &str) -> Result<Vec<Table>, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let mut named =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = named
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    names
        .into_iter()
        .map(|name| table(&connection, database, name))
        .collect()
}

fn table(connection: &Connection, database: &str, name: String) -> Result<Table, Error> {
    let text = format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""));
    let mut statement = connection.prepare(&text)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query([])?;
    let (mut rows, mut count) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        count += 1;
        if count <= MOST_ROWS {
            let cells = (0..columns.len()).map(|at| row.get_ref(at).map(cell));
            rows.push(cells.collect::<Result<_, _>>()?);
        }
    }
    Ok(Table {
        database: database.to_owned(),
        name,
        columns,
        rows,
        count,
    })
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Plain(String::new()),
        ValueRef::Integer(number) => Cell::Plain(number.to_string()),
        ValueRef::Real(number) => Cell::Plain(number.to_string()),
        ValueRef::Text(text) => Cell::Plain(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_column_and_row_of_any_database_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 CREATE TABLE \"odd \"\" name\" (a INTEGER, \"drop\" BLOB, c TEXT) STRICT;
                 INSERT INTO \"odd \"\" name\" VALUES (1, x'00112233445566778899', 'word'), (2, NULL, NULL);
                 CREATE TABLE empty (x);",
            )
            .unwrap();
        // While the writer still has it open, and its log is not folded in.
        let tables = tables(&path).unwrap();
        assert_eq!(tables.len(), 2);
        assert_eq!((tables[0].name.as_str(), tables[0].count), ("empty", 0));
        assert_eq!(tables[1].columns, ["a", "drop", "c"]);
        let shown: Vec<Vec<String>> = tables[1]
            .rows
            .iter()
            .map(|row| row.iter().map(Cell::shown).collect())
            .collect();
        assert_eq!(shown[0], ["1", "0011223344556677… (10 bytes)", "word"]);
        assert_eq!(shown[1], ["2", "", ""]);
    }

    #[test]
    fn what_is_no_database_is_said_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            b"certainly not a database, but long enough to look",
        )
        .unwrap();
        assert!(tables(file.path()).is_err());
    }
}
