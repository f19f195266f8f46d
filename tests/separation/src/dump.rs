//! A whole database as lines: every table, every row with its number, every column.
//! Knows: SQL's catalogue. Never knows: what a row means.

use partywall_store::sql::types::Value;
use partywall_store::sql::{Connection, Result};

/// Every table by name, with its rows in the order of their places or keys.
///
/// # Errors
/// When something cannot be read.
pub fn tables(connection: &Connection) -> Result<Vec<(String, Vec<Vec<Value>>)>> {
    let mut named = connection.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let names = named.query_map([], |row| row.get::<_, String>(0))?;
    let mut tables = Vec::new();
    for name in names {
        let name = name?;
        let rows = rows(connection, &name)?;
        tables.push((name, rows));
    }
    Ok(tables)
}

/// Tables with a rowid are read with it; the others stand in the order of their keys.
fn rows(connection: &Connection, table: &str) -> Result<Vec<Vec<Value>>> {
    let with_place = format!("SELECT rowid, * FROM {table} ORDER BY rowid");
    let without = format!("SELECT * FROM {table}");
    let mut select = match connection.prepare(&with_place) {
        Ok(select) => select,
        Err(_) => connection.prepare(&without)?,
    };
    let columns = select.column_count();
    let rows = select.query_map([], |row| {
        (0..columns).map(|column| row.get(column)).collect()
    })?;
    rows.collect()
}

/// The schema as it was written.
///
/// # Errors
/// When it cannot be read.
pub fn schema(connection: &Connection) -> Result<Vec<String>> {
    let mut written = connection
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")?;
    written.query_map([], |row| row.get(0))?.collect()
}

/// One row, for people: long blobs by their hash.
#[must_use]
pub fn line(row: &[Value]) -> String {
    let shown = row.iter().map(|value| match value {
        Value::Blob(bytes) if bytes.len() > 64 => {
            let hash = partywall_proof::sha256(bytes);
            format!("{}B:{}", bytes.len(), hex::encode(&hash[..16]))
        }
        Value::Blob(bytes) => hex::encode(bytes),
        Value::Null => "-".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}
