//! Consents of the second implementation, and who takes them. (SPEC §12.4)
//! Knows: the tables that they are judged by.

use crate::file::{Judge, about, array, bytes, number, valid};
use crate::told::hexed;
use partywall_business::consent::{
    Consent, Counter, Draft, Party, Refusal, UnverifiedConsent, judge,
};
use partywall_business::field::Region;
use partywall_business::table::{Lineage, Row, Table, UnverifiedTable};
use partywall_business::{BusinessId, PairwiseKey, Signed, labels};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The tables of a file, by hash, signed by an operator of this test.
pub(crate) fn tables(section: &str) -> BTreeMap<String, Table> {
    let operator = SigningKey::from_seed(&[1; 32]);
    let read = |vector: &Value| {
        let signed = Signed::make(&operator, labels::TABLE, bytes(&vector["table"]));
        let table = UnverifiedTable::decode(&signed.encode()).unwrap();
        let table = table.verify(&operator.public()).unwrap();
        assert_eq!(hexed(table.hash()), vector["hash"], "{}", vector["name"]);
        (vector["hash"].as_str().unwrap().to_owned(), table)
    };
    about(section, "table").iter().map(read).collect()
}

pub(crate) const fn refusal(code: u64) -> Refusal {
    match code {
        0 => Refusal::None,
        1 => Refusal::Objection,
        _ => Refusal::GlobalPrivacyControl,
    }
}

fn fields(consent: &Consent) -> Value {
    let choice = |row: Row| json!([row.field.code(), row.recipient.code(), row.purpose.code()]);
    json!({
        "business_id": hexed(consent.party().business),
        "pairwise_key": hexed(consent.party().pairwise),
        "table": hexed(consent.table()),
        "choices": consent.choices().iter().map(choice).collect::<Vec<_>>(),
        "region": consent.region().map_or(0, Region::code),
        "counter": consent.counter(),
        "issued": consent.issued().value(),
        "expiry": consent.expiry().value(),
        "refusal": match consent.refusal() {
            Refusal::None => 0,
            Refusal::Objection => 1,
            Refusal::GlobalPrivacyControl => 2,
        },
    })
}

#[test]
fn a_consent_is_taken_where_the_second_implementation_says_so() {
    let tables = tables("policy-consents");
    let mut verdict = Judge::default();
    for vector in about("policy-consents", "consent") {
        let taken = taken(&tables, &vector);
        if let Some(consent) = &taken {
            signs_alike(&tables, &vector, consent);
        }
        let ours = taken.map(|one| (hexed(one.hash()), fields(&one)));
        let theirs = valid(&vector).then(|| (vector["hash"].clone(), vector["fields"].clone()));
        verdict.same(&vector, ours, theirs);
    }
    verdict.agrees(130);
}

fn taken(tables: &BTreeMap<String, Table>, vector: &Value) -> Option<Consent> {
    let accepted = &tables[vector["accepted"].as_str().unwrap()];
    let mut lineage = Lineage::from(accepted.clone());
    if let Some(successor) = vector["successor"].as_str() {
        lineage.add(tables[successor].clone()).unwrap();
    }
    let now = Seconds::new(number(&vector["now"]));
    let party = Party {
        business: BusinessId::new(array(&vector["business_id"])),
        pairwise: PairwiseKey::new(array(&vector["pairwise_key"])),
    };
    let consent = UnverifiedConsent::decode(&bytes(&vector["signed"])).ok()?;
    let table = lineage.acceptable(&consent.claimed_table(), now)?;
    let highest = Counter::new(number(&vector["highest"]));
    let (consent, counter) = judge(consent, &party, table, highest, now).ok()?;
    assert_eq!(counter.value(), consent.counter().get());
    Some(consent)
}

/// Whoever signs the same wish gets the same bytes.
fn signs_alike(tables: &BTreeMap<String, Table>, vector: &Value, consent: &Consent) {
    let draft = Draft {
        business: consent.party().business,
        accepted: &tables[vector["accepted"].as_str().unwrap()],
        choices: *consent.choices(),
        region: consent.region(),
        counter: consent.counter(),
        issued: consent.issued(),
        expiry: consent.expiry(),
        refusal: consent.refusal(),
    };
    let key = SigningKey::from_seed(&array(&vector["pairwise_seed"]));
    let signed = draft.sign(&key).unwrap().encode();
    assert_eq!(signed, bytes(&vector["signed"]), "{}", vector["name"]);
}
