//! Brings a schema up to date, one atomic step at a time.
//! Knows: `application_id`, `user_version` and a list of scripts. Never knows: what they say.

use rusqlite::{Connection, TransactionBehavior};

use crate::{Settings, StoreError, pragma};

/// Refuses a file that is not ours to touch. Changes nothing.
pub(crate) fn recognise(connection: &Connection, settings: &Settings) -> Result<(), StoreError> {
    let application: i32 = pragma::read(connection, "application_id")?;
    let version: i64 = pragma::read(connection, "user_version")?;
    if application == 0 && version == 0 && is_empty(connection)? {
        return Ok(());
    }
    if application != settings.application_id && !partywall_mutant::is("P29") {
        return Err(StoreError::Foreign);
    }
    let found = u32::try_from(version).map_err(|_negative| StoreError::Foreign)?;
    let known = u32::try_from(settings.migrations.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    Ok(())
}

/// Runs the steps the file has not seen. Each is one transaction with its own `user_version`, so a
/// crash or an error leaves the schema exactly at a step.
pub(crate) fn migrate(connection: &mut Connection, settings: &Settings) -> Result<(), StoreError> {
    claim(connection, settings)?;
    let done: u32 = pragma::read(connection, "user_version")?;
    for (reached, script) in (1u32..).zip(settings.migrations).skip(done as usize) {
        if partywall_mutant::is("X18") {
            connection.execute_batch(script)?;
            connection.pragma_update(None, "user_version", reached)?;
            continue;
        }
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(script)?;
        if step.is_autocommit() {
            return Err(StoreError::Migration { step: reached });
        }
        step.pragma_update(None, "user_version", reached)?;
        step.commit()?;
    }
    Ok(())
}

/// Puts our mark on a fresh file.
fn claim(connection: &Connection, settings: &Settings) -> Result<(), StoreError> {
    let application: i32 = pragma::read(connection, "application_id")?;
    if application != settings.application_id {
        connection.pragma_update(None, "application_id", settings.application_id)?;
    }
    Ok(())
}

fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(objects == 0)
}
