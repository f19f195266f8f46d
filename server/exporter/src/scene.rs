//! For tests: a ledger in memory, batches out of it, and everything that is true of them.
//! Knows: how a relay would make them. Never knows: sinks.

use partywall_business::disclosure::Record;
use partywall_business::field::{Basis, Purpose, Recipient, Region};
use partywall_business::id::{BatchId, BusinessId, RecordKey, Subject, TableHash};
use partywall_business::ledger::{Checkpoint, Entry, Hash, Operator, Origin, Payload, Salt, Size};
use partywall_business::precision::{KeepDays, Precision};
use partywall_business::value::{Country, PhoneNumber, Value};
use partywall_ground::{Seconds, cbor};
use partywall_proof::SigningKey;

use crate::parcel::{Carried, Parcel};

/// A relay's ledger.
pub(crate) struct Ledger {
    pub(crate) key: SigningKey,
    pub(crate) origin: Origin,
    leaves: Vec<Hash>,
    drawn: u8,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        let other = Payload::new(vec![0xa1, 0, 6]).unwrap();
        let leaf = |n| Hash::leaf(&Entry::commit(&Salt::new([n; 32]), &other));
        Self {
            key: SigningKey::from_seed(&[7; 32]),
            origin: Origin::of_authority("relay.example:7444").unwrap(),
            leaves: (0..3).map(leaf).collect(),
            drawn: 0,
        }
    }

    pub(crate) fn operator(&self) -> Operator {
        Operator::new(self.origin.clone(), self.key.public())
    }

    /// A batch of so many records for this recipient, and so many retractions.
    pub(crate) fn batch(
        &mut self,
        records: usize,
        retractions: usize,
        recipient: Recipient,
    ) -> Parcel {
        self.drawn += 1;
        let batch = self.drawn;
        let first = self.leaves.len();
        let mut carried: Vec<Carried> = (0..records)
            .map(|n| {
                let record = record(batch, n, recipient);
                let payload = cbor::encode(&record);
                let salt = key(batch, n, 32).try_into().unwrap();
                let entry =
                    Entry::commit(&Salt::new(salt), &Payload::new(payload.clone()).unwrap());
                self.leaves.push(Hash::leaf(&entry));
                Carried {
                    record,
                    payload,
                    salt,
                    index: (first + n) as u64,
                    path: Vec::new(),
                }
            })
            .collect();
        let tree = Tree::over(&self.leaves);
        for one in &mut carried {
            one.path = tree.path(usize::try_from(one.index).unwrap());
        }
        let size = Size::new(self.leaves.len() as u64);
        let checkpoint = Checkpoint::sign(&self.origin, size, tree.root(), &self.key);
        Parcel {
            batch: BatchId::new([batch; 16]),
            sequence: u64::from(batch),
            checkpoint: String::from_utf8(checkpoint.note().to_vec()).unwrap(),
            records: carried,
            retract: (0..retractions)
                .map(|n| RecordKey::new(key(batch, 100_000 + n, 16).try_into().unwrap()))
                .collect(),
        }
    }
}

/// Bytes that no other batch and number have.
fn key(batch: u8, n: usize, length: usize) -> Vec<u8> {
    let mut key = vec![batch; length];
    key[..8].copy_from_slice(&(n as u64).to_be_bytes());
    key
}

fn record(batch: u8, n: usize, recipient: Recipient) -> Record {
    let (value, precision) = if n.is_multiple_of(2) {
        (
            Value::PhoneNumber(PhoneNumber::new(491_510_000_000 + n as u64).unwrap()),
            Precision::Full,
        )
    } else {
        (Value::Country(Country::new("DE").unwrap()), Precision::Full)
    };
    Record {
        key: RecordKey::new(key(batch, n, 16).try_into().unwrap()),
        subject: Subject::new([9; 16]),
        business: BusinessId::new([8; 32]),
        value,
        recipient,
        purpose: Purpose::AdsProductImprovement,
        basis: Basis::Consent,
        table: TableHash::new([6; 32]),
        time: Seconds::new(1_700_000_000 / 3_600 * 3_600),
        keep: KeepDays::new(90).unwrap(),
        region: Some(Region::Eu),
        precision,
    }
}

/// RFC 6962's tree, every level kept.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn over(leaves: &[Hash]) -> Self {
        let mut levels = vec![leaves.to_vec()];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            let above = below.chunks(2).map(|pair| match pair {
                [left, right] => Hash::above(left, right),
                alone => alone[0],
            });
            levels.push(above.collect());
        }
        Self(levels)
    }

    fn root(&self) -> Hash {
        self.0[self.0.len() - 1][0]
    }

    fn path(&self, mut at: usize) -> Vec<[u8; 32]> {
        let mut path = Vec::new();
        for level in &self.0 {
            if let Some(beside) = level.get(at ^ 1) {
                path.push(*beside.as_bytes());
            }
            at /= 2;
        }
        path
    }
}
