//! A file of vectors and what stands in it. (SPEC §10)
//! Knows: where the files lie. A missing file is a failure.

use partywall_ground::cbor;
use serde_json::Value;

pub(crate) fn vectors(section: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors");
    let text = std::fs::read_to_string(format!("{folder}/{section}.json"))
        .unwrap_or_else(|error| panic!("vectors of {section}: {error}"));
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["section"], section);
    file["vectors"].as_array().unwrap().clone()
}

/// Those of a file that are about one thing.
pub(crate) fn about(section: &str, what: &str) -> Vec<Value> {
    let mut chosen = vectors(section);
    chosen.retain(|vector| vector["what"] == what);
    assert!(!chosen.is_empty(), "{section}: vectors of {what}");
    chosen
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

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// A code of one of the closed lists.
pub(crate) fn code(value: &Value) -> u8 {
    number(value).try_into().unwrap()
}

/// Gathers what disagrees, so that one look shows all of it.
#[derive(Default)]
pub(crate) struct Judge {
    seen: usize,
    wrong: Vec<String>,
}

impl Judge {
    /// Both sides take it or refuse it, and take the same.
    pub(crate) fn same<T: PartialEq>(
        &mut self,
        vector: &Value,
        ours: Option<T>,
        theirs: Option<T>,
    ) {
        self.seen += 1;
        if ours != theirs {
            let how = match (ours, theirs) {
                (None, _) => "refused here",
                (_, None) => "taken here",
                _ => "read otherwise",
            };
            self.wrong.push(format!("{how}: {}", vector["name"]));
        }
    }

    /// Both sides take it or refuse it.
    pub(crate) fn taken(&mut self, vector: &Value, ours: bool) {
        self.same(vector, ours.then_some(()), valid(vector).then_some(()));
    }

    /// Every one was judged, and none otherwise than the second implementation did.
    pub(crate) fn agrees(self, at_least: usize) {
        assert!(self.seen >= at_least, "{} were judged", self.seen);
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
    }
}

/// Reads a body and writes it again, which gives the same bytes.
pub(crate) fn read<'b, T>(bytes: &'b [u8]) -> Option<T>
where
    T: minicbor::Decode<'b, ()> + minicbor::Encode<()>,
{
    let value = cbor::decode(bytes).ok()?;
    assert_eq!(cbor::encode(&value), bytes);
    Some(value)
}
