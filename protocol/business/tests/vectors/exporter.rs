//! Frames of the exporter's socket, by the second implementation. (SPEC §14)
//! Knows: streams of frames and batches with their proofs. What a sink reads of them is judged by
//! the exporter's own tests.

use crate::disclosures;
use crate::file::{Judge, about, array, bytes, number, valid};
use crate::told::{hashes, hexed};
use partywall_business::Direction;
use partywall_business::export::{Batch, CarriedRecord, FromExporter, FromRelay, Head};
use partywall_business::ledger::{Operator, Origin};
use partywall_ground::{Close, cbor};
use partywall_proof::PublicKey;
use serde_json::{Value, json};

/// A batch's records have no names of their own on this side: their CBOR is read anew.
#[derive(minicbor::Decode, minicbor::Encode)]
#[cbor(map)]
struct Carried {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    disclosure: Vec<u8>,
    #[n(1)]
    salt: partywall_business::ledger::Salt,
    #[n(2)]
    index: u64,
    #[n(3)]
    path: partywall_business::ledger::Path,
}

/// The first frame of a stream, and what follows it.
fn first(stream: &[u8], direction: Direction) -> Result<(Value, usize), Close> {
    let (head, rest) = stream.split_first_chunk::<8>().ok_or(Close::Malformed)?;
    let head = Head::parse(head)?;
    let body = rest.get(..head.length()).ok_or(Close::Malformed)?;
    let (kind, fields, again) = match direction {
        Direction::ToRelay => {
            let said = FromExporter::decode(&head, body)?;
            (said.kind(), from_exporter(&said), said.encode())
        }
        Direction::FromRelay => {
            let said = FromRelay::decode(&head, body)?;
            (said.kind(), from_relay(&said), said.encode())
        }
    };
    let length = Head::LENGTH + head.length();
    assert_eq!(again, stream[..length]);
    let name = crate::frames::spelled(kind);
    Ok((json!({ "frame": name, "fields": fields }), length))
}

fn all(mut stream: &[u8], direction: Direction) -> Result<Value, Close> {
    let mut frames = Vec::new();
    while !stream.is_empty() {
        let (frame, length) = first(stream, direction)?;
        frames.push(frame);
        stream = &stream[length..];
    }
    Ok(Value::Array(frames))
}

fn from_exporter(said: &FromExporter) -> Value {
    match said {
        FromExporter::Carry(carry) => {
            let sinks = carry.sinks.iter();
            let sinks = sinks
                .map(|one| json!({ "sink": one.sink.as_str(), "recipient": one.recipient.code() }));
            json!({ "sinks": sinks.collect::<Vec<_>>() })
        }
        FromExporter::Claim(claim) => {
            json!({ "sink": claim.sink.as_str(), "most": claim.most.records() })
        }
        FromExporter::Close(close) => {
            json!({ "batch": hexed(close.batch), "outcome": close.outcome.code() })
        }
    }
}

fn from_relay(said: &FromRelay) -> Value {
    match said {
        FromRelay::Carried(carried) => json!({
            "key": hexed(carried.operator.as_bytes()),
            "origin": carried.origin.as_str(),
        }),
        FromRelay::Batch(batch) => of_batch(batch),
        FromRelay::Idle(idle) => json!({ "sink": idle.sink.as_str() }),
        FromRelay::Wake(wake) => json!({ "sink": wake.sink.as_str() }),
        FromRelay::Closed(closed) => json!({ "batch": hexed(closed.batch) }),
        FromRelay::Abort(abort) => json!({ "batch": hexed(abort.batch) }),
    }
}

fn of_batch(batch: &Batch) -> Value {
    let record = |record: &CarriedRecord| {
        let carried: Carried = cbor::decode(&cbor::encode(record)).unwrap();
        json!({
            "disclosure": hexed(&carried.disclosure),
            "salt": hexed(carried.salt.as_bytes()),
            "index": carried.index,
            "hashes": hashes(&carried.path),
        })
    };
    json!({
        "sink": batch.sink.as_str(),
        "batch": hexed(batch.batch),
        "sequence": batch.sequence.value(),
        "records": batch.records.iter().map(record).collect::<Vec<_>>(),
        "retract": batch.retractions.iter().map(hexed).collect::<Vec<_>>(),
        "note": hexed(batch.checkpoint.as_bytes()),
    })
}

#[test]
fn the_sockets_frames_are_read_and_written_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("exporter", "frames") {
        let direction = match vector["direction"].as_str().unwrap() {
            "e2r" => Direction::ToRelay,
            _ => Direction::FromRelay,
        };
        let ours = all(&bytes(&vector["hex"]), direction).ok();
        let theirs = valid(&vector).then(|| vector["frames"].clone());
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(200);
}

#[test]
fn a_head_tells_how_much_follows_and_never_too_much() {
    let mut judge = Judge::default();
    for vector in about("exporter", "head") {
        let head = Head::parse(&array(&vector["hex"])).ok();
        let ours = head.map(|head| (head.kind().number(), head.length()));
        let theirs = valid(&vector).then(|| {
            let (kind, length) = (number(&vector["type"]), number(&vector["length"]));
            (kind.try_into().unwrap(), length.try_into().unwrap())
        });
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(5);
}

#[test]
fn a_batch_is_proven_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in about("exporter", "batch") {
        let theirs = valid(&vector).then(|| vector["disclosures"].clone());
        judge.same(&vector, proven(&vector), theirs);
    }
    judge.agrees(15);
}

fn proven(vector: &Value) -> Option<Value> {
    let key = PublicKey::from_bytes(&array(&vector["key"])).ok()?;
    let origin = Origin::parse(vector["origin"].as_str().unwrap()).ok()?;
    let frame = bytes(&vector["hex"]);
    let (head, body) = frame.split_first_chunk::<8>()?;
    let head = Head::parse(head).ok()?;
    let FromRelay::Batch(batch) = FromRelay::decode(&head, body).ok()? else {
        return None;
    };
    let batch = batch.verify(&Operator::new(origin, key)).ok()?;
    let records = batch.records().iter();
    Some(
        records
            .map(|one| disclosures::fields(one.record()))
            .collect(),
    )
}
