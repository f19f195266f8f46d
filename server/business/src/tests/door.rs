//! The door over pipes: roles, order, delivery, ends. (SPEC §11.2 to §11.5)

use std::time::Duration;

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::event::News;
use partywall_business::id::TableHash;
use partywall_business::ledger::Size;
use partywall_business::request::{
    Ack, Block, Consents, Consistency, Declare, Disclosures, Erase, Find, FromClient, Held, Leave,
    Named as By, Opt, Request, StandingOf, Table, Take, Template, Templates,
};
use partywall_business::{
    Blocking, BusinessStanding, Caller as Who, Category, ConversationStanding, Count, Declared,
    Domain, Kind, Number, OptIn, Reason, Role, Rule, Tag, TemplateId, Welcome,
};
use partywall_ground::Close;
use partywall_proof::SigningKey;

use super::house::{Caller, House, PATIENCE, say};
use super::world::{CONTROL, REPLY, World};
use crate::Named;

const DOMAIN: &str = "bakery.example";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn by_domain(domain: &str) -> By {
    By::Domain(Domain::new(domain).unwrap())
}

#[tokio::test]
async fn two_people_talk_through_the_door() {
    let house = House::new();
    let mut shop = house.shop(&key(3), DOMAIN).await;
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    assert!(matches!(shop.event().await.news, News::Began { .. }));
    let Answer::Accepted(accepted) = customer.asks(say(conversation, REPLY)).await else {
        panic!("accepted");
    };
    let event = shop.event().await;
    assert_eq!(event.id, accepted.event);
    assert_eq!((event.sequence, event.at), (accepted.sequence, accepted.at));
    assert_eq!(event.window_expires_at, accepted.window_expires_at);
    assert!(matches!(event.news, News::Message { .. }));
    assert!(matches!(
        shop.asks(say(conversation, REPLY)).await,
        Answer::Accepted(_)
    ));
    let answered = customer.event().await;
    assert!(matches!(answered.news, News::Message { .. }));
    assert_eq!(answered.window_expires_at, accepted.window_expires_at);
}

#[tokio::test]
async fn a_business_is_found_with_proofs_that_hold() {
    let house = House::new();
    house.shop(&key(3), DOMAIN).await;
    let mut guest = house.guest(1).await;
    let number = Number::FIRST;
    let named = by_domain(DOMAIN);
    let Answer::Found(found) = guest.asks(Find { number, named }).await else {
        panic!("found");
    };
    let keys = super::world::keys();
    let operator = partywall_business::ledger::Operator::new(
        super::world::settings().origin,
        keys.business().public(),
    );
    let entry = found.certificate_entry.verify(&operator).unwrap();
    assert!(
        entry
            .payload()
            .as_bytes()
            .ends_with(&found.certificate.encode())
    );
    let table = found.table_entry.verify(&operator).unwrap();
    let size = table.checkpoint().size();
    let from = Size::new(1);
    let asked = Consistency {
        number,
        from,
        to: size,
    };
    let Answer::Consistent(consistent) = guest.asks(asked).await else {
        panic!("consistent");
    };
    assert!(consistent.checkpoint.verify(&operator).unwrap().size() >= size);
    let too_far = Consistency {
        number,
        from,
        to: Size::new(99),
    };
    assert!(refused(guest.asks(too_far).await, Rule::NoSuchThing));
    let named = by_domain("nobody.example");
    assert!(refused(
        guest.asks(Find { number, named }).await,
        Rule::NoSuchBusiness
    ));
}

fn refused(answer: Answer, rule: Rule) -> bool {
    matches!(answer, Answer::Refused(refused) if refused.rule == rule)
}

/// One of each request that can be made of nothing.
fn every_request() -> Vec<Request> {
    let number = Number::FIRST;
    let after = Count::new(0);
    vec![
        Find {
            number,
            named: by_domain(DOMAIN),
        }
        .into(),
        Table {
            number,
            table: TableHash::new([1; 32]),
        }
        .into(),
        Template {
            number,
            template: TemplateId::new([1; 16]),
        }
        .into(),
        Take {
            number,
            business: partywall_business::BusinessId::new([1; 32]),
        }
        .into(),
        Consistency {
            number,
            from: Size::new(1),
            to: Size::new(1),
        }
        .into(),
        World::enrol(DOMAIN).into(),
        Templates { number }.into(),
        StandingOf { number }.into(),
        Declare {
            number,
            declared: Declared::nothing(),
        }
        .into(),
        Opt {
            number,
            category: Category::Utility,
            opt_in: OptIn::In,
        }
        .into(),
        Block {
            number,
            blocking: Blocking::On,
        }
        .into(),
        Leave { number }.into(),
        say(partywall_business::ConversationId::new([1; 32]), CONTROL).into(),
        Held { number }.into(),
        Consents { number, after }.into(),
        Disclosures { number, after }.into(),
        Erase { number }.into(),
    ]
}

