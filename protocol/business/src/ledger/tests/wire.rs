//! What proofs look like on the wire, and what is refused there. (SPEC §13.4)

use super::super::*;
use super::reference::{consistency, entry, leaves, operator, proof};
use partywall_ground::cbor;

#[test]
fn openings_and_proofs_read_back_as_they_were_written() {
    let all = leaves(9);
    let bytes = cbor::encode(&proof(3, &all));
    let read: UnverifiedProof = cbor::decode(&bytes).unwrap();
    assert_eq!(cbor::encode(&read), bytes);
    assert!(read.verify(&operator()).is_ok());
    let grown = consistency(3, &all);
    assert_eq!(cbor::decode(&cbor::encode(&grown)), Ok(grown));
    let opening = cbor::encode(&entry(300));
    assert_eq!(opening[..5], [0xa3, 0, 0x19, 1, 44]);
}

#[test]
fn no_proof_has_more_hashes_than_64() {
    let path = |count: usize| {
        let mut bytes = vec![0xa3, 0, 1, 1, 2, 2, 0x98, count as u8];
        for _ in 0..count {
            bytes.extend_from_slice(&[0x58, 32]);
            bytes.extend_from_slice(&[7; 32]);
        }
        bytes
    };
    assert!(cbor::decode::<Inclusion>(&path(64)).is_ok());
    assert!(cbor::decode::<Inclusion>(&path(65)).is_err());
    assert!(cbor::decode::<Consistency>(&path(65)).is_err());
}

#[test]
fn a_payloads_kind_is_its_value_under_key_zero() {
    let kind = |bytes: &[u8]| Payload::new(bytes.to_vec()).unwrap().kind();
    assert_eq!(kind(&[0xa1, 0, 1]), Some(Kind::Disclosure));
    assert_eq!(kind(&[0xa2, 0, 5, 1, 0x41, 9]), Some(Kind::Table));
    for other in [
        &[0xa1, 0, 0][..],
        &[0xa1, 0, 7],
        &[0xa1, 1, 1],
        &[0xa0],
        &[1],
        b"text",
    ] {
        assert_eq!(kind(other), None, "{other:?}");
    }
}
