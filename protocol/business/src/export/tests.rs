//! What this room promises.

use super::*;
use crate::consent::Party;
use crate::disclosure::{Disclosure, Facts};
use crate::field::{Basis, Field, Purpose};
use crate::ledger::{Checkpoint, Entry, Hash, Index, Operator, Origin, Path, Payload, Salt, Size};
use crate::permit::Permit;
use crate::precision::{Grant, KeepDays, Precision};
use crate::table::Row;
use crate::value::Value;
use crate::{BusinessId, Count, PairwiseKey, RecordKey, TableHash};
use partywall_ground::{AtMost, Seconds};
use partywall_proof::SigningKey;

fn key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn operator() -> Operator {
    let origin = Origin::of_authority("relay.example:7444").unwrap();
    Operator::new(origin, key().public())
}

fn disclosure(record: u8) -> Disclosure {
    let party = Party {
        business: BusinessId::new([1; 32]),
        pairwise: PairwiseKey::new([2; 32]),
    };
    let permit = Permit {
        row: Row::new(Field::AdReferral, Recipient::Parent, Purpose::Analytics),
        basis: Basis::Consent,
        grant: Grant {
            precision: Precision::Full,
            keep: KeepDays::new(30).unwrap(),
        },
        region: None,
        table: TableHash::new([3; 32]),
        party,
        conversation: party.conversation(),
    };
    let facts = Facts {
        record: RecordKey::new([record; 16]),
        time: Seconds::new(1_000_000),
    };
    permit.disclose(Value::AdReferral(7), facts).unwrap()
}

fn salt(number: u8) -> Salt {
    Salt::new([number; 32])
}

fn leaf(payload: &[u8], number: u8) -> Hash {
    let payload = Payload::new(payload.to_vec()).unwrap();
    Hash::leaf(&Entry::commit(&salt(number), &payload))
}

/// A batch of two disclosures, which are all that the ledger has.
fn batch() -> Batch {
    let (first, second) = (disclosure(1), disclosure(2));
    let leaves = [leaf(first.bytes(), 1), leaf(second.bytes(), 2)];
    let root = Hash::above(&leaves[0], &leaves[1]);
    let origin = operator().origin().clone();
    let checkpoint = Checkpoint::sign(&origin, Size::new(2), root, &key());
    let beside = |leaf: Hash| Path::try_from(vec![leaf]).unwrap();
    let records = vec![
        CarriedRecord::of(&first, salt(1), Index::new(0), beside(leaves[1])),
        CarriedRecord::of(&second, salt(2), Index::new(1), beside(leaves[0])),
    ];
    Batch {
        sink: SinkName::new("parent").unwrap(),
        batch: BatchId::new([5; 16]),
        sequence: Count::new(1),
        records: AtMost::try_from(records).ok().unwrap(),
        retractions: vec![RecordKey::new([6; 16])].try_into().unwrap(),
        checkpoint: checkpoint.into_unverified(),
    }
}

fn read(frame: &[u8]) -> Option<Batch> {
    let (head, body) = frame.split_first_chunk()?;
    match FromRelay::decode(&Head::parse(head).ok()?, body).ok()? {
        FromRelay::Batch(batch) => Some(batch),
        _ => None,
    }
}

#[test]
fn an_exporter_reads_what_the_relay_claimed_with_all_that_a_sink_needs_to_check_it() {
    let frame = FromRelay::from(batch()).encode();
    let proven = read(&frame).unwrap().verify(&operator()).ok().unwrap();
    assert_eq!(proven.batch(), BatchId::new([5; 16]));
    assert_eq!(proven.sequence(), Count::new(1));
    assert_eq!(proven.retractions(), [RecordKey::new([6; 16])]);
    assert_eq!(proven.checkpoint().size(), Size::new(2));
    let told: Vec<_> = proven.records().iter().map(ProvenRecord::record).collect();
    assert_eq!(told, [disclosure(1).record(), disclosure(2).record()]);
    let second = &proven.records()[1];
    assert_eq!(second.opening().payload.as_bytes(), disclosure(2).bytes());
    assert_eq!(second.path().len(), 1);
}

#[test]
fn nothing_of_a_batch_is_proven_when_one_bit_of_a_record_proof_or_checkpoint_is_flipped() {
    let frame = FromRelay::from(batch()).encode();
    let named = cbor_start_of_records(&frame);
    let retractions = frame
        .windows(16)
        .position(|bytes| bytes == [6; 16])
        .unwrap();
    for bit in named * 8..frame.len() * 8 {
        if (retractions..retractions + 16).contains(&(bit / 8)) {
            continue;
        }
        let mut changed = frame.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let verified = read(&changed).map(|batch| batch.verify(&operator()));
        assert!(
            verified.is_none_or(|verified| verified.is_err()),
            "bit {bit}"
        );
    }
}

/// Behind sink, batch and sequence, which no ledger signs for.
fn cbor_start_of_records(frame: &[u8]) -> usize {
    let batch = frame
        .windows(16)
        .position(|bytes| bytes == [5; 16])
        .unwrap();
    batch + 16 + 2
}

#[test]
fn an_entry_that_is_no_disclosure_is_not_carried_though_it_is_proven() {
    let payload = [0xa1, 0, 2];
    let root = leaf(&payload, 1);
    let origin = operator().origin().clone();
    let checkpoint = Checkpoint::sign(&origin, Size::new(1), root, &key());
    let mut body = batch();
    body.records = AtMost::none();
    body.checkpoint = checkpoint.into_unverified();
    let frame = FromRelay::from(body).encode();
    assert!(read(&frame).unwrap().verify(&operator()).is_ok());
    let record = [
        &[0xa4, 0, 0x43][..],
        &payload,
        &[1, 0x58, 32],
        &[1; 32],
        &[2, 0, 3, 0x80],
    ];
    let list = [&[0x81][..], &record.concat()].concat();
    let place = frame
        .windows(3)
        .position(|bytes| bytes == [3, 0x80, 4])
        .unwrap()
        + 1;
    let body = [&frame[8..place], &list, &frame[place + 1..]].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let with_it = [&frame[..4], &length, &body].concat();
    let verdict = read(&with_it).unwrap().verify(&operator()).err();
    assert_eq!(verdict, Some(BatchError::NotADisclosure));
}

#[test]
fn an_exporter_learns_whose_records_they_are() {
    let said = Carried {
        operator: RelayKey::new(*key().public().as_bytes()),
        origin: operator().origin().clone(),
    };
    let frame = FromRelay::from(said.clone()).encode();
    let (head, body) = frame.split_first_chunk().unwrap();
    let head = Head::parse(head).unwrap();
    let read = FromRelay::decode(&head, body).unwrap();
    assert!(matches!(read, FromRelay::Carried(carried) if carried == said));
    assert!(FromRelay::decode(&head, &body[1..]).is_err());
    assert!(FromExporter::decode(&head, body).is_err());
}

#[test]
fn a_claim_asks_for_one_to_two_thousand_records() {
    for (records, good) in [(0, false), (1, true), (2_000, true), (2_001, false)] {
        assert_eq!(Most::new(records).is_some(), good);
    }
}
