//! Whether all of somebody's conversation was erased before: what is left says it, and nothing else does.
//! (SPEC B-24)
//! Knows: tombstones. Keeps no pairwise key for it: with which of the businesses here it was is tried.

use partywall_business::RightsKey;
use partywall_business::consent::Party;
use partywall_business::id::{BusinessId, PairwiseKey};
use partywall_store::StoreError;
use partywall_store::sql::Connection;

use super::erase::rights_hash;
use crate::sharing;

/// Whether the conversation of a pairwise key was erased. Goes through the businesses that were ever
/// verified: one hash and one look-up for each.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn was_erased(rows: &Connection, pairwise: &PairwiseKey) -> Result<bool, StoreError> {
    let mut select = rows.prepare_cached("SELECT id FROM businesses WHERE verified = 1")?;
    let mut found = select.query([])?;
    while let Some(row) = found.next()? {
        let party = Party {
            business: BusinessId::new(row.get(0)?),
            pairwise: *pairwise,
        };
        if sharing::is_erased(rows, &party.conversation())? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the conversation of a rights key was erased.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn was_erased_by_rights(
    rows: &Connection,
    rights: &RightsKey,
) -> Result<bool, StoreError> {
    let found = rows
        .prepare_cached("SELECT 1 FROM tombstones WHERE rights = ?1")?
        .exists([rights_hash(rights)])?;
    Ok(found)
}
