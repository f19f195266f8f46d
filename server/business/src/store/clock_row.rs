//! The one row that keeps relay time from running backwards over a restart. (SPEC B-12)
//! Knows: a number of milliseconds. Never knows: the machine's date.

use partywall_store::StoreError;
use partywall_store::sql::{self, Connection};

use crate::clock::RelayTime;

/// Its table.
pub(super) const TABLES: &str = "
CREATE TABLE clock (only INTEGER PRIMARY KEY CHECK (only = 1), millis INTEGER NOT NULL) STRICT;
INSERT INTO clock (only, millis) VALUES (1, 0);
";

/// What was last written down.
pub(crate) fn read(connection: &Connection) -> Result<RelayTime, StoreError> {
    let millis = connection.query_row("SELECT millis FROM clock", [], |row| row.get(0))?;
    Ok(RelayTime::read(millis))
}

/// Writes down that it is this late; with every group, so that nothing was ever said at a time that
/// could come again.
pub(crate) fn write(connection: &Connection, now: RelayTime) -> sql::Result<()> {
    connection
        .prepare_cached("UPDATE clock SET millis = ?1 WHERE only = 1")?
        .execute([now.stored()])?;
    Ok(())
}
