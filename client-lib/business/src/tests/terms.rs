//! New terms and changed certificates: nothing goes on before its person has looked.

use std::time::Duration;

use partywall_business_plane::policy::{self, STRICT};
use partywall_business_plane::{Evidence, Named};

use super::house::{BAKERY, Visit, heard, next, profile};
use crate::customer::{Choices, EventKind, Switched};
use crate::error::{ChangeError, SayError};
use crate::shop::Profile;
use crate::{Field, Hosting, Purpose, Recipient, Region, Row};

const COUNTRY: Row = Row::new(
    Field::Country,
    Recipient::Business,
    Purpose::ServiceOperation,
);

/// `strict`, which also lets the business know the country, from February 2027 on.
fn second() -> String {
    let text = STRICT.text.replacen("version = 1", "version = 2", 1);
    let text = text.replacen("effective = 2026-01-01", "effective = 2027-03-01", 1);
    let more = "\n[[share]]\nfield = \"country\"\nwith = \"business\"\nfor = \"service_operation\"\n\
                basis = \"consent\"\nregions = \"all\"\nkeep_days = 30\n";
    text + more
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_terms_are_told_as_a_difference_in_sentences_and_hold_when_they_are_accepted() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    assert!(visit.chat.pending_terms().await.unwrap().is_none());
    let accepted = visit.chat.accept_terms(Choices::essential_only()).await;
    assert_eq!(accepted, Err(ChangeError::NothingPending));
    let turned = visit.chat.turn(COUNTRY, Switched::On).await;
    assert!(matches!(turned, Err(ChangeError::Choices(_))));
    let compiled = policy::compile(&second()).unwrap();
    visit.house.plane.publish(compiled).await.unwrap();
    next(&mut visit.mine, |kind| {
        matches!(kind, EventKind::TermsChanged { .. }).then_some(())
    })
    .await;
    let pending = visit.chat.pending_terms().await.unwrap().unwrap();
    assert_eq!((pending.newly_shared.len(), pending.stopped.len()), (1, 0));
    let sentence = &pending.newly_shared[0].sentence;
    assert!(sentence.contains("the country you live in"), "{sentence}");
    assert_eq!(pending.terms.version, 2);
    let choices = Choices::essential_only().with_row(COUNTRY);
    visit.chat.accept_terms(choices).await.unwrap();
    // Look-ups go on to show the first until March: that is no news.
    visit.chat.connect().await.unwrap();
    assert!(visit.chat.pending_terms().await.unwrap().is_none());
    let shared = visit.chat.shared().await.unwrap();
    let switch = shared.switches.iter().find(|one| one.row.row == COUNTRY);
    assert!(switch.unwrap().on);
    visit.says("still here").await;
    visit.answers(from, "good").await;
    assert!(visit.chat.pending_terms().await.unwrap().is_none());
    assert!(!visit.chat.card().await.unwrap().terms_changed);
    let exported = visit.chat.exported().await.unwrap();
    assert_eq!(exported.consents.len(), 2);
    assert_ne!(exported.consents[0].notice, exported.consents[1].notice);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn region_and_objection_stay_when_new_terms_are_accepted_until_the_customer_says_otherwise() {
    let lives_in_europe = Choices::essential_only().region(Region::Eu);
    let visit = Visit::with(lives_in_europe.objecting()).await;
    let compiled = policy::compile(&second()).unwrap();
    visit.house.plane.publish(compiled).await.unwrap();
    let mut mine = visit.me.events();
    next(&mut mine, |kind| {
        matches!(kind, EventKind::TermsChanged { .. }).then_some(())
    })
    .await;
    let unsaid = Choices::essential_only().with_row(COUNTRY);
    let objecting = unsaid.clone().objecting();
    visit.chat.accept_terms(unsaid.clone()).await.unwrap();
    let kept = objecting.clone().region(Region::Eu);
    assert_eq!(visit.chat.choices().await.unwrap(), kept);
    visit.chat.change(unsaid.clone()).await.unwrap();
    assert_eq!(visit.chat.choices().await.unwrap(), kept);
    visit
        .chat
        .change(unsaid.clone().region(Region::Uk))
        .await
        .unwrap();
    let moved = objecting.region(Region::Uk);
    assert_eq!(visit.chat.choices().await.unwrap(), moved);
    let otherwise = unsaid.region_unknown().no_longer_refusing();
    visit.chat.change(otherwise.clone()).await.unwrap();
    assert_eq!(visit.chat.choices().await.unwrap(), otherwise);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_said_to_a_business_whose_hosting_changed_before_its_customer_accepted_it() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let elsewhere = Profile {
        hosting: Hosting::Operator,
        ..profile()
    };
    visit
        .shop
        .enrol(&visit.house.link(), elsewhere)
        .await
        .unwrap();
    let page = visit.shop.well_known().await.unwrap().unwrap();
    let named = Named::Domain(partywall_business::Domain::new(BAKERY).unwrap());
    let evidence = Evidence::WellKnown(page);
    visit.house.plane.verify(named, evidence).await.unwrap();
    visit.house.clock.advance(Duration::from_secs(1));
    // Whether the relay's news or this word comes first, neither lets anything be said.
    let said = visit.chat.say("my secret").await;
    assert!(matches!(said, Ok(_) | Err(SayError::CertificateChanged)));
    next(&mut visit.mine, |kind| {
        matches!(kind, EventKind::CertificateChanged { .. }).then_some(())
    })
    .await;
    let refused = visit.chat.say("another").await;
    assert_eq!(refused, Err(SayError::CertificateChanged));
    let changed = visit.chat.pending_certificate().await.unwrap().unwrap();
    assert_eq!(changed.hosting_before, Hosting::Itself);
    assert_eq!(changed.hosting, Hosting::Operator);
    assert!(!changed.other_endpoint && !changed.other_account);
    let heard_before = visit.shop.history(from, None, 10).await.unwrap();
    assert_eq!(heard_before.len(), 1, "nothing was said");
    visit.chat.accept_certificate().await.unwrap();
    visit.chat.say("now I know").await.unwrap();
    next(&mut visit.theirs, |kind| {
        heard(kind).filter(|(_, words)| words == "now I know")
    })
    .await;
    visit.answers(from, "welcome").await;
    let accepted = visit.chat.accept_certificate().await;
    assert_eq!(accepted, Err(ChangeError::NothingPending));
}

/// The shop has another profile verified, under this domain.
async fn becomes(visit: &Visit, profile: Profile, domain: &str) {
    let link = visit.house.link();
    visit.shop.enrol(&link, profile).await.unwrap();
    let page = visit.shop.well_known().await.unwrap().unwrap();
    let named = Named::Domain(partywall_business::Domain::new(domain).unwrap());
    let evidence = Evidence::WellKnown(page);
    visit.house.plane.verify(named, evidence).await.unwrap();
    visit.house.clock.advance(Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_said_to_a_business_whose_domain_changed_before_its_customer_accepted_it() {
    let mut visit = Visit::new().await;
    visit.says("hello").await;
    let elsewhere = Profile {
        domain: "cakes.example".into(),
        ..profile()
    };
    becomes(&visit, elsewhere, "cakes.example").await;
    visit.chat.connect().await.unwrap();
    next(&mut visit.mine, |kind| {
        matches!(kind, EventKind::CertificateChanged { .. }).then_some(())
    })
    .await;
    let refused = visit.chat.say("my secret").await;
    assert_eq!(refused, Err(SayError::CertificateChanged));
    let changed = visit.chat.pending_certificate().await.unwrap().unwrap();
    let domains = (changed.domain_before.as_str(), changed.domain.as_str());
    assert_eq!(domains, (BAKERY, "cakes.example"));
    visit.chat.accept_certificate().await.unwrap();
    visit.says("now I know").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_business_that_is_called_otherwise_is_told_of_and_the_conversation_goes_on() {
    let mut visit = Visit::new().await;
    visit.says("hello").await;
    let called = Profile {
        name: "Parent Ltd".into(),
        ..profile()
    };
    let name_then = called.name.clone();
    becomes(&visit, called, BAKERY).await;
    visit.chat.connect().await.unwrap();
    let names = next(&mut visit.mine, |kind| match kind {
        EventKind::Renamed {
            name, name_before, ..
        } => Some((name_before.clone(), name.clone())),
        _ => None,
    })
    .await;
    assert_eq!(names, (profile().name, name_then));
    visit.says("good day").await;
}
