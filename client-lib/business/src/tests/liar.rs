//! `MaliciousRelay` of the business wing: it shows two histories, an older table, somebody else's entry or somebody
//! else's keys.

use partywall_business::certificate::{Certificate, Certified, Hosting, Industry, Name};
use partywall_business::ledger::{Checkpoint, Hash, Operator, Origin, Size, Witness};
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business::{
    AccountKey, BusinessId, Domain, Endpoint, RevocationSequence, Serial, Signed,
};
use partywall_business_plane::policy::{self, STRICT};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;

use super::house::{BAKERY, NOON, Visit, next};
use crate::customer::EventKind;
use crate::error::{Distrust, FindError};
use crate::trust;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn table(version: u32, before: Option<&Table>) -> Table {
    let text = STRICT
        .text
        .replacen("version = 1", &format!("version = {version}"), 1);
    let text = text.replacen("2026-01-01", &format!("20{}-01-01", 25 + version), 1);
    let draft = policy::compile(&text).unwrap().after(before);
    let signed = draft.sign(&key()).unwrap();
    UnverifiedTable::decode(&signed.encode())
        .unwrap()
        .verify(&key().public())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_histories_of_one_ledger_are_caught_and_both_notes_are_kept() {
    let mut visit = Visit::new().await;
    visit.says("hello").await;
    let link = visit.house.link();
    visit.me.find(&link, BAKERY).await.unwrap();
    visit.house.tells_another_story(77);
    // The other story has a bakery too: the shop enrols there as its keeper would have it.
    let shop = visit.house.shop("other", 9).await;
    shop.enrol(&link, super::house::profile()).await.unwrap();
    let page = shop.well_known().await.unwrap().unwrap();
    let named = partywall_business_plane::Named::Domain(Domain::new(BAKERY).unwrap());
    let evidence = partywall_business_plane::Evidence::WellKnown(page);
    visit.house.plane.verify(named, evidence).await.unwrap();
    let Err(FindError::Distrust(Distrust::Fork(fork))) = visit.me.find(&link, BAKERY).await else {
        panic!("caught");
    };
    assert_ne!(fork.remembered, fork.shown);
    let again = visit.me.find(&link, BAKERY).await;
    assert_eq!(
        again.unwrap_err(),
        FindError::Distrust(Distrust::Fork(fork))
    );
    visit.chat.say("anybody?").await.unwrap();
    next(&mut visit.mine, |kind| {
        matches!(
            kind,
            EventKind::Distrusted { .. } | EventKind::Refused { .. }
        )
        .then_some(())
    })
    .await;
}

#[test]
fn a_table_that_goes_back_or_skips_its_lineage_is_refused() {
    let mut row = partywall_row::Row::of("P16");
    let first = table(1, None);
    let second = table(2, Some(&first));
    let third = table(3, Some(&second));
    let other = table(2, None.or(Some(&third)));
    assert_eq!(trust::succeeds(None, &[], &second), Ok(()));
    assert_eq!(trust::succeeds(Some(&first), &[], &first), Ok(()));
    assert_eq!(trust::succeeds(Some(&first), &[], &second), Ok(()));
    let between = [second.clone()];
    assert_eq!(trust::succeeds(Some(&first), &between, &third), Ok(()));
    let back = trust::succeeds(Some(&second), &[], &first);
    assert_eq!(back, Err(Distrust::RolledBack));
    let twin = trust::succeeds(Some(&second), &[], &other);
    assert_eq!(twin, Err(Distrust::RolledBack));
    let skipped = trust::succeeds(Some(&first), &[], &third);
    assert_eq!(skipped, Err(Distrust::Lineage));
    let astray = trust::succeeds(Some(&first), &[other], &third);
    assert_eq!(astray, Err(Distrust::Lineage));
    row.tried(4);
}

#[test]
fn a_smaller_ledger_is_no_successor_of_what_was_seen() {
    let origin = Origin::of_authority("relay.example:7444").unwrap();
    let operator = Operator::new(origin.clone(), key().public());
    let of =
        |size, root: u8| Checkpoint::sign(&origin, Size::new(size), Hash::new([root; 32]), &key());
    let answer = |note: &Checkpoint| partywall_business::answer::Consistent {
        number: partywall_business::Number::FIRST,
        checkpoint: note.clone().into_unverified(),
        path: partywall_business::ledger::Path::default(),
    };
    let seen = Witness::begin(of(8, 1));
    for shown in [of(7, 1), of(8, 2), of(9, 1)] {
        let answers = trust::sizes(Some(&seen), std::slice::from_ref(&shown))
            .into_iter()
            .map(|size| (size, answer(&shown)))
            .collect();
        let joined = trust::joined(Some(&seen), &[shown], answers, &operator);
        assert!(matches!(joined, Err(Distrust::Fork(_))));
    }
}

#[test]
fn a_certificate_of_a_key_that_is_not_the_operators_is_worth_nothing() {
    let account = SigningKey::from_seed(&[3; 32]).public();
    let account = AccountKey::from(&account);
    let says = Certified {
        serial: Serial::new(1),
        business: BusinessId::of(&account),
        account,
        name: Name::new("Bakery").unwrap(),
        domain: Domain::new(BAKERY).unwrap(),
        industry: Industry::Food,
        hosting: Hosting::Itself,
        endpoint: Endpoint::new([1; 64]),
        not_before: Seconds::new(NOON),
        not_after: Seconds::new(NOON + 3_600),
        revocations: RevocationSequence::new(0),
    };
    let thief = SigningKey::from_seed(&[9; 32]);
    let signed: Signed = Certificate::issue(&thief, says).unwrap().signed().clone();
    let certificate = partywall_business::certificate::UnverifiedCertificate::new(signed);
    assert!(
        certificate
            .verify(&key().public(), Seconds::new(NOON))
            .is_err()
    );
}
