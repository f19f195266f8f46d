//! Whether something waits for a sink. (SPEC §14)
//! Knows: two look-ups. Never knows: what waits; whether it may still be told is asked at the claim.

use partywall_business::field::Recipient;
use partywall_store::StoreError;
use partywall_store::sql::Connection;

/// Whether a claim for this sink may find something.
pub(super) fn waits(
    rows: &Connection,
    sink: &str,
    recipient: Recipient,
) -> Result<bool, StoreError> {
    let records = rows
        .prepare_cached("SELECT 1 FROM records WHERE recipient = ?1 AND state = 0 LIMIT 1")?
        .exists([recipient.code()])?;
    Ok(records || retractions_wait(rows, sink)?)
}

/// Whether the sink is to be asked to forget something.
pub(super) fn retractions_wait(rows: &Connection, sink: &str) -> Result<bool, StoreError> {
    let found = rows
        .prepare_cached("SELECT 1 FROM retractions WHERE sink = ?1 AND batch IS NULL LIMIT 1")?
        .exists([sink])?;
    Ok(found)
}
