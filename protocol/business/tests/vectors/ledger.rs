//! Entries, trees and proofs of the second implementation. (SPEC §13.2, §13.4)
//! Knows: bytes, roots, hashes, and which of them hold.

use crate::file::{Judge, about, array, bytes, number, read, valid};
use crate::told;
use partywall_business::ledger::{
    Consistency, Entry, Fork, Hash, Inclusion, Index, Opening, Path, Payload, Redaction, Salt,
    Size, UnverifiedProof,
};
use partywall_ground::AtMost;
use serde_json::{Value, json};

fn hash(value: &Value) -> Hash {
    Hash::new(array(value))
}

fn path(value: &Value) -> Option<Path> {
    let hashes: Vec<_> = value.as_array()?.iter().map(hash).collect();
    AtMost::try_from(hashes).ok()
}

/// An entry as it stands in the log, whether or not anybody takes it.
fn leaf(entry: &[u8]) -> Option<Hash> {
    Some(Hash::leaf(&Entry::from_bytes(entry)?))
}

fn committed(vector: &Value) -> Option<Entry> {
    let payload = Payload::new(bytes(&vector["payload"])).ok()?;
    let salt = Salt::new(bytes(&vector["salt"]).try_into().ok()?);
    Some(Entry::commit(&salt, &payload))
}

#[test]
fn an_entry_is_the_second_implementations() {
    for vector in about("ledger", "entry") {
        let entry = committed(&vector).unwrap();
        assert_eq!(
            entry.as_bytes(),
            &array(&vector["entry"]),
            "{}",
            vector["name"]
        );
        assert!(
            Hash::leaf(&entry) == hash(&vector["leaf"]),
            "{}",
            vector["name"]
        );
    }
    let mut judge = Judge::default();
    for vector in about("ledger", "opened entry") {
        let same = |entry: Entry| entry.as_bytes().as_slice() == bytes(&vector["entry"]);
        judge.taken(&vector, committed(&vector).is_some_and(same));
    }
    judge.agrees(10);
}

#[test]
fn an_entry_of_another_form_is_refused() {
    let mut judge = Judge::default();
    for vector in about("ledger", "raw entry") {
        let leaf = leaf(&bytes(&vector["entry"]));
        let theirs = valid(&vector).then(|| hash(&vector["leaf"]));
        judge.same(&vector, leaf, theirs);
    }
    judge.agrees(5);
}

#[test]
fn nodes_and_roots_are_the_second_implementations() {
    for vector in about("ledger", "node") {
        let node = Hash::above(&hash(&vector["left"]), &hash(&vector["right"]));
        assert!(node == hash(&vector["node"]));
    }
    for vector in about("ledger", "tree") {
        let list = |name: &str| vector[name].as_array().unwrap().clone();
        let leaves: Vec<_> = list("leaves").iter().map(hash).collect();
        for (entry, expected) in list("entries").iter().zip(&leaves) {
            assert!(leaf(&bytes(entry)).as_ref() == Some(expected));
        }
        let roots = list("roots");
        assert_eq!(roots.len(), leaves.len() + 1);
        for (size, expected) in roots.iter().enumerate() {
            assert!(root(&leaves[..size]) == hash(expected), "{size}");
        }
    }
}

/// RFC 6962 §2.1 word for word.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Hash::above(&root(left), &root(right))
        }
    }
}

#[test]
fn an_inclusion_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in about("ledger", "inclusion") {
        let holds = path(&vector["hashes"]).is_some_and(|path| {
            let inclusion = Inclusion {
                index: Index::new(number(&vector["index"])),
                size: Size::new(number(&vector["size"])),
                path,
            };
            inclusion
                .verify(hash(&vector["leaf"]), &hash(&vector["root"]))
                .is_ok()
        });
        judge.taken(&vector, holds);
    }
    judge.agrees(500);
}

#[test]
fn a_consistency_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in about("ledger", "consistency") {
        let holds = path(&vector["hashes"]).is_some_and(|path| {
            let consistency = Consistency {
                old: Size::new(number(&vector["old"])),
                new: Size::new(number(&vector["new"])),
                path,
            };
            let roots = (hash(&vector["old_root"]), hash(&vector["new_root"]));
            consistency.verify(&roots.0, &roots.1).is_ok()
        });
        judge.taken(&vector, holds);
    }
    judge.agrees(200);
}

#[test]
fn the_ledgers_bodies_are_read_as_the_second_implementation_does() {
    let fork = |fork: Fork| {
        let fields = json!({
            "kind": fork.divergence as u8 + 1,
            "remembered": told::hexed(fork.remembered.as_bytes()),
            "shown": told::hexed(fork.shown.as_bytes()),
        });
        told::with(
            fields,
            "consistency",
            fork.proof.as_ref().map(told::consistency),
        )
    };
    let redaction = |payload: &[u8]| {
        let payload = Payload::new(payload.to_vec()).ok()?;
        let redaction = Redaction::from_payload(&payload).ok()?;
        assert_eq!(redaction.to_payload().as_bytes(), payload.as_bytes());
        let indices = redaction.entries().iter().map(|index| index.value());
        Some(json!({ "kind": 6, "indices": indices.collect::<Vec<_>>() }))
    };
    let mut judge = Judge::default();
    let mut hold = |what: &str, ours: &dyn Fn(&[u8]) -> Option<Value>| {
        for vector in about("ledger", what) {
            let theirs = valid(&vector).then(|| vector["fields"].clone());
            judge.same(&vector, ours(&bytes(&vector["hex"])), theirs);
        }
    };
    hold("opening", &|body| {
        read::<Opening>(body).map(|one| told::opening(&one))
    });
    hold("inclusion body", &|body| {
        read::<Inclusion>(body).map(|one| told::inclusion(&one))
    });
    hold("consistency body", &|body| {
        read::<Consistency>(body).map(|one| told::consistency(&one))
    });
    hold("proven body", &|body| {
        read::<UnverifiedProof>(body).map(|one| told::proven(&one))
    });
    hold("fork", &|body| read::<Fork>(body).map(fork));
    hold("redaction", &redaction);
    judge.agrees(190);
}
