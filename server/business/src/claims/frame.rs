//! Puts a batch together as it is offered: disclosures with their proofs, and what to forget. (SPEC §14,
//! T-18)
//! Knows: disclosures and the tree. Takes nothing that is no [`Disclosure`]. Never knows: who carries it.

use partywall_business::Count;
use partywall_business::disclosure::Disclosure;
use partywall_business::export::{Batch, CarriedRecord, FromRelay, SinkName};
use partywall_business::id::{BatchId, RecordKey};
use partywall_business::ledger::{Checkpoint, Index};
use partywall_store::StoreError;
use partywall_store::sql::Connection;

use crate::book;
use crate::ledger;

/// A batch but for its records.
pub(super) struct Frame<'a> {
    pub(super) sink: &'a str,
    pub(super) batch: BatchId,
    pub(super) sequence: u64,
    pub(super) retractions: Vec<RecordKey>,
    pub(super) checkpoint: Checkpoint,
}

impl Frame<'_> {
    /// The whole frame.
    ///
    /// # Errors
    /// When the ledger or an opening cannot be read.
    pub(super) fn bytes<'d>(
        self,
        connection: &Connection,
        disclosures: impl Iterator<Item = &'d Disclosure>,
        entries: &[Index],
    ) -> Result<Vec<u8>, StoreError> {
        let proofs = ledger::inclusions(connection, entries, self.checkpoint.size());
        let mut records = Vec::with_capacity(entries.len());
        for (disclosure, inclusion) in disclosures.zip(proofs.map_err(book::fault)?) {
            let entry = inclusion.index;
            let opening = book::opening(connection, entry)?.ok_or(StoreError::Corrupt)?;
            let salt = opening.salt;
            records.push(CarriedRecord::of(disclosure, salt, entry, inclusion.path));
        }
        let batch = Batch {
            sink: SinkName::new(self.sink).map_err(|_| StoreError::Corrupt)?,
            batch: self.batch,
            sequence: Count::new(self.sequence),
            records: records.try_into().map_err(|_| StoreError::Corrupt)?,
            retractions: self
                .retractions
                .try_into()
                .map_err(|_| StoreError::Corrupt)?,
            checkpoint: self.checkpoint.into_unverified(),
        };
        Ok(FromRelay::from(batch).encode())
    }
}
