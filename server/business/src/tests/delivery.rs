//! What goes on at a door that stays open: delivery, order, ends. (SPEC §11.4, §11.5)

use std::time::Duration;

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::certificate::Certified;
use partywall_business::event::News;
use partywall_business::request::{Block, Held, Leave, Opt, StandingOf};
use partywall_business::{
    Blocking, BusinessStanding, Category, ConversationStanding, Domain, Endpoint, Number, OptIn,
    Reason, Role, Rule, Tag, Welcome,
};
use partywall_ground::{Close, Seconds, cbor};

use super::door::{DOMAIN, key, refused};
use super::house::{House, PATIENCE, say};
use super::words::{CONTROL, REPLY};
use super::world::World;
use crate::{BusinessLine, Evidence, Named, PlaneError};

#[tokio::test]
async fn events_are_delivered_in_order_until_acknowledged_and_within_credit() {
    let house = House::new();
    let shop_key = key(3);
    let shop = house.shop(&shop_key, DOMAIN).await;
    drop(shop);
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    for _ in 0..100 {
        house.clock.advance(Duration::from_secs(1));
        let answer = customer.asks(say(conversation, CONTROL)).await;
        assert!(matches!(answer, Answer::Accepted(_)));
    }
    let (mut shop, _) = house.caller(&shop_key, Role::Business, 7).await;
    let mut sequences = Vec::new();
    let mut last = Tag::FIRST;
    // Credit: 62 of these messages fit in a quarter of a mebibyte, with what began before them.
    while let Some(heard) = shop.hears_before_all_rest().await {
        let FromRelay::Event(event) = heard else {
            panic!("nothing was asked");
        };
        sequences.push(event.sequence.value().get());
        last = event.tag;
    }
    let in_flight = sequences.len();
    assert!((60..=64).contains(&in_flight), "{in_flight}");
    drop(shop);
    let (mut shop, _) = house.caller(&shop_key, Role::Business, 8).await;
    let first = shop.event().await;
    assert_eq!(
        first.sequence.value().get(),
        1,
        "what was not acknowledged comes again"
    );
    for _ in 1..in_flight {
        last = shop.event().await.tag;
    }
    shop.acks(last).await;
    let next = shop.event().await;
    assert_eq!(next.sequence.value().get(), in_flight as u64 + 1);
    let mut sequence = in_flight as u64 + 1;
    let mut tag = next.tag;
    while sequence < 101 {
        shop.acks(tag).await;
        let event = shop.event().await;
        sequence += 1;
        assert_eq!(event.sequence.value().get(), sequence, "without a gap");
        tag = event.tag;
    }
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_order() {
    let house = House::new();
    house.shop(&key(3), DOMAIN).await;
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    let mut expected = Vec::new();
    for round in 0..5 {
        expected.push(customer.requests(say(conversation, REPLY)).await);
        let number = Number::FIRST;
        expected.push(customer.requests(Held { number }).await);
        let opt_in = if round % 2 == 0 {
            OptIn::In
        } else {
            OptIn::Out
        };
        let category = Category::Utility;
        expected.push(
            customer
                .requests(Opt {
                    number,
                    category,
                    opt_in,
                })
                .await,
        );
    }
    for number in expected {
        assert_eq!(customer.answer().await.number(), number);
    }
}

#[tokio::test]
async fn leaving_stops_what_is_on_its_way_to_a_connected_customer() {
    let house = House::new();
    let mut shop = house.shop(&key(3), DOMAIN).await;
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    customer.asks(say(conversation, REPLY)).await;
    let number = Number::FIRST;
    assert!(matches!(
        customer.asks(Leave { number }).await,
        Answer::Done(_)
    ));
    assert!(refused(
        shop.asks(say(conversation, REPLY)).await,
        Rule::Left
    ));
    let (mut again, welcome) = house.caller(&key(4), Role::Customer, 9).await;
    assert_eq!(welcome, Welcome::Customer(ConversationStanding::Ended));
    let nothing = again.hears_before_all_rest().await;
    assert!(nothing.is_none(), "nothing is delivered");
}

#[tokio::test]
async fn who_asks_for_something_else_while_it_is_looked_at_is_not_verified_as_that() {
    let house = House::new();
    let (mut rogue, _) = house.caller(&key(9), Role::Business, 9).await;
    assert!(matches!(
        rogue.asks(World::enrol("bakery.example")).await,
        Answer::Done(_)
    ));
    let shown = |line: Vec<BusinessLine>| line[0].asked.as_ref().unwrap().print();
    let first = shown(house.plane.businesses().await.unwrap());
    let id = house.plane.businesses().await.unwrap()[0].id;
    assert!(matches!(
        rogue.asks(World::enrol("bank.example")).await,
        Answer::Done(_)
    ));
    let word = || Evidence::Word("seen".to_owned());
    let verified = house.plane.verify_as_shown(Named::Id(id), first, word());
    assert!(matches!(verified.await, Err(PlaneError::AskedOtherwise)));
    let second = shown(house.plane.businesses().await.unwrap());
    let verified = house.plane.verify_as_shown(Named::Id(id), second, word());
    assert!(verified.await.is_ok());
}

#[tokio::test]
async fn a_revocation_reaches_whoever_is_connected() {
    let house = House::new();
    let mut shop = house.shop(&key(3), DOMAIN).await;
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    let domain = Named::Domain(Domain::new(DOMAIN).unwrap());
    house.plane.revoke(domain, Reason::Spam).await.unwrap();
    assert!(matches!(
        customer.event().await.news,
        News::Revoked(Reason::Spam)
    ));
    assert!(refused(
        customer.asks(say(conversation, REPLY)).await,
        Rule::Revoked
    ));
    loop {
        if let News::Revoked(Reason::Spam) = shop.event().await.news {
            break;
        }
    }
    let number = Number::FIRST;
    let Answer::StandingIs(standing) = shop.asks(StandingOf { number }).await else {
        panic!("it learns how it stands");
    };
    assert_eq!(standing.standing, BusinessStanding::Revoked);
    assert!(matches!(
        customer.asks(Held { number }).await,
        Answer::HeldIs(_)
    ));
}

#[tokio::test]
async fn a_customer_leaves_a_business_that_was_suspended_or_revoked_as_any_other() {
    let house = House::new();
    let mut shop = house.shop(&key(3), DOMAIN).await;
    let (mut first, _) = house.customer(&key(4), DOMAIN).await;
    let (mut second, _) = house.customer(&key(5), DOMAIN).await;
    let domain = || Named::Domain(Domain::new(DOMAIN).unwrap());
    let number = Number::FIRST;
    let until = house.plane.wing.clock.now().seconds() + 600;
    let suspended = house
        .plane
        .suspend(domain(), Reason::Terms, Seconds::new(until));
    suspended.await.unwrap();
    assert!(matches!(
        first.asks(Leave { number }).await,
        Answer::Done(_)
    ));
    house.plane.revoke(domain(), Reason::Spam).await.unwrap();
    for _said_again in 0..2 {
        assert!(matches!(
            second.asks(Leave { number }).await,
            Answer::Done(_)
        ));
    }
    let blocking = Blocking::On;
    let block = Block { number, blocking };
    assert!(refused(second.asks(block).await, Rule::Revoked));
    let (_, welcome) = house.caller(&key(5), Role::Customer, 9).await;
    assert_eq!(welcome, Welcome::Customer(ConversationStanding::Ended));
    let mut left = 0;
    while left < 2 {
        left += u32::from(matches!(shop.event().await.news, News::Left));
    }
}

#[tokio::test]
async fn a_verified_business_with_a_change_that_waits_is_verified_wherever_it_asks() {
    let house = House::new();
    let mut shop = house.shop(&key(3), DOMAIN).await;
    let mut enrol = World::enrol(DOMAIN);
    enrol.endpoint = Endpoint::new([8; 64]);
    assert!(matches!(shop.asks(enrol).await, Answer::Done(_)));
    let (mut shop, welcome) = house.caller(&key(3), Role::Business, 9).await;
    assert_eq!(welcome, Welcome::Business(BusinessStanding::Verified));
    let number = Number::FIRST;
    let Answer::StandingIs(is) = shop.asks(StandingOf { number }).await else {
        panic!("it learns how it stands");
    };
    assert_eq!(is.standing, BusinessStanding::Verified);
    let certificate = is.certificate.expect("the one that still holds");
    let says: Certified = cbor::decode(&certificate.bytes).unwrap();
    assert_eq!(says.endpoint, Endpoint::new([7; 64]));
}

#[tokio::test]
async fn a_relay_that_stops_answers_what_it_took_and_says_come_back() {
    let house = House::new();
    house.shop(&key(3), DOMAIN).await;
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    customer.requests(say(conversation, REPLY)).await;
    customer.answer().await;
    let plane = std::sync::Arc::clone(&house.plane);
    let draining = tokio::spawn(async move { plane.drain(PATIENCE).await });
    assert_eq!(customer.end().await, Some(Close::ComeBack.code()));
    draining.await.unwrap();
}
