//! Paths of the log and what lies there, by the second implementation. (SPEC §13.6)
//! Knows: the log of its vectors: entry i is 0x01 ‖ SHA-256(u64(i)).

use crate::file::{Judge, about, array, bytes, number, valid};
use partywall_business::ledger::{Entry, Hash, Resource};
use partywall_proof::sha256;
use serde_json::{Value, json};

fn entry(place: u64) -> Entry {
    let digest = sha256(&place.to_be_bytes());
    Entry::from_bytes(&[&[1], &digest[..]].concat()).unwrap()
}

/// How many things there are on a level in a log of a size; `None` for entries.
fn reach(level: Option<u8>, size: u64) -> u64 {
    size >> (8 * u32::from(level.unwrap_or(0)))
}

/// `[level or null, number, width]`, if there is such a path and the log has reached it.
fn tile(path: &str, size: u64) -> Option<Value> {
    let (level, number, width) = match Resource::parse(path.strip_prefix('/')?)? {
        Resource::Checkpoint => return None,
        Resource::Tile {
            level,
            number,
            width,
        } => (Some(level.value()), number, width),
        Resource::Entries { number, width } => (None, number, width),
    };
    let last = number.checked_mul(256)?.checked_add(width.value().into())?;
    (last <= reach(level, size)).then(|| json!([level, number, width.value()]))
}

#[test]
fn there_is_one_path_for_each_thing_that_the_log_has_reached() {
    let mut judge = Judge::default();
    for vector in about("ledger", "path") {
        let size = number(&vector["size"]);
        let ours = tile(vector["path"].as_str().unwrap(), size);
        let theirs = valid(&vector).then(|| vector["tile"].clone());
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(60);
}

#[test]
fn what_lies_there_is_the_second_implementations() {
    let mut judge = Judge::default();
    for vector in about("ledger", "tile") {
        let path = vector["path"].as_str().unwrap();
        let told = tile(path, number(&vector["size"])).unwrap();
        let first = number(&told[1]) * 256;
        let places = first..first + number(&told[2]);
        let body: Vec<u8> = match told[0].as_u64() {
            Some(level) => places
                .flat_map(|place| *node(level, place).as_bytes())
                .collect(),
            None => places.flat_map(bundled).collect(),
        };
        if let Some(expected) = vector.get("body") {
            assert_eq!(body, bytes(expected), "{path}");
        }
        let digest: [u8; 32] = array(&vector["body_sha256"]);
        judge.same(&vector, Some(sha256(&body)), Some(digest));
    }
    judge.agrees(8);
}

/// `u16(length) ‖ entry`
fn bundled(place: u64) -> Vec<u8> {
    let entry = entry(place);
    let length = u16::try_from(Entry::LENGTH).unwrap().to_be_bytes();
    [&length, entry.as_bytes().as_slice()].concat()
}

/// The node of height 8·level at a place: 256 of the level below, joined in pairs.
fn node(level: u64, place: u64) -> Hash {
    if level == 0 {
        return Hash::leaf(&entry(place));
    }
    let below = place * 256..(place + 1) * 256;
    let mut nodes: Vec<_> = below.map(|place| node(level - 1, place)).collect();
    while nodes.len() > 1 {
        nodes = nodes
            .chunks(2)
            .map(|pair| Hash::above(&pair[0], &pair[1]))
            .collect();
    }
    nodes[0]
}
