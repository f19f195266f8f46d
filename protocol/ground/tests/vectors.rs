//! The ground held against the vectors of a second implementation. (SPEC §10)
//! Knows: `protocol/vectors/*.json`. A missing file is a failure.

use partywall_ground::{Business, Label, Peer, cbor, lp_vec};
use serde_json::Value;

fn vectors(section: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors");
    let text = std::fs::read_to_string(format!("{folder}/{section}.json"))
        .expect("the vectors lie beside the crate");
    let file: Value = serde_json::from_str(&text).expect("vectors are JSON");
    assert_eq!(file["section"], section);
    let vectors = file["vectors"].as_array();
    vectors.expect("vectors are a list").clone()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("bytes are a text")).expect("bytes are in hex")
}

#[test]
fn bodies_are_taken_and_refused_as_the_second_implementation_does() {
    let vectors = vectors("cbor");
    assert!(vectors.len() > 100);
    for vector in vectors {
        let body = bytes(&vector["hex"]);
        let verdict = cbor::check(&body);
        assert_eq!(
            verdict.is_ok(),
            vector["valid"].as_bool().unwrap(),
            "{}: {verdict:?}",
            vector["name"]
        );
    }
}

#[test]
fn labels_and_joined_parts_are_those_of_the_second_implementation() {
    let (mut labels, mut joined) = (0, 0);
    for vector in vectors("hashes") {
        match vector["what"].as_str().unwrap() {
            "label" => {
                let name: &'static str = vector["label_name"].as_str().unwrap().to_owned().leak();
                let label = match vector["wing"].as_str().unwrap() {
                    "peer" => Label::of::<Peer>(name),
                    "business" => Label::of::<Business>(name),
                    wing => {
                        assert_eq!(wing, "ground");
                        Label::ground(name)
                    }
                };
                assert_eq!(vector["label"], label.as_str());
                labels += 1;
            }
            "LP" => {
                let parts: Vec<_> = vector["parts"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(bytes)
                    .collect();
                let parts: Vec<_> = parts.iter().map(Vec::as_slice).collect();
                assert_eq!(lp_vec(&parts), bytes(&vector["out"]), "{}", vector["name"]);
                joined += 1;
            }
            _ => {}
        }
    }
    assert!(labels > 0 && joined > 0);
}
