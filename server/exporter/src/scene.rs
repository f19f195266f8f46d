//! For tests: a ledger in memory, and batches out of it as a relay would send them.
//! Knows: SPEC §13, §14 byte by byte. Never knows: sinks.

use minicbor::bytes::ByteSlice;
use minicbor::encode::{Encoder, Error, Write};
use partywall_business::disclosure::Record;
use partywall_business::export::{Batch, FromRelay};
use partywall_business::field::{Basis, Purpose, Recipient, Region};
use partywall_business::id::{BusinessId, RecordKey, Subject, TableHash};
use partywall_business::ledger::{Checkpoint, Entry, Hash, Operator, Origin, Payload, Salt, Size};
use partywall_business::precision::{KeepDays, Precision};
use partywall_business::value::{Country, PhoneNumber, Value};
use partywall_ground::{Seconds, cbor};
use partywall_proof::SigningKey;

use crate::parcel::Parcel;

/// The sink of every batch of this scene, unless said otherwise.
pub(crate) const SINK: &str = "ads";

/// A relay's ledger.
pub(crate) struct Ledger {
    pub(crate) key: SigningKey,
    pub(crate) origin: Origin,
    leaves: Vec<Hash>,
    drawn: u8,
}

/// What is wrong with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoilt {
    Nothing,
    Salt,
    Payload,
    Index,
    Path,
    Note,
    Kind,
    Recipient,
    Twice,
}

/// One record on its way.
pub(crate) struct Sent {
    pub(crate) payload: Vec<u8>,
    pub(crate) salt: [u8; 32],
    pub(crate) index: u64,
    pub(crate) path: Vec<[u8; 32]>,
}

/// A batch on its way.
pub(crate) struct Draft {
    pub(crate) sink: String,
    pub(crate) batch: [u8; 16],
    pub(crate) records: Vec<Sent>,
    pub(crate) retract: Vec<[u8; 16]>,
    pub(crate) note: Vec<u8>,
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
    pub(crate) fn draft(
        &mut self,
        records: usize,
        retractions: usize,
        recipient: Recipient,
    ) -> Draft {
        let batch = self.drawn + 1;
        let payloads = (0..records)
            .map(|n| cbor::encode(&record(batch, n, recipient)))
            .collect();
        self.draft_of(payloads, retractions)
    }

    fn draft_of(&mut self, payloads: Vec<Vec<u8>>, retractions: usize) -> Draft {
        self.drawn += 1;
        let batch = self.drawn;
        let first = self.leaves.len();
        let mut records: Vec<Sent> = Vec::new();
        for (n, payload) in payloads.into_iter().enumerate() {
            let salt = drawn(batch, n);
            let entry = Entry::commit(&Salt::new(salt), &Payload::new(payload.clone()).unwrap());
            self.leaves.push(Hash::leaf(&entry));
            records.push(Sent {
                payload,
                salt,
                index: (first + n) as u64,
                path: Vec::new(),
            });
        }
        let tree = Tree::over(&self.leaves);
        for one in &mut records {
            one.path = tree.path(usize::try_from(one.index).unwrap());
        }
        let size = Size::new(self.leaves.len() as u64);
        let note = Checkpoint::sign(&self.origin, size, tree.root(), &self.key)
            .note()
            .to_vec();
        let retract = (0..retractions)
            .map(|n| drawn(batch, 100_000 + n))
            .collect();
        Draft {
            sink: SINK.into(),
            batch: [batch; 16],
            records,
            retract,
            note,
        }
    }

    pub(crate) fn batch(
        &mut self,
        records: usize,
        retractions: usize,
        recipient: Recipient,
    ) -> Batch {
        self.draft(records, retractions, recipient).batch()
    }

    /// A proven one for the parent.
    pub(crate) fn parcel(&mut self, records: usize, retractions: usize) -> Parcel {
        let batch = self.batch(records, retractions, Recipient::Parent);
        Parcel::prove(batch, &self.operator(), Recipient::Parent)
            .ok()
            .unwrap()
    }

