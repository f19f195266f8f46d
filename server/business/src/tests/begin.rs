//! Customers begin, and nobody else does. (SPEC B-11)

use partywall_business::consent::Party;
use partywall_business::{Categories, Category, CertificateHash, Reason, RightsKey, Rule};
use partywall_proof::SigningKey;

use super::words::REPLY;
use super::world::World;
use crate::refusal::Refusal;
use crate::registry;

fn keys(world: &mut World) -> (SigningKey, SigningKey) {
    (
        SigningKey::draw(&mut world.dice),
        SigningKey::draw(&mut world.dice),
    )
}

#[test]
fn a_customer_begins_once_and_the_same_said_again_is_answered_alike() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let (key, rights) = keys(&mut world);
    let opted = Categories::none().with(Category::Utility);
    let begin = world.begin(&shop, &key, &rights, opted);
    let first = world.does_begin(&key, begin.clone());
    let party = Party {
        business: shop.id,
        pairwise: partywall_business::id::PairwiseKey::from(&key.public()),
    };
    assert_eq!(first, Ok(party.conversation()));
    world.pass(10_000); // its certificate has run out since
    let mut again = begin.clone();
    again.number = again.number.next();
    assert_eq!(world.does_begin(&key, again), first);
    assert_eq!(world.for_shop(&shop).len(), 1, "the business is told once");
    let mut other = begin;
    other.rights = RightsKey::from(&key.public());
    assert_eq!(world.does_begin(&key, other), Err(Rule::BadConsent.into()));
}

#[test]
fn nobody_begins_with_a_business_that_is_not_verified_suspended_or_revoked() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let (key, rights) = keys(&mut world);
    let begin = world.begin(&shop, &key, &rights, Categories::none());
    let number = shop.number;

    let mut unknown = begin.clone();
    unknown.business = partywall_business::id::BusinessId::new([3; 32]);
    assert_eq!(
        world.does_begin(&key, unknown),
        Err(Rule::NoSuchBusiness.into())
    );

    let pending = world.enrolled(World::enrol("other.example"));
    let mut to_pending = begin.clone();
    to_pending.business = pending.id;
    assert_eq!(
        world.does_begin(&key, to_pending),
        Err(Rule::NotVerified.into())
    );

    let until = world.now() + 100;
    let suspended = world.does(move |desk| registry::suspend(desk, number, Reason::Spam, until));
    assert!(matches!(suspended, Ok(Ok(_))));
    let refused = world.does_begin(&key, begin.clone()).unwrap_err();
    assert_eq!(
        refused,
        Refusal::until(Rule::Suspended, partywall_ground::Seconds::new(until))
    );
    world.pass(99);
    assert!(world.does_begin(&key, begin.clone()).is_err());
    world.pass(1);
    assert!(
        world.does_begin(&key, begin.clone()).is_ok(),
        "at that second it is not"
    );

    world.revokes(&shop);
    let (key, _) = keys(&mut world);
    assert_eq!(world.does_begin(&key, begin), Err(Rule::Revoked.into()));
}

#[test]
fn a_certificate_that_ran_out_or_says_something_else_is_stale() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let (key, rights) = keys(&mut world);
    let begin = world.begin(&shop, &key, &rights, Categories::none());
    let mut other = begin.clone();
    other.certificate = CertificateHash::new([1; 32]);
    assert_eq!(
        world.does_begin(&key, other),
        Err(Rule::StaleCertificate.into())
    );
    world.pass(3_601);
    assert_eq!(
        world.does_begin(&key, begin),
        Err(Rule::StaleCertificate.into())
    );

    let begin = world.begin(&shop, &key, &rights, Categories::none());
    let mut moved = World::enrol("bakery.example");
    moved.endpoint = partywall_business::Endpoint::new([8; 64]);
    let account = partywall_business::id::AccountKey::from(&shop.key.public());
    world
        .does(move |desk| registry::enrol(desk, &account, &moved))
        .unwrap();
    assert!(
        world.does_begin(&key, begin.clone()).is_ok(),
        "the change waits for the operator"
    );
    let (key, _) = keys(&mut world);
    world.verify(&shop);
    let refused = world.does_begin(&key, begin);
    assert_eq!(refused, Err(Rule::StaleCertificate.into()));
}

#[test]
fn a_consent_that_somebody_else_signed_begins_nothing() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let (key, rights) = keys(&mut world);
    let begin = world.begin(&shop, &key, &rights, Categories::none());
    assert_eq!(
        world.does_begin(&rights, begin.clone()),
        Err(Rule::BadConsent.into())
    );
    assert!(
        world.for_shop(&shop).is_empty(),
        "what is refused has written nothing"
    );
    let mut late = begin;
    late.consent = world.consent(&shop, &key, 1);
    world.pass(86_400 * 400);
    late.certificate = world.certificate(&shop).hash();
    assert_eq!(world.does_begin(&key, late), Err(Rule::BadConsent.into()));
}

#[test]
fn on_low_disk_nobody_new_is_taken_in_and_who_is_here_can_still_leave() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    let (key, rights) = keys(&mut world);
    let begin = world.begin(&shop, &key, &rights, Categories::none());
    let low_disk = &world.shared.tools.low_disk;
    low_disk.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(world.does_begin(&key, begin), Err(Rule::LowDisk.into()));
    let said = world.customer_says(&customer, REPLY);
    assert_eq!(said.err(), Some(Rule::LowDisk.into()));
    world.leaves(&customer);
}
