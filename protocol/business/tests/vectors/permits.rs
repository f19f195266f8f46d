//! Permits of the second implementation: every row of every scene. (SPEC §12.5)
//! Knows: two tables and a consent for each. The consent is signed anew, by a key of this test.

use crate::consents::{refusal, tables};
use crate::file::{Judge, about, bytes, number, valid};
use partywall_business::consent::{Consent, Draft, Party};
use partywall_business::field::{Field, Purpose, Recipient, Region};
use partywall_business::permit::{Joined, Permit, Standing};
use partywall_business::table::{Row, Table};
use partywall_business::{BusinessId, PairwiseKey};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use serde_json::json;
use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// What is signed of a consent.
#[derive(minicbor::Decode)]
#[cbor(map)]
struct Wish {
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    table: Vec<u8>,
    #[n(3)]
    choices: Vec<(u8, u8, u8)>,
    #[n(4)]
    region: u8,
    #[n(5)]
    counter: NonZeroU64,
    #[n(6)]
    issued: u64,
    #[n(7)]
    expiry: u64,
    #[n(8)]
    refusal: u8,
}

fn consent(tables: &BTreeMap<String, Table>, bytes: &[u8]) -> Consent {
    let wish: Wish = minicbor::decode(bytes).unwrap();
    let row = |(field, recipient, purpose)| {
        Row::new(
            Field::from_code(field).unwrap(),
            Recipient::from_code(recipient).unwrap(),
            Purpose::from_code(purpose).unwrap(),
        )
    };
    let key = SigningKey::from_seed(&[2; 32]);
    let accepted = &tables[&hex::encode(wish.table)];
    let draft = Draft {
        business: BusinessId::new([3; 32]),
        accepted,
        choices: wish.choices.into_iter().map(row).collect(),
        region: Region::from_code(wish.region),
        counter: wish.counter,
        issued: Seconds::new(wish.issued),
        expiry: Seconds::new(wish.expiry),
        refusal: refusal(wish.refusal.into()),
    };
    let party = Party {
        business: draft.business,
        pairwise: PairwiseKey::from(&key.public()),
    };
    draft.sign(&key).unwrap().verify(&party, accepted).unwrap()
}

fn told(permit: Option<Permit>) -> String {
    permit.map_or("-".to_owned(), |permit| {
        let (basis, grant) = (permit.basis().code(), permit.grant());
        format!("{basis}/{}/{}", grant.precision.code(), grant.keep.days())
    })
}

#[test]
fn a_row_is_permitted_where_the_second_implementation_says_so() {
    let (tables, mut judge) = (tables("policy-permits"), Judge::default());
    for vector in about("policy-permits", "permits") {
        let table = |name: &str| &tables[vector[name].as_str().unwrap()];
        let (accepted, current) = (table("accepted"), table("current"));
        let consent = consent(&tables, &bytes(&vector["consent"]));
        let now = Seconds::new(number(&vector["now"]));
        let joined = Joined::of(accepted, current, consent.region());
        let found = |row: Row, standing: Standing| {
            let found = told(Permit::find(
                accepted, current, &consent, standing, row, now,
            ));
            let faster = told(joined.permit(&consent, standing, row, now));
            assert_eq!(found, faster, "{}: {row:?}", vector["name"]);
            found
        };
        assert!(Row::all().all(|row| found(row, Standing::Unverified) == "-"));
        let permits: Vec<_> = Row::all()
            .map(|row| found(row, Standing::Verified))
            .collect();
        // A consent to another table is no consent here: every row is denied.
        let ours = (consent.table() == accepted.hash()).then(|| json!(permits));
        let theirs = valid(&vector).then(|| vector["permits"].clone());
        if ours.is_none() {
            assert!(permits.iter().all(|permit| permit == "-"));
        }
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(300);
}