    /// A batch for the parent with one thing wrong.
    pub(crate) fn spoilt(&mut self, records: usize, spoilt: Spoilt) -> Batch {
        let next = self.drawn + 1;
        let mut payloads: Vec<_> = (0..records)
            .map(|n| cbor::encode(&record(next, n, Recipient::Parent)))
            .collect();
        let last = payloads.len() - 1;
        match spoilt {
            Spoilt::Kind => payloads[last] = vec![0xa2, 0, 6, 1, 0x81, 3],
            Spoilt::Recipient => {
                payloads[last] = cbor::encode(&record(next, last, Recipient::ServiceProvider))
            }
            Spoilt::Twice => payloads[last] = payloads[0].clone(),
            _ => {}
        }
        let mut draft = self.draft_of(payloads, 0);
        let middle = &mut draft.records[1];
        match spoilt {
            Spoilt::Salt => middle.salt[0] ^= 1,
            Spoilt::Payload => *middle.payload.last_mut().unwrap() ^= 1,
            Spoilt::Index => middle.index += 1,
            Spoilt::Path => middle.path[0][0] ^= 1,
            Spoilt::Note => {
                let other = SigningKey::from_seed(&[9; 32]);
                let root = Hash::new([1; 32]);
                draft.note = Checkpoint::sign(&self.origin, Size::new(6), root, &other)
                    .note()
                    .to_vec();
            }
            _ => {}
        }
        draft.batch()
    }
}

impl Draft {
    /// The whole frame.
    pub(crate) fn frame(&self) -> Vec<u8> {
        let mut body = Vec::new();
        self.encode(&mut Encoder::new(&mut body)).unwrap();
        let mut frame = vec![b'B', 1, 0x01, 0x83];
        frame.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes());
        frame.extend(body);
        frame
    }

    fn encode<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), Error<W::Error>> {
        encoder
            .map(6)?
            .u8(0)?
            .str(&self.sink)?
            .u8(1)?
            .bytes(&self.batch)?;
        encoder
            .u8(2)?
            .u8(self.batch[0])?
            .u8(3)?
            .array(self.records.len() as u64)?;
        for sent in &self.records {
            encoder
                .map(4)?
                .u8(0)?
                .bytes(&sent.payload)?
                .u8(1)?
                .bytes(&sent.salt)?;
            encoder
                .u8(2)?
                .u64(sent.index)?
                .u8(3)?
                .array(sent.path.len() as u64)?;
            for hash in &sent.path {
                encoder.bytes(hash)?;
            }
        }
        encoder.u8(4)?.array(self.retract.len() as u64)?;
        for key in &self.retract {
            encoder.bytes(key)?;
        }
        encoder
            .u8(5)?
            .encode(<&ByteSlice>::from(&self.note[..]))?
            .ok()
    }

    pub(crate) fn batch(&self) -> Batch {
        let frame = self.frame();
        let (head, body) = frame.split_first_chunk().unwrap();
        let head = partywall_business::export::Head::parse(head).unwrap();
        match FromRelay::decode(&head, body).unwrap() {
            FromRelay::Batch(batch) => batch,
            other => unreachable!("{other:?}"),
        }
    }
}

/// Bytes that no other batch and number have.
fn drawn<const N: usize>(batch: u8, n: usize) -> [u8; N] {
    let mut bytes = [batch; N];
    bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
    bytes
}

fn record(batch: u8, n: usize, recipient: Recipient) -> Record {
    let number = PhoneNumber::new(491_510_000_000 + n as u64).unwrap();
    let value = match n % 2 {
        0 => Value::PhoneNumber(number),
        _ => Value::Country(Country::new("DE").unwrap()),
    };
    Record {
        key: RecordKey::new(drawn(batch, n)),
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
        precision: Precision::Full,
    }
}

/// RFC 6962's tree, every level kept.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn over(leaves: &[Hash]) -> Self {
        let mut levels = vec![leaves.to_vec()];
        while levels[levels.len() - 1].len() > 1 {
            let above = levels[levels.len() - 1].chunks(2).map(|pair| match pair {
                [left, right] => Hash::above(left, right),
                alone => alone[0],
            });
            let above = above.collect();
            levels.push(above);
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
