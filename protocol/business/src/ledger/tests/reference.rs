//! RFC 6962 §2.1 word for word: slow, recursive, and for tests only.
//! Knows: all leaves. Never knows: how proofs are verified.

use super::super::*;
use partywall_proof::SigningKey;

pub(super) const KEY: [u8; 32] = [7; 32];

pub(super) fn entry(number: u64) -> Opening {
    Opening {
        index: Index::new(number),
        salt: Salt::new(partywall_proof::sha256(&number.to_be_bytes())),
        payload: Payload::new(format!("entry {number}").into_bytes()).unwrap(),
    }
}

pub(super) fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|number| Hash::leaf(&entry(number).entry()))
        .collect()
}

pub(super) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Hash::above(&root(left), &root(right))
        }
    }
}

pub(super) fn inclusion(index: u64, leaves: &[Hash]) -> Inclusion {
    Inclusion {
        index: Index::new(index),
        size: Size::new(leaves.len() as u64),
        path: path(index as usize, leaves).try_into().unwrap(),
    }
}

fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut below, beside) = if index < left.len() {
        (path(index, left), root(right))
    } else {
        (path(index - left.len(), right), root(left))
    };
    below.push(beside);
    below
}

pub(super) fn consistency(old: usize, leaves: &[Hash]) -> Consistency {
    let path = if old == 0 {
        Vec::new()
    } else {
        subproof(old, leaves, true)
    };
    Consistency {
        old: Size::new(old as u64),
        new: Size::new(leaves.len() as u64),
        path: path.try_into().unwrap(),
    }
}

fn subproof(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut below, beside) = if old <= left.len() {
        (subproof(old, left, known), root(right))
    } else {
        (subproof(old - left.len(), right, false), root(left))
    };
    below.push(beside);
    below
}

fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

pub(super) fn origin() -> Origin {
    Origin::of_authority("relay.example:7444").unwrap()
}

pub(super) fn key() -> SigningKey {
    SigningKey::from_seed(&KEY)
}

pub(super) fn operator() -> Operator {
    Operator::new(origin(), key().public())
}

pub(super) fn checkpoint(leaves: &[Hash]) -> Checkpoint {
    let size = Size::new(leaves.len() as u64);
    Checkpoint::sign(&origin(), size, root(leaves), &key())
}

pub(super) fn unverified(note: &[u8]) -> UnverifiedCheckpoint {
    UnverifiedCheckpoint::from_bytes(note).unwrap()
}

pub(super) fn proof(index: u64, leaves: &[Hash]) -> UnverifiedProof {
    UnverifiedProof {
        opening: entry(index),
        inclusion: inclusion(index, leaves),
        checkpoint: checkpoint(leaves).into_unverified(),
    }
}
