//! What every connection is told before it is used.
//! Knows: SQLite's settings and limits. Never knows: a schema.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::FromSql;

use crate::StoreError;

/// How long a connection waits for another one's lock.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// The same, unless it has none at all.
pub(crate) fn patience() -> Duration {
    match partywall_mutant::is("X27") {
        true => Duration::ZERO,
        false => BUSY,
    }
}

/// For every connection, before it reads a byte.
pub(crate) fn guard(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(patience())?;
    // The wings' files must never meet in one connection. (VACUUM needs ATTACH and goes with it.)
    let attached = i32::from(partywall_mutant::is("F12") || partywall_mutant::is("P34"));
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, attached)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    set(connection, "trusted_schema", "OFF", 0)?;
    set(connection, "cell_size_check", "ON", 1)?;
    set(connection, "temp_store", "MEMORY", 2)?;
    set(connection, "foreign_keys", "ON", 1)
}

/// For the writing connection. `journal` is what `journal_mode` must answer.
pub(crate) fn make_durable(connection: &Connection, journal: &str) -> Result<(), StoreError> {
    let answered: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if answered != journal {
        return Err(StoreError::Setting {
            setting: "journal_mode",
        });
    }
    let (flush, flushes) = match (partywall_mutant::is("X04"), partywall_mutant::is("X05")) {
        (true, _) => ("NORMAL", 1),
        (_, true) => ("OFF", 0),
        _ => ("FULL", 2),
    };
    set(connection, "synchronous", flush, flushes)?;
    // Where a plain fsync leaves data in the drive's cache (macOS).
    set(connection, "fullfsync", "ON", 1)?;
    set(connection, "checkpoint_fullfsync", "ON", 1)?;
    // The pages of one group and of the indexes that it touches, so that none is written twice.
    set(connection, "cache_size", "-16384", -16_384)?;
    // A bound for who moves the log in time, after answers; else pages of indexes that many groups touch
    // go into the file once for all of them: 16 MiB of log.
    let (pages, bound) = match partywall_mutant::is("F13") {
        true => ("0", 0),
        false => ("4000", 4_000),
    };
    set(connection, "wal_autocheckpoint", pages, bound)?;
    let (forget, forgets) = match partywall_mutant::is("F14") {
        true => ("OFF", 0),
        false => ("ON", 1),
    };
    set(connection, "secure_delete", forget, forgets)
}

/// For a reading connection.
pub(crate) fn make_read_only(connection: &Connection) -> Result<(), StoreError> {
    set(connection, "query_only", "ON", 1)
}

/// Sets a pragma and reads it back: SQLite ignores in silence what it was built without.
fn set(
    connection: &Connection,
    setting: &'static str,
    value: &str,
    expected: i64,
) -> Result<(), StoreError> {
    connection
        .pragma_update_and_check(None, setting, value, |_row| Ok(()))
        .or_else(no_answer)?;
    if read::<i64>(connection, setting)? == expected {
        Ok(())
    } else {
        Err(StoreError::Setting { setting })
    }
}

/// Reads a pragma that answers one value.
pub(crate) fn read<T: FromSql>(connection: &Connection, setting: &str) -> Result<T, StoreError> {
    Ok(connection.pragma_query_value(None, setting, |row| row.get(0))?)
}

fn no_answer(error: rusqlite::Error) -> Result<(), rusqlite::Error> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other),
    }
}