#[tokio::test]
async fn every_request_is_answered_in_the_roles_that_have_it_and_ends_every_other() {
    for role in [
        None,
        Some(Role::Customer),
        Some(Role::Business),
        Some(Role::Rights),
    ] {
        for request in every_request() {
            let house = House::new();
            let (kind, who) = (request.kind(), role.map_or(Who::Guest, Who::Proven));
            let mut caller = match role {
                Some(role) => house.caller(&key(5), role, 1).await.0,
                None => house.guest(1).await,
            };
            if kind.admit(who).is_ok() {
                let answer = caller.asks(request).await;
                let expected = [Some(answer.kind()), None].contains(&kind.answer());
                assert!(
                    expected || answer.kind() == Kind::Refused,
                    "{kind:?} {role:?}"
                );
            } else {
                caller.requests(request).await;
                assert_eq!(
                    caller.end().await,
                    Some(Close::OutOfTurn.code()),
                    "{kind:?} {role:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_known_by_the_welcome_of_a_key() {
    let house = House::new();
    let unknown = house.caller(&key(5), Role::Customer, 1).await.1;
    assert_eq!(unknown, Welcome::Customer(ConversationStanding::Absent));
    let unknown = house.caller(&key(5), Role::Rights, 1).await.1;
    assert_eq!(unknown, Welcome::Rights(ConversationStanding::Absent));
    house.shop(&key(3), DOMAIN).await;
    house.customer(&key(4), DOMAIN).await;
    let known = house.caller(&key(4), Role::Customer, 1).await.1;
    assert_eq!(known, Welcome::Customer(ConversationStanding::Open));
    let known = house.caller(&key(3), Role::Business, 1).await.1;
    assert_eq!(known, Welcome::Business(BusinessStanding::Verified));
}

#[tokio::test]
async fn what_is_no_request_in_turn_ends_the_connection() {
    let house = House::new();
    let (customer, business) = (key(4), key(3));
    let mut cases: Vec<(&str, Caller, Vec<u8>, Close)> = Vec::new();
    let held = |number: Number| FromClient::from(Request::from(Held { number })).encode();
    let caller = house.caller(&customer, Role::Customer, 1).await.0;
    cases.push((
        "a number is left out",
        caller,
        held(Number::FIRST.next()),
        Close::Malformed,
    ));
    let caller = house.caller(&business, Role::Business, 1).await.0;
    let ack = FromClient::from(Ack { tag: Tag::FIRST }).encode();
    cases.push(("nothing was delivered", caller, ack, Close::Malformed));
    let mut cut = held(Number::FIRST);
    cut.pop();
    let caller = house.caller(&customer, Role::Customer, 1).await.0;
    cases.push(("it is cut", caller, cut, Close::Malformed));
    let mut peer = held(Number::FIRST);
    peer[0] = b'P';
    cases.push((
        "the other wing's",
        house.guest(1).await,
        peer,
        Close::WrongWing,
    ));
    for (what, mut caller, frame, close) in cases {
        caller.socket.send(frame).await.unwrap();
        assert_eq!(caller.end().await, Some(close.code()), "{what}");
    }
}

#[tokio::test]
async fn a_login_comes_once_and_holds_for_this_connection_only() {
    let house = House::new();
    let mut first = house.guest(1).await;
    let second = house.guest(2).await;
    let stolen = second.login(&key(4), Role::Customer);
    first.says(stolen).await;
    assert_eq!(first.end().await, Some(Close::Malformed.code()));
    let (mut twice, _) = house.caller(&key(4), Role::Customer, 3).await;
    let again = twice.login(&key(4), Role::Customer);
    twice.says(again).await;
    assert_eq!(twice.end().await, Some(Close::OutOfTurn.code()));
}

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
    loop {
        let heard = tokio::time::timeout(Duration::from_millis(300), shop.event()).await;
        let Ok(event) = heard else { break };
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
    let nothing = tokio::time::timeout(Duration::from_millis(200), again.hears()).await;
    assert!(nothing.is_err(), "nothing is delivered");
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

#[tokio::test]
async fn the_door_tells_the_first_words_to_everybody() {
    let house = House::new();
    let mut guest = house.guest(1).await;
    let number = Number::FIRST;
    let table = TableHash::new([1; 32]);
    assert!(refused(
        guest.asks(Table { number, table }).await,
        Rule::TableUnknown
    ));
    let heard: Result<FromRelay, _> = guest.hears_soon().await;
    assert!(heard.is_err(), "and nothing that was not asked for");
}
