//! A batch whose every proof was verified: the only thing that a sink is ever given. (SPEC X-5)
//! Knows: its parts. Never knows: sinks. Only `prove` makes one.

use partywall_business::disclosure;
use partywall_business::id::{BatchId, RecordKey};

/// A proven batch. Has no `Debug`: it is full of what customers disclosed.
pub struct Parcel {
    pub(crate) batch: BatchId,
    pub(crate) sequence: u64,
    /// The signed note under which every record is proven.
    pub(crate) checkpoint: String,
    pub(crate) records: Vec<Carried>,
    /// What the sink is asked to forget.
    pub(crate) retract: Vec<RecordKey>,
}

/// One disclosure, with what proves it.
pub(crate) struct Carried {
    pub(crate) record: disclosure::Record,
    /// What the ledger's entry commits to: the record's own bytes.
    pub(crate) payload: Vec<u8>,
    pub(crate) salt: [u8; 32],
    pub(crate) index: u64,
    pub(crate) path: Vec<[u8; 32]>,
}
