//! A revocation withdraws what was not collected, tells everybody, and ends everything. (SPEC B-9)

use partywall_business::event::{Event, News};
use partywall_business::revocation::UnverifiedRevocation;
use partywall_business::signed::Signed;
use partywall_business::{Category, Reason, Rule};

use super::words::REPLY;
use super::world::{Customer, Shop, World, keys};
use crate::effects::Receiver;
use crate::registry;
use crate::talk;

fn kinds(events: &[Event]) -> Vec<(u64, u8)> {
    let kind = |event: &Event| (event.sequence.value().get(), event.news.number());
    events.iter().map(kind).collect()
}

fn talking() -> (World, Shop, Customer) {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    world.customer_says(&customer, REPLY).unwrap();
    (world, shop, customer)
}

#[test]
fn mail_that_was_not_collected_is_withdrawn_and_its_senders_are_told() {
    let (mut world, shop, customer) = talking();
    let sent = world.shop_says(&shop, &customer, REPLY).unwrap();
    world.collects(Receiver::business(shop.number));
    let late = world.customer_says(&customer, REPLY).unwrap();
    world.revokes(&shop);
    world.chores();
    let to_customer = world.for_customer(&customer);
    // In the place of its message, that it was withdrawn; then its own; then why.
    assert_eq!(kinds(&to_customer), [(1, 6), (2, 6), (3, 8)]);
    let withdrawn = |event: &Event, of| matches!(&event.news, News::Withdrawn { message, reason: Reason::Spam } if *message == of);
    assert!(withdrawn(&to_customer[0], sent.event) && to_customer[0].id == sent.event);
    assert!(withdrawn(&to_customer[1], late.event));
    let to_shop = world.for_shop(&shop);
    // Behind what it began with: a message and what that disclosed.
    assert_eq!(kinds(&to_shop), [(4, 6), (5, 6), (6, 8)]);
    assert!(withdrawn(&to_shop[0], late.event) && withdrawn(&to_shop[1], sent.event));
    let own = world
        .reads(|rows| talk::try_load(rows, customer.number))
        .unwrap();
    assert_eq!((own.mail_customer, own.mail_business), (3, 3));
}

#[test]
fn from_a_revocation_on_everything_of_the_business_and_about_it_is_refused() {
    let (mut world, shop, customer) = talking();
    let utility = world.template(&shop, Category::Utility);
    world.revokes(&shop);
    let revoked = Some(Rule::Revoked.into());
    assert_eq!(world.shop_says(&shop, &customer, REPLY).err(), revoked);
    assert_eq!(world.shop_says(&shop, &customer, utility).err(), revoked);
    assert_eq!(world.customer_says(&customer, REPLY).err(), revoked);
    let account = partywall_business::id::AccountKey::from(&shop.key.public());
    let enrol = World::enrol("bakery.example");
    let enrolled = world.does(move |desk| registry::enrol(desk, &account, &enrol));
    assert_eq!(enrolled.err(), revoked);
    let number = shop.number;
    let verified = world.does(move |desk| {
        registry::verify(desk, number, &registry::Evidence::Word("seen".to_owned()))
    });
    assert_eq!(verified, Ok(Err(registry::Cannot::Revoked)));
}

#[test]
fn revocations_are_numbered_signed_and_in_the_ledger() {
    let mut world = World::with_seed(1);
    let (shop, other) = (world.shop("bakery.example"), world.shop("other.example"));
    let before = world.reads(|rows| crate::ledger::size(rows).map_err(crate::book::fault));
    for shop in [&shop, &other, &shop] {
        world.revokes(shop);
    }
    let after = world.reads(|rows| crate::ledger::size(rows).map_err(crate::book::fault));
    assert_eq!(
        after.value(),
        before.value() + 2,
        "revoked twice, it is entered once"
    );
    let signed: Vec<Vec<u8>> = world.reads(|rows| {
        let mut select = rows.prepare("SELECT signed FROM revocations ORDER BY sequence")?;
        let rows = select.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    });
    let sequences: Vec<u64> = signed
        .iter()
        .map(|signed| {
            let unverified = UnverifiedRevocation::new(Signed::decode(signed).unwrap());
            let verified = unverified.verify(&keys().business().public()).unwrap();
            verified.says().sequence.value()
        })
        .collect();
    assert_eq!(sequences, [1, 2]);
}

#[test]
fn however_many_conversations_there_are_each_is_told_and_none_is_sent_mail_meanwhile() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customers: Vec<Customer> = (0..300)
        .map(|_| {
            world.pass(1);
            world.customer(&shop)
        })
        .collect();
    for customer in &customers {
        world.customer_says(customer, REPLY).unwrap();
        world.pass(1);
        world.shop_says(&shop, customer, REPLY).unwrap();
    }
    world.revokes(&shop);
    for customer in &customers {
        let messages = world.for_customer(customer);
        let has_mail = messages.iter().any(|event| event.news.number() == 1);
        assert!(!has_mail, "not told yet, but not sent anything either");
    }
    world.chores();
    for customer in &customers {
        assert_eq!(
            kinds(&world.for_customer(customer)),
            [(1, 6), (2, 6), (3, 8)]
        );
    }
}

#[test]
fn what_a_suspension_took_back_is_told_again_when_it_is_over_and_otherwise_once_an_hour() {
    let (mut world, shop, customer) = talking();
    let disclosed = |world: &World| {
        let told = world.for_shop(&shop);
        told.iter().filter(|event| event.news.number() == 5).count()
    };
    assert_eq!(disclosed(&world), 1, "with its first word");
    world.customer_says(&customer, REPLY).unwrap();
    assert_eq!(disclosed(&world), 1);
    let (number, until) = (shop.number, world.now() + 60);
    let suspended = world.does(move |desk| registry::suspend(desk, number, Reason::Terms, until));
    assert!(matches!(suspended, Ok(Ok(_))));
    assert_eq!(disclosed(&world), 0, "it was taken back");
    world.pass(60);
    world.customer_says(&customer, REPLY).unwrap();
    assert_eq!(disclosed(&world), 1, "of the same hour");
    world.pass(3_600 - 61);
    world.customer_says(&customer, REPLY).unwrap();
    assert_eq!(disclosed(&world), 1, "its last second");
    world.pass(1);
    world.customer_says(&customer, REPLY).unwrap();
    assert_eq!(disclosed(&world), 2, "the next hour");
}

#[test]
fn a_suspension_is_told_to_both_and_ends_by_itself() {
    let (mut world, shop, customer) = talking();
    let (number, until) = (shop.number, world.now() + 60);
    let suspended = world.does(move |desk| registry::suspend(desk, number, Reason::Terms, until));
    assert!(matches!(suspended, Ok(Ok(_))));
    world.chores();
    let suspended = |event: &Event| matches!(event.news, News::Suspended(Reason::Terms));
    assert!(world.for_customer(&customer).iter().any(suspended));
    assert!(world.for_shop(&shop).iter().any(suspended));
    for refused in [
        world.shop_says(&shop, &customer, REPLY).unwrap_err(),
        world.customer_says(&customer, REPLY).unwrap_err(),
    ] {
        assert_eq!(
            (refused.rule, refused.until.unwrap().value()),
            (Rule::Suspended, until)
        );
    }
    world.pass(59);
    assert!(world.shop_says(&shop, &customer, REPLY).is_err());
    world.pass(1);
    assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
}
