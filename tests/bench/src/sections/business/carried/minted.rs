//! A ledger of disclosures in memory, and batches out of it as a relay would send them.
//! Knows: SPEC §13 and §14. Never knows: sinks.

use anyhow::{Context, Result, anyhow};
use minicbor::encode::{Encoder, Error, Write};
use partywall_business::Count;
use partywall_business::disclosure::Record;
use partywall_business::export::{Batch, CarriedRecord, FromRelay, SinkName};
use partywall_business::field::{Basis, Purpose, Recipient, Region};
use partywall_business::id::{BatchId, BusinessId, RecordKey, Subject, TableHash};
use partywall_business::ledger::{Checkpoint, Entry, Hash, Origin, Payload, Salt, Size};
use partywall_business::precision::{KeepDays, Precision};
use partywall_business::value::{PhoneNumber, Value};
use partywall_ground::{AtMost, RelayKey, Seconds, cbor};
use partywall_proof::SigningKey;

/// The sink of every batch.
pub(super) const SINK: &str = "parent";
/// Records of one batch, as many as an exporter claims.
pub(super) const RECORDS: u16 = 2_000;

/// The operator.
pub(super) struct Mint {
    key: SigningKey,
}

/// One record with its proof, as it stands in a batch.
struct Minted<'a> {
    payload: &'a [u8],
    salt: [u8; 32],
    index: u64,
    path: Vec<Hash>,
}

impl Mint {
    pub(super) fn new() -> Self {
        Self {
            key: SigningKey::from_seed(&[7; 32]),
        }
    }

    pub(super) fn operator(&self) -> RelayKey {
        RelayKey::new(*self.key.public().as_bytes())
    }

    pub(super) fn origin(&self) -> Origin {
        Origin::of_authority("relay.example:7444").expect("an authority")
    }

    /// So many batches of a ledger that holds all of them.
    pub(super) fn frames(&self, batches: u64) -> Result<Vec<Vec<u8>>> {
        let all = batches * u64::from(RECORDS);
        let payloads: Vec<Vec<u8>> = (0..all).map(record).collect::<Result<_>>()?;
        let leaf = |(number, payload): (u64, &Vec<u8>)| {
            let payload = Payload::new(payload.clone())?;
            Ok(Hash::leaf(&Entry::commit(
                &Salt::new(drawn(number)),
                &payload,
            )))
        };
        let leaves: Vec<Hash> = (0..).zip(&payloads).map(leaf).collect::<Result<_>>()?;
        let tree = Tree::over(leaves);
        let note = Checkpoint::sign(&self.origin(), Size::new(all), tree.root(), &self.key);
        let mut frames = Vec::new();
        for (batch, payloads) in (0..).zip(payloads.chunks(RECORDS.into())) {
            let first = batch * u64::from(RECORDS);
            let records = (first..).zip(payloads).map(|(index, payload)| {
                let minted = Minted {
                    payload,
                    salt: drawn(index),
                    index,
                    path: tree.path(index),
                };
                minted.carried()
            });
            let records: Vec<CarriedRecord> = records.collect::<Result<_>>()?;
            let mut id = [0; 16];
            id[..8].copy_from_slice(&(batch + 1).to_be_bytes());
            let batch = Batch {
                sink: SinkName::new(SINK).ok().context("a name")?,
                batch: BatchId::new(id),
                sequence: Count::new(batch + 1),
                records: AtMost::try_from(records).map_err(|_| anyhow!("too many"))?,
                retractions: AtMost::try_from(Vec::new()).map_err(|_| anyhow!("too many"))?,
                checkpoint: note.clone().into_unverified(),
            };
            frames.push(FromRelay::Batch(batch).encode());
        }
        Ok(frames)
    }
}

impl Minted<'_> {
    fn carried(&self) -> Result<CarriedRecord> {
        let mut bytes = Vec::new();
        self.write(&mut Encoder::new(&mut bytes))
            .map_err(|_| anyhow!("memory takes everything"))?;
        cbor::decode(&bytes).map_err(|_| anyhow!("a record"))
    }

    fn write<W: Write>(&self, to: &mut Encoder<W>) -> Result<(), Error<W::Error>> {
        to.map(4)?.u8(0)?.bytes(self.payload)?;
        to.u8(1)?.bytes(&self.salt)?.u8(2)?.u64(self.index)?;
        to.u8(3)?.array(self.path.len() as u64)?;
        for hash in &self.path {
            to.bytes(hash.as_bytes())?;
        }
        Ok(())
    }
}

fn record(number: u64) -> Result<Vec<u8>> {
    let phone = PhoneNumber::new(491_510_000_000 + number);
    Ok(cbor::encode(&Record {
        key: RecordKey::new(drawn(number)),
        subject: Subject::new([9; 16]),
        business: BusinessId::new([8; 32]),
        value: Value::PhoneNumber(phone.context("a phone number")?),
        recipient: Recipient::Parent,
        purpose: Purpose::AdsProductImprovement,
        basis: Basis::Consent,
        table: TableHash::new([6; 32]),
        time: Seconds::new(1_700_000_000 / 3_600 * 3_600),
        keep: KeepDays::new(90).context("days")?,
        region: Some(Region::Eu),
        precision: Precision::Full,
    }))
}

/// Bytes that no other record has.
fn drawn<const N: usize>(number: u64) -> [u8; N] {
    let mut bytes = [5; N];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// RFC 6962's tree, every level kept.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(last) = levels.last().filter(|last| last.len() > 1) {
            let above = last.chunks(2).map(|pair| match pair {
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

    fn path(&self, index: u64) -> Vec<Hash> {
        let mut path = Vec::new();
        for (level, hashes) in self.0.iter().enumerate() {
            let beside = (index >> level) ^ 1;
            if let Some(beside) = hashes.get(beside as usize) {
                path.push(*beside);
            }
        }
        path
    }
}
