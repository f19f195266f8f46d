//! One line of a sink's file, as its JSON says. (SPEC §14, X-6)
//! Knows: the names of the keys. Never knows: whether any of it is true.

use partywall_business::disclosure::Record;
use partywall_business::field::Region;
use partywall_business::id::{BatchId, RecordKey};
use partywall_business::ledger::{
    Hash, Inclusion, Index, Opening, Path, Payload, Salt, Size, UnverifiedCheckpoint,
};
use serde::Deserialize;

use super::told;

/// As it stands in the file. Keys that are not known are let pass.
#[derive(Deserialize)]
struct Written {
    batch: Option<String>,
    checkpoint: Option<String>,
    retract: Option<String>,
    record: Option<String>,
    subject: Option<String>,
    business: Option<String>,
    field: Option<String>,
    value: Option<serde_json::Value>,
    time: Option<String>,
    recipient: Option<String>,
    purpose: Option<String>,
    basis: Option<String>,
    table: Option<String>,
    keep_days: Option<u16>,
    region: Option<String>,
    payload: Option<String>,
    salt: Option<String>,
    index: Option<u64>,
    path: Option<Vec<String>>,
}

/// What a line is.
pub(super) enum Line {
    /// The sink was asked to forget a record.
    Retraction(RecordKey),
    /// A record with all that proves it.
    Record(Box<Claimed>),
    /// Neither, or without its proof.
    Other,
}

/// A record that claims to be in the ledger.
pub(super) struct Claimed {
    pub(super) batch: BatchId,
    pub(super) opening: Opening,
    pub(super) path: Path,
    pub(super) note: UnverifiedCheckpoint,
    /// What the payload says.
    pub(super) told: Record,
    /// Whether the readable part says the same.
    pub(super) agrees: bool,
}

impl Line {
    pub(super) fn read(text: &str) -> Self {
        let Ok(written) = serde_json::from_str::<Written>(text) else {
            return Self::Other;
        };
        if let Some(record) = &written.retract {
            return bytes(record).map_or(Self::Other, |key| Self::Retraction(RecordKey::new(key)));
        }
        claimed(&written).map_or(Self::Other, |claimed| Self::Record(Box::new(claimed)))
    }
}

impl Claimed {
    /// The proof that its entry is in a ledger of this size.
    pub(super) fn inclusion(&self, size: Size) -> Inclusion {
        Inclusion {
            index: self.opening.index,
            size,
            path: self.path.clone(),
        }
    }
}

fn claimed(written: &Written) -> Option<Claimed> {
    let payload = hex::decode(written.payload.as_ref()?).ok()?;
    let told = Record::decode(&payload).ok()?;
    let hashes = written.path.as_ref()?.iter();
    let path: Option<Vec<Hash>> = hashes.map(|hash| Some(Hash::new(bytes(hash)?))).collect();
    Some(Claimed {
        batch: BatchId::new(bytes(written.batch.as_ref()?)?),
        opening: Opening {
            index: Index::new(written.index?),
            salt: Salt::new(bytes(written.salt.as_ref()?)?),
            payload: Payload::new(payload).ok()?,
        },
        path: path?.try_into().ok()?,
        note: UnverifiedCheckpoint::from_bytes(written.checkpoint.as_ref()?.as_bytes())?,
        agrees: agrees(written, &told),
        told,
    })
}

/// Whether what people read in the line is what the payload says.
fn agrees(written: &Written, told: &Record) -> bool {
    let hexes = [
        (&written.record, told.key.as_bytes().as_slice()),
        (&written.subject, told.subject.as_bytes()),
        (&written.business, told.business.as_bytes()),
        (&written.table, told.table.as_bytes()),
    ];
    let region = told.region.map_or("unknown", Region::word);
    let words = [
        (&written.field, told.value.field().word()),
        (&written.recipient, told.recipient.word()),
        (&written.purpose, told.purpose.word()),
        (&written.basis, told.basis.word()),
        (&written.region, region),
    ];
    hexes
        .iter()
        .all(|(text, bytes)| text.as_deref() == Some(hex::encode(bytes).as_str()))
        && words
            .iter()
            .all(|(text, word)| text.as_deref() == Some(*word))
        && written.keep_days == Some(told.keep.days())
        && written.value == Some(told::value(told))
        && written.time.as_deref() == Some(told::date(told.time).as_str())
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
