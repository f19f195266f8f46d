//! The promises of the kept ledger. Knows: SPEC §13, SQLite. Never knows: payloads that mean something.

mod answers;
mod growing;
mod outsiders;
mod proofs;

use super::*;
use partywall_business::ledger::{Entry, Hash, Origin, Payload, Salt};
use partywall_proof::SigningKey;
use partywall_store::sql::Connection;

fn log() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

fn entry(number: u64) -> Entry {
    let salt = Salt::new(partywall_proof::sha256(&number.to_be_bytes()));
    let payload = Payload::new(format!("entry {number}").into_bytes());
    Entry::commit(&salt, &payload.unwrap())
}

fn some(numbers: std::ops::Range<u64>) -> Vec<Entry> {
    numbers.map(entry).collect()
}

/// A log with so many entries, added a few hundred at a time.
fn log_of(count: u64) -> Connection {
    let mut connection = log();
    grow_to(&mut connection, count);
    connection
}

fn grow_to(connection: &mut Connection, count: u64) {
    let there = size(connection).unwrap().value();
    for first in (there..count).step_by(700) {
        let transaction = connection.transaction().unwrap();
        append(&transaction, &some(first..count.min(first + 700))).unwrap();
        transaction.commit().unwrap();
    }
}

/// RFC 6962's tree hash, word for word.
fn tree_hash(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Hash::above(&tree_hash(left), &tree_hash(right))
        }
    }
}

fn leaves(count: u64) -> Vec<Hash> {
    some(0..count).iter().map(Hash::leaf).collect()
}

fn origin() -> Origin {
    Origin::of_authority("relay.example:7444").unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}
