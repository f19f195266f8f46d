//! What sinks read: JSON, the same bytes for the same parcel at every attempt and after every start. (SPEC X-6)
//! Knows: names and their order. Never knows: how the bytes travel.

mod value;

use partywall_business::export::ProvenRecord;
use serde::Serialize;

use crate::parcel::Parcel;
use crate::sink::Lines;
use value::Told;

/// One object: what a webhook is sent.
pub(crate) fn object(parcel: &Parcel) -> Vec<u8> {
    let whole = Whole {
        head: Head::of(parcel),
        records: parcel.proven().records().iter().map(Line::of).collect(),
        retract: parcel
            .proven()
            .retractions()
            .iter()
            .map(hex::encode)
            .collect(),
    };
    serde_json::to_vec(&whole).expect("text, numbers and lists become JSON")
}

/// One object a line, each whole in itself: what is appended to a file.
pub(crate) fn lines(parcel: &Parcel) -> Lines {
    let head = Head::of(parcel);
    let mut lines = Lines::beginning(format!("{{\"batch\":\"{}\"", head.batch).into_bytes());
    for carried in parcel.proven().records() {
        lines.push(&InFile {
            head: &head,
            what: Line::of(carried),
        });
    }
    let bare = Bare {
        batch: &head.batch,
        sequence: head.sequence,
    };
    for key in parcel.proven().retractions() {
        lines.push(&InFile {
            head: &bare,
            what: Retraction {
                retract: hex::encode(key),
            },
        });
    }
    lines
}

#[derive(Serialize)]
struct Head {
    batch: String,
    sequence: u64,
    checkpoint: String,
}

impl Head {
    fn of(parcel: &Parcel) -> Self {
        Self {
            batch: hex::encode(parcel.proven().batch()),
            sequence: parcel.proven().sequence().value(),
            checkpoint: String::from_utf8_lossy(parcel.proven().checkpoint().note()).into_owned(),
        }
    }
}

#[derive(Serialize)]
struct Bare<'a> {
    batch: &'a str,
    sequence: u64,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    head: Head,
    records: Vec<Line>,
    retract: Vec<String>,
}

#[derive(Serialize)]
struct InFile<'a, H, T> {
    #[serde(flatten)]
    head: &'a H,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize)]
struct Retraction {
    retract: String,
}

#[derive(Serialize)]
struct Line {
    record: String,
    subject: String,
    business: String,
    field: &'static str,
    value: Told,
    recipient: &'static str,
    purpose: &'static str,
    basis: &'static str,
    table: String,
    time: String,
    keep_days: u16,
    region: &'static str,
    payload: String,
    salt: String,
    index: u64,
    path: Vec<String>,
}

impl Line {
    fn of(carried: &ProvenRecord) -> Self {
        let record = carried.record();
        let opening = carried.opening();
        Self {
            record: hex::encode(record.key),
            subject: hex::encode(record.subject),
            business: hex::encode(record.business),
            field: record.value.field().word(),
            value: Told::of(&record.value, record.precision),
            recipient: record.recipient.word(),
            purpose: record.purpose.word(),
            basis: record.basis.word(),
            table: hex::encode(record.table),
            time: value::rfc3339(record.time),
            keep_days: record.keep.days(),
            region: record.region.map_or("unknown", |region| region.word()),
            payload: hex::encode(opening.payload.as_bytes()),
            salt: hex::encode(opening.salt.as_bytes()),
            index: opening.index.value(),
            path: carried
                .path()
                .iter()
                .map(|hash| hex::encode(hash.as_bytes()))
                .collect(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
