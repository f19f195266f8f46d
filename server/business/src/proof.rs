//! An entry of the ledger opened and proven, as it goes out with what it is about. (SPEC §13.4)
//! Knows: where an entry stands. Never knows: who is entitled to it; whoever calls does.

use partywall_business::ledger::{Index, Size, UnverifiedCheckpoint, UnverifiedProof};
use partywall_store::StoreError;
use partywall_store::sql::Connection;

use crate::{book, ledger};

/// The proof to the newest checkpoint; `None` when salt and payload were destroyed.
///
/// # Errors
/// When the rows cannot be read.
pub(crate) fn proven(
    rows: &Connection,
    entry: Index,
) -> Result<Option<UnverifiedProof>, StoreError> {
    let Some(opening) = book::opening(rows, entry)? else {
        return Ok(None);
    };
    let (checkpoint, size) = newest(rows)?;
    let inclusion = ledger::inclusion(rows, entry, size).map_err(book::fault)?;
    Ok(Some(UnverifiedProof {
        opening,
        inclusion,
        checkpoint,
    }))
}

/// The newest checkpoint and its size.
///
/// # Errors
/// When there is none yet, or it cannot be read.
pub(crate) fn newest(rows: &Connection) -> Result<(UnverifiedCheckpoint, Size), StoreError> {
    let note = ledger::newest(rows).map_err(book::fault)?;
    let note = note.ok_or(StoreError::Corrupt)?;
    let size = size(&note).ok_or(StoreError::Corrupt)?;
    let checkpoint = UnverifiedCheckpoint::from_bytes(&note).ok_or(StoreError::Corrupt)?;
    Ok((checkpoint, size))
}

/// The second line of a note that was signed here. (SPEC L-7)
fn size(note: &[u8]) -> Option<Size> {
    let line = note.split(|byte| *byte == b'\n').nth(1)?;
    std::str::from_utf8(line).ok()?.parse().ok().map(Size::new)
}
