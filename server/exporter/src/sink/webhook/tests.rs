//! Signatures and receipts of a second implementation. (SPEC X-6, §10)
//! Knows: secrets, bodies, headers, and which of them hold.

use partywall_fetch::header::HeaderMap;
use partywall_fetch::{Rest, StatusCode};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::*;
use crate::form::tests::vectors;

fn secret(vector: &Json) -> Secret {
    let secret = hex::decode(vector["secret"].as_str().unwrap()).unwrap();
    Secret::new(Zeroizing::new(secret)).unwrap()
}

#[test]
fn a_body_is_signed_as_the_second_implementation_signs_it() {
    let mut seen = 0;
    for vector in vectors("signature") {
        let body = hex::decode(vector["body"].as_str().unwrap()).unwrap();
        let same = signature(&secret(&vector), &body) == vector["header"].as_str().unwrap();
        assert_eq!(same, vector["valid"], "{}", vector["name"]);
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn a_receipt_is_taken_where_the_second_implementation_says_so() {
    let mut seen = 0;
    for vector in vectors("receipt") {
        let header = HeaderValue::from_str(vector["header"].as_str().unwrap()).unwrap();
        let answer = Answer {
            status: StatusCode::from_u16(vector["status"].as_u64().unwrap().try_into().unwrap())
                .unwrap(),
            headers: HeaderMap::from_iter([(RECEIPT, header)]),
            body: Bytes::new(),
            rest: Rest::Whole,
        };
        let batch = vector["batch"].as_str().unwrap();
        let judged = judged(&secret(&vector), batch, &answer);
        let taken = matches!(judged, Attempt::Taken);
        assert_eq!(taken, vector["valid"], "{}", vector["name"]);
        seen += 1;
    }
    assert!(seen > 15);
}
