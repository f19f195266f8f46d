//! A batch: disclosures with their proofs, and keys that a sink is asked to forget. (SPEC §14)
//! Knows: what it holds, and how it is proven. Never knows: where it goes.

use super::SinkName;
use crate::disclosure::{Disclosure, Record};
use crate::ledger::{
    Checkpoint, Hash, Inclusion, Index, LedgerError, Opening, Operator, Path, Payload, Salt,
    UnverifiedCheckpoint,
};
use crate::{BatchId, Count, RecordKey};
use minicbor::{Decode, Encode};
use partywall_ground::AtMost;

/// Disclosures and retractions of one sink, claimed together. As it was received: nothing is
/// proven until [`Batch::verify`]. The relay keeps its frame and offers the same bytes again.
/// (SPEC §14, X-1, X-2)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct Batch {
    /// For which sink.
    #[n(0)]
    pub sink: SinkName,
    /// Which batch.
    #[n(1)]
    pub batch: BatchId,
    /// Its place among this sink's batches: 1, 2, 3, …
    #[n(2)]
    #[cbor(with = "sequence")]
    pub sequence: Count,
    /// What the sink is told.
    #[n(3)]
    pub records: AtMost<CarriedRecord, 2_000>,
    /// What it is asked to forget.
    #[n(4)]
    pub retractions: AtMost<RecordKey, 2_000>,
    /// To which the proofs lead.
    #[n(5)]
    pub checkpoint: UnverifiedCheckpoint,
}

/// One disclosure and its proof. Made from a [`Disclosure`] and from nothing else; what a socket
/// gives is one only in name until [`Batch::verify`]. (SPEC §14, T-18)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct CarriedRecord {
    #[n(0)]
    payload: Payload,
    #[n(1)]
    salt: Salt,
    #[n(2)]
    index: Index,
    #[n(3)]
    path: Path,
}

partywall_ground::silent!(Batch, CarriedRecord, ProvenBatch, ProvenRecord);

impl CarriedRecord {
    /// A disclosure, with the salt of its entry, the entry's place and the way to the root.
    ///
    /// # Panics
    /// Never: a disclosure is shorter than a payload may be.
    #[must_use]
    pub fn of(disclosure: &Disclosure, salt: Salt, index: Index, path: Path) -> Self {
        let payload = Payload::new(disclosure.bytes().to_vec());
        Self {
            payload: payload.expect("a disclosure is shorter than a payload may be"),
            salt,
            index,
            path,
        }
    }
}

/// A batch's place, of which the first is 1. (SPEC §14)
mod sequence {
    use crate::Count;
    use minicbor::decode::{Decode, Decoder, Error};
    use minicbor::encode::{Encode, Encoder, Write};

    pub(super) fn encode<C, W: Write>(
        sequence: &Count,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        sequence.encode(encoder, context)
    }

    pub(super) fn decode<C>(decoder: &mut Decoder<'_>, context: &mut C) -> Result<Count, Error> {
        let sequence = Count::decode(decoder, context)?;
        if sequence.value() == 0 {
            return Err(Error::message("batches count from 1"));
        }
        Ok(sequence)
    }
}

/// A batch that is not proven: nothing of it may be sent. (SPEC X-5)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// An entry or the checkpoint does not hold.
    #[error("the batch is not proven by the operator's ledger: send nothing of it")]
    NotProven(#[from] LedgerError),
    /// An entry is no disclosure.
    #[error("the batch holds something that is no disclosure: send nothing of it")]
    NotADisclosure,
}

/// A batch of which every record is proven. Only [`Batch::verify`] makes one. (SPEC X-5)
pub struct ProvenBatch {
    sink: SinkName,
    batch: BatchId,
    sequence: Count,
    records: Vec<ProvenRecord>,
    retractions: Vec<RecordKey>,
    checkpoint: Checkpoint,
}

/// A disclosure that stands in the ledger, with all that a sink needs to see that itself.
pub struct ProvenRecord {
    record: Record,
    opening: Opening,
    path: Path,
}

impl Batch {
    /// Proves every record under the operator's key. The only door to a [`ProvenBatch`]. (SPEC X-5)
    ///
    /// # Errors
    /// At the first record that is not proven, or is no disclosure.
    pub fn verify(self, operator: &Operator) -> Result<ProvenBatch, BatchError> {
        let checkpoint = self.checkpoint.verify(operator)?;
        let proven = |record: CarriedRecord| record.proven(&checkpoint);
        let records: Result<_, _> = self.records.into_iter().map(proven).collect();
        Ok(ProvenBatch {
            sink: self.sink,
            batch: self.batch,
            sequence: self.sequence,
            records: records?,
            retractions: self.retractions.into_vec(),
            checkpoint,
        })
    }
}

impl CarriedRecord {
    fn proven(self, checkpoint: &Checkpoint) -> Result<ProvenRecord, BatchError> {
        let opening = Opening {
            index: self.index,
            salt: self.salt,
            payload: self.payload,
        };
        let inclusion = Inclusion {
            index: self.index,
            size: checkpoint.size(),
            path: self.path,
        };
        inclusion.verify(Hash::leaf(&opening.entry()), checkpoint.root())?;
        let record = Record::decode(opening.payload.as_bytes());
        Ok(ProvenRecord {
            record: record.map_err(|_| BatchError::NotADisclosure)?,
            opening,
            path: inclusion.path,
        })
    }
}

impl ProvenBatch {
    /// For which sink.
    #[must_use]
    pub const fn sink(&self) -> &SinkName {
        &self.sink
    }

    /// Which batch.
    #[must_use]
    pub const fn batch(&self) -> BatchId {
        self.batch
    }

    /// Its place among this sink's batches.
    #[must_use]
    pub const fn sequence(&self) -> Count {
        self.sequence
    }

    /// What the sink is told.
    #[must_use]
    pub fn records(&self) -> &[ProvenRecord] {
        &self.records
    }

    /// What it is asked to forget.
    #[must_use]
    pub fn retractions(&self) -> &[RecordKey] {
        &self.retractions
    }

    /// To which the proofs lead.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl ProvenRecord {
    /// What it says.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// Its entry's place, salt and payload.
    #[must_use]
    pub const fn opening(&self) -> &Opening {
        &self.opening
    }

    /// The hashes from its leaf to the root.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.path
    }
}
