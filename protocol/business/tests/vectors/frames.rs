//! Frames of the second implementation, whole and broken. (SPEC §1.4, §11)
//! Knows: their bytes, the fields that they are said to have, and the codes that close on them.

use crate::file::{Judge, bytes, code, valid, vectors};
use crate::{answers, requests};
use partywall_business::answer::FromRelay;
use partywall_business::request::FromClient;
use partywall_business::{Caller, Kind, Role};
use partywall_ground::Close;
use serde_json::{Value, json};

/// A frame read here: its type, what it says, and how it is written again.
struct Read {
    kind: Kind,
    fields: Value,
    again: Vec<u8>,
}

fn caller(role: &Value) -> Caller {
    Role::from_code(code(role)).map_or(Caller::Guest, Caller::Proven)
}

fn read(vector: &Value) -> Result<Read, Close> {
    let frame = bytes(&vector["hex"]);
    match vector["direction"].as_str().unwrap() {
        "c2r" => FromClient::decode(&frame, caller(&vector["role"])).map(|said| Read {
            kind: said.kind(),
            fields: requests::fields(&said),
            again: said.encode(),
        }),
        "r2c" => FromRelay::decode(&frame).map(|said| Read {
            kind: said.kind(),
            fields: answers::fields(&said),
            again: said.encode(),
        }),
        other => panic!("no such direction: {other}"),
    }
}

/// `StandingIs` is the SPEC's `standing-is`.
pub(crate) fn spelled(kind: Kind) -> String {
    let mut name = String::new();
    for letter in kind.name().chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[test]
fn frames_are_read_and_written_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in vectors("business-frames").iter().filter(|one| valid(one)) {
        let theirs = (
            vector["type"].clone(),
            vector["frame"].clone(),
            vector["fields"].clone(),
            bytes(&vector["hex"]),
        );
        let ours = read(vector).ok().map(|read| {
            let (number, name) = (json!(read.kind.number()), json!(spelled(read.kind)));
            (number, name, read.fields, read.again)
        });
        judge.same(vector, ours, Some(theirs));
    }
    judge.agrees(120);
}

#[test]
fn a_broken_frame_closes_with_the_code_of_the_first_check_that_fails() {
    let mut judge = Judge::default();
    for vector in vectors("business-frames").iter().filter(|one| !valid(one)) {
        let close = read(vector).err().map(Close::code).map(u64::from);
        judge.same(vector, close, vector["close"].as_u64());
    }
    judge.agrees(2_000);
}

#[test]
fn every_type_of_the_business_door_has_a_vector() {
    let vectors = vectors("business-frames");
    for kind in Kind::ALL.iter().filter(|kind| kind.number() < 0x0180) {
        let of_it = |one: &&Value| valid(one) && one["type"] == kind.number();
        assert!(vectors.iter().any(|one| of_it(&one)), "{kind:?}");
    }
}
