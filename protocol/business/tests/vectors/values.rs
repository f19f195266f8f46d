//! Lists, places, names and values of the second implementation. (SPEC §12, §12.1, §12.2, §12.8)
//! Knows: codes, bytes, and what each precision leaves of a value.

use crate::file::{Judge, about, array, bytes, code, number, read, valid};
use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
use partywall_business::precision::Precision;
use partywall_business::table::Row;
use partywall_business::value::Value;
use partywall_business::{ConversationId, Declared, Subject};
use partywall_ground::cbor;
use serde_json::{Value as Json, json};

/// A value of a field from its own CBOR: here it stands behind its field.
pub(crate) fn value(field: u8, bare: &[u8]) -> Option<Value> {
    cbor::decode(&[&[0x82, field], bare].concat()).ok()
}

/// A value's own CBOR.
pub(crate) fn bare(value: &Value) -> Vec<u8> {
    cbor::encode(value)[2..].to_vec()
}

pub(crate) fn row(value: &Json) -> Row {
    Row::new(
        Field::from_code(code(&value[0])).unwrap(),
        Recipient::from_code(code(&value[1])).unwrap(),
        Purpose::from_code(code(&value[2])).unwrap(),
    )
}

#[test]
fn words_and_terms_are_the_second_implementations() {
    let mut seen = 0;
    for vector in about("policy-values", "code") {
        let number = code(&vector["code"]);
        let (word, term) = match vector["list"].as_str().unwrap() {
            "field" => Field::from_code(number).map(|one| (one.word(), Some(one.dpv()))),
            "recipient" => Recipient::from_code(number).map(|one| (one.word(), Some(one.dpv()))),
            "purpose" => Purpose::from_code(number).map(|one| (one.word(), Some(one.dpv()))),
            "basis" => Basis::from_code(number).map(|one| (one.word(), Some(one.dpv()))),
            "region" => Region::from_code(number).map(|one| (one.word(), Some(one.dpv()))),
            "precision" => Precision::from_code(number).map(|one| (one.word(), None)),
            other => panic!("no such list: {other}"),
        }
        .unwrap();
        assert_eq!(
            (json!(word), json!(term)),
            (vector["code_name"].clone(), vector["term"].clone())
        );
        seen += 1;
    }
    assert_eq!(
        seen,
        Field::COUNT
            + Recipient::COUNT
            + Purpose::COUNT
            + Basis::COUNT
            + Region::COUNT
            + Precision::COUNT
    );
}

#[test]
fn cells_and_subjects_are_the_second_implementations() {
    for vector in about("policy-values", "place") {
        let region = Region::from_code(code(&vector["region"])).unwrap();
        let basis = Basis::from_code(code(&vector["basis"])).unwrap();
        let place = row(&vector["row"]).at(region, basis).place();
        assert_eq!(place as u64, number(&vector["place"]), "{}", vector["name"]);
    }
    for vector in about("policy-values", "subject") {
        let conversation = ConversationId::new(array(&vector["conversation"]));
        let recipient = Recipient::from_code(code(&vector["recipient"])).unwrap();
        let subject = Subject::of(&conversation, recipient);
        assert_eq!(subject.as_bytes(), &array(&vector["subject"]));
    }
}

#[test]
fn values_are_taken_and_rounded_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("policy-values", "value") {
        let given = bytes(&vector["value"]);
        let ours = value(code(&vector["field"]), &given).map(|value| bare(&value));
        judge.same(&vector, ours, valid(&vector).then_some(given));
    }
    judge.agrees(180);
    let mut judge = Judge::default();
    for vector in about("policy-values", "round") {
        let given = value(code(&vector["field"]), &bytes(&vector["value"]));
        let precision = Precision::from_code(code(&vector["precision"])).unwrap();
        let rounded = given.and_then(|value| value.rounded(precision));
        let theirs = valid(&vector).then(|| bytes(&vector["rounded"]));
        judge.same(&vector, rounded.map(|value| bare(&value)), theirs);
        if let Some(rounded) = rounded {
            assert_eq!(
                rounded.rounded(precision),
                Some(rounded),
                "{}",
                vector["name"]
            );
        }
    }
    judge.agrees(1_700);
}

#[test]
fn what_a_client_declares_is_taken_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("policy-values", "declared") {
        let declared = read::<Declared>(&bytes(&vector["value"]));
        judge.taken(&vector, declared.is_some());
    }
    judge.agrees(15);
}
