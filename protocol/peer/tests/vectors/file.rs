//! A file of vectors and what stands in it. (SPEC §10)
//! Knows: where the files lie. A missing file is a failure.

use serde_json::Value;

pub(crate) fn vectors(section: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors");
    let text = std::fs::read_to_string(format!("{folder}/{section}.json"))
        .unwrap_or_else(|error| panic!("vectors of {section}: {error}"));
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["section"], section);
    file["vectors"].as_array().unwrap().clone()
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

pub(crate) fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

pub(crate) fn valid(vector: &Value) -> bool {
    vector["valid"].as_bool().unwrap()
}
