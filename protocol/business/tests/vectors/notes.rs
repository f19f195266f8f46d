//! Checkpoints, what is proven under them, and the memory of the newest, by the second
//! implementation. (SPEC §13.3 to §13.5)
//! Knows: notes as they were received, and which of them hold.

use crate::file::{Judge, about, array, bytes, number, read, valid};
use partywall_business::ledger::{
    Checkpoint, Consistency, Operator, Origin, Path, UnverifiedCheckpoint, UnverifiedProof, Witness,
};
use partywall_proof::PublicKey;
use serde_json::Value;

fn operator(vector: &Value) -> Option<Operator> {
    let origin = Origin::parse(vector["origin"].as_str().unwrap()).ok()?;
    let key = PublicKey::from_bytes(&array(&vector["key"])).ok()?;
    Some(Operator::new(origin, key))
}

fn checkpoint(vector: &Value, note: &Value) -> Option<Checkpoint> {
    let note = UnverifiedCheckpoint::from_bytes(&bytes(note))?;
    note.verify(&operator(vector)?).ok()
}

#[test]
fn a_checkpoint_is_taken_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in about("ledger", "checkpoint") {
        let ours = checkpoint(&vector, &vector["note"])
            .map(|one| (one.size().value(), *one.root().as_bytes()));
        let theirs = valid(&vector).then(|| (number(&vector["size"]), array(&vector["root"])));
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(75);
}

#[test]
fn what_is_proven_is_what_the_second_implementation_says() {
    let mut judge = Judge::default();
    for vector in about("ledger", "proven") {
        let ours = read::<UnverifiedProof>(&bytes(&vector["hex"]))
            .and_then(|proof| proof.verify(&operator(&vector)?).ok())
            .map(|proven| proven.payload().as_bytes().to_vec());
        let theirs = valid(&vector).then(|| bytes(&vector["payload"]));
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(60);
}

/// What came of showing a note.
#[derive(Debug, PartialEq)]
enum Shown {
    /// It is the operator's newest.
    Newest,
    /// It is none of the operator's: no fork, and nothing to rely on. (SPEC L-10)
    NotIts,
    /// It is not of the history that is remembered.
    Fork(u64),
}

#[test]
fn a_client_moves_on_or_has_a_fork_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in about("ledger", "memory") {
        let theirs = match (&vector["fork"], valid(&vector)) {
            (_, true) => Shown::Newest,
            (Value::Null, false) => Shown::NotIts,
            (fork, false) => Shown::Fork(number(fork)),
        };
        judge.same(&vector, Some(shown(&vector)), Some(theirs));
    }
    judge.agrees(15);
}

fn shown(vector: &Value) -> Shown {
    let remembered = checkpoint(vector, &vector["remembered"]).unwrap();
    let Some(newest) = checkpoint(vector, &vector["shown"]) else {
        return Shown::NotIts;
    };
    let proof = match &vector["proof"] {
        Value::Null => Consistency {
            old: remembered.size(),
            new: newest.size(),
            path: Path::none(),
        },
        proof => read(&bytes(proof)).unwrap(),
    };
    let witness = Witness::begin(remembered.clone());
    match witness.advance(newest.clone(), &proof) {
        Ok(witness) => {
            assert_eq!(witness.checkpoint(), &newest);
            Shown::Newest
        }
        Err(fork) => {
            assert_eq!(fork.remembered.as_bytes(), remembered.note());
            assert_eq!(fork.shown.as_bytes(), newest.note());
            Shown::Fork(fork.divergence as u64 + 1)
        }
    }
}
