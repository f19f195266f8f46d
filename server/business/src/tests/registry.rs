//! Businesses enrol, the operator verifies, certificates follow. (SPEC B-7, B-10; P-9, P-10)

use partywall_business::certificate::{Hosting, Industry, UnverifiedCertificate};
use partywall_business::event::News;
use partywall_business::id::AccountKey;
use partywall_business::request::Shelve;
use partywall_business::{BusinessStanding, Endpoint, Number, Rule, SealedBundle, ShelfBefore};
use partywall_ground::{AtMost, Seconds};

use super::world::{Shop, World, keys};
use crate::registry::{self, Cannot, Evidence};

fn enrols(
    world: &mut World,
    shop: &Shop,
    change: impl FnOnce(&mut partywall_business::request::Enrol),
) -> Result<(), crate::refusal::Refusal> {
    let account = AccountKey::from(&shop.key.public());
    let mut enrol = World::enrol("bakery.example");
    change(&mut enrol);
    world.does(move |desk| registry::enrol(desk, &account, &enrol))
}

fn verifies(world: &mut World, shop: &Shop, evidence: Evidence) -> Result<(), Cannot> {
    let number = shop.number;
    world
        .does(move |desk| registry::verify(desk, number, &evidence))
        .unwrap()
}

#[test]
fn nobody_is_verified_but_by_the_operator_with_evidence_that_holds() {
    let mut world = World::with_seed(1);
    let shop = world.enrolled(World::enrol("bakery.example"));
    for bad in [
        Evidence::WellKnown("partywall-business=00".to_owned()),
        Evidence::Word("  ".to_owned()),
    ] {
        assert_eq!(verifies(&mut world, &shop, bad), Err(Cannot::Unproven));
    }
    let page = format!("{}\n", registry::well_known(&shop.id));
    assert_eq!(
        verifies(&mut world, &shop, Evidence::WellKnown(page)),
        Ok(())
    );
    let again = verifies(&mut world, &shop, Evidence::Word("seen".to_owned()));
    assert_eq!(again, Err(Cannot::NothingAsked));
    let kept: (u8, String) = world.reads(|rows| {
        let row = rows.query_row("SELECT kind, what FROM evidence", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        Ok(row?)
    });
    assert!(kept.0 == 1 && kept.1.starts_with("partywall-business="));
}

#[test]
fn a_business_of_a_prohibited_industry_is_not_taken() {
    let mut world = World::with(1, |settings| {
        settings.prohibited.insert(Industry::Finance);
    });
    let shop = world.enrolled(World::enrol("bakery.example"));
    for industry in [
        Industry::Gambling,
        Industry::MultiLevelMarketing,
        Industry::Finance,
    ] {
        let refused = enrols(&mut world, &shop, |enrol| enrol.industry = industry);
        assert_eq!(refused, Err(Rule::ProhibitedIndustry.into()));
    }
}

#[test]
fn a_domain_belongs_to_one_verified_business() {
    let mut world = World::with_seed(1);
    let first = world.shop("bakery.example");
    let squatter = world.enrolled(World::enrol("squatter.example"));
    let refused = enrols(&mut world, &squatter, |_| {});
    assert_eq!(refused, Err(Rule::DomainTaken.into()));
    world.revokes(&first);
    assert_eq!(
        enrols(&mut world, &squatter, |_| {}),
        Ok(()),
        "a revoked one has none"
    );
}

#[test]
fn a_certificate_is_good_for_an_hour_and_another_is_issued_when_half_is_over() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let first = world.certificate(&shop);
    let operator = keys().business().public();
    let five_minutes_behind = Seconds::new(world.now() - 300);
    let verified = UnverifiedCertificate::new(first.signed.clone())
        .verify(&operator, five_minutes_behind)
        .unwrap();
    assert_eq!(
        verified.says().not_after.value() - verified.says().not_before.value(),
        3_600
    );
    world.pass(1_500);
    assert_eq!(world.certificate(&shop).hash(), first.hash());
    world.pass(1);
    let second = world.certificate(&shop);
    assert_ne!(second.hash(), first.hash());
    assert!(second.entry > first.entry, "each is an entry of the ledger");
}

#[test]
fn a_change_waits_for_the_operator_while_the_old_certificate_holds_and_is_told_then() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    let before = world.certificate(&shop);
    enrols(&mut world, &shop, |enrol| {
        enrol.endpoint = Endpoint::new([8; 64])
    })
    .unwrap();
    let known = world.reads(|rows| registry::load(rows, shop.number));
    assert!(known.asked);
    assert_eq!(
        known.standing(world.shared.tools.clock.now()),
        BusinessStanding::Verified
    );
    assert_eq!(world.certificate(&shop).hash(), before.hash());
    assert!(world.for_customer(&customer).is_empty());
    world.verify(&shop);
    world.chores();
    let after = world.certificate(&shop);
    let told = world.for_customer(&customer);
    let News::Certificate(hash) = &told[0].news else {
        panic!("the customer is told");
    };
    assert_eq!(*hash, after.hash());
    assert_ne!(*hash, before.hash());

    enrols(&mut world, &shop, |enrol| enrol.hosting = Hosting::Operator).unwrap();
    enrols(&mut world, &shop, |enrol| {
        enrol.endpoint = Endpoint::new([8; 64])
    })
    .unwrap();
    let known = world.reads(|rows| registry::load(rows, shop.number));
    assert!(!known.asked, "asking for what is takes the change back");
}

#[test]
fn enrolments_that_wait_have_a_bound() {
    let mut world = World::with(1, |settings| settings.enrolments = 2);
    world.enrolled(World::enrol("a.example"));
    let second = world.enrolled(World::enrol("b.example"));
    assert_eq!(
        enrols(&mut world, &second, |_| {}),
        Ok(()),
        "its own may change"
    );
    let account = AccountKey::new([3; 32]);
    let enrol = World::enrol("c.example");
    let third = world.does(move |desk| registry::enrol(desk, &account, &enrol));
    assert_eq!(third, Err(Rule::Busy.into()));
}

fn bundles(first: u8, count: u8) -> Shelve {
    let sealed = |number: u8| SealedBundle::try_from(vec![number; SealedBundle::LENGTH]).unwrap();
    let one_time: Vec<_> = (first..first + count).map(sealed).collect();
    Shelve {
        number: Number::FIRST,
        before: ShelfBefore::Kept,
        one_time: AtMost::try_from(one_time).unwrap(),
        last_resort: Some(sealed(255)),
    }
}

#[test]
fn a_shelf_hands_out_each_bundle_once_at_its_pace_and_the_last_resort_otherwise() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let number = shop.number;
    let put = move |world: &mut World, shelve: Shelve| {
        world.does(move |desk| registry::put(desk, number, &shelve))
    };
    assert_eq!(put(&mut world, bundles(0, 30)), Ok(30));
    for full in 0..2 {
        assert_eq!(put(&mut world, bundles(30, 32)), Ok(30 + 32 * (full + 1)));
    }
    assert_eq!(
        put(&mut world, bundles(100, 10)),
        Err(Rule::ShelfFull.into())
    );
    let take = move |world: &mut World| {
        let sealed = world
            .does(move |desk| registry::take(desk, number))
            .unwrap()
            .unwrap();
        sealed.as_bytes()[0]
    };
    let taken: Vec<u8> = (0..22).map(|_| take(&mut world)).collect();
    let expected: Vec<u8> = (0..20).chain([255, 255]).collect();
    assert_eq!(taken, expected);
    world.pass(29);
    assert_eq!(take(&mut world), 255);
    world.pass(1);
    assert_eq!(take(&mut world), 20);
}
