//! Leaving is a hard stop; blocking looks like it to the business; a report opens one message. (SPEC
//! B-14, B-19)

use partywall_business::content::{Content, Message, What};
use partywall_business::event::News;
use partywall_business::frank::FrankingKey;
use partywall_business::request::Report;
use partywall_business::{
    Blocking, Bytes, Category, Clear, EventId, Number, Rule, Seen, Sequence, Why,
};
use partywall_ground::Milliseconds;

use super::words::{COMMITMENT, REPLY};
use super::world::{Customer, Shop, World};
use crate::effects::Receiver;
use crate::refusal::Refusal;
use crate::talk;

fn talking() -> (World, Shop, Customer) {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    world.customer_says(&customer, REPLY).unwrap();
    (world, shop, customer)
}

fn blocks(world: &mut World, customer: &Customer, blocking: Blocking) {
    let number = customer.number;
    world
        .does(move |desk| {
            let mut own = talk::try_load(desk.tx, number)?.unwrap();
            talk::block(desk, &mut own, blocking)
        })
        .unwrap();
}

#[test]
fn whoever_leaves_is_sent_nothing_that_was_on_its_way_and_the_business_is_told() {
    let (mut world, shop, customer) = talking();
    let utility = world.template(&shop, Category::Utility);
    for clear in [REPLY, utility] {
        world.shop_says(&shop, &customer, clear).unwrap();
    }
    assert_eq!(world.for_customer(&customer).len(), 2);
    world.leaves(&customer);
    assert!(
        world.for_customer(&customer).is_empty(),
        "mail on its way is gone"
    );
    for clear in [REPLY, utility] {
        let refused = world.shop_says(&shop, &customer, clear);
        assert_eq!(refused.err(), Some(Rule::Left.into()));
    }
    assert_eq!(
        world.customer_says(&customer, REPLY).err(),
        Some(Rule::Left.into())
    );
    let told: Vec<u8> = world
        .for_shop(&shop)
        .iter()
        .map(|event| event.news.number())
        .collect();
    // Began, a message, in the place of what it disclosed that it was withdrawn, left.
    assert_eq!(
        told,
        [2, 1, 6, 3],
        "what the customer said before is delivered"
    );
    world.leaves(&customer);
    assert_eq!(
        world.for_shop(&shop).len(),
        4,
        "leaving twice tells nobody twice"
    );
}

#[test]
fn to_a_business_being_blocked_looks_like_being_left() {
    let mut row = partywall_row::Row::of("P08");
    let (mut world, shop, blocking) = talking();
    let leaving = world.customer(&shop);
    world.customer_says(&leaving, REPLY).unwrap();
    let marketing = world.template(&shop, Category::Marketing);
    let unknown = Clear::Template(
        COMMITMENT,
        partywall_business::TemplateId::new([1; 16]),
        partywall_business::Version::new(1),
    );
    let before = world.for_shop(&shop).len();
    blocks(&mut world, &blocking, Blocking::On);
    assert_eq!(world.for_shop(&shop).len(), before, "it is not told");
    world.leaves(&leaving);
    for clear in [REPLY, marketing, unknown] {
        let blocked = world.shop_says(&shop, &blocking, clear).err();
        let left = world.shop_says(&shop, &leaving, clear).err();
        assert_eq!(blocked, Some(Refusal::by(Rule::Left)));
        assert_eq!(blocked, left);
        row.tried(1);
    }
    let own = world.customer_says(&blocking, REPLY).err();
    assert_eq!(
        own,
        Some(Rule::Blocked.into()),
        "the customer knows what it did"
    );
    blocks(&mut world, &blocking, Blocking::Off);
    assert!(world.shop_says(&shop, &blocking, REPLY).is_ok());
}

#[test]
fn nobody_speaks_in_a_conversation_of_others() {
    let (mut world, shop, customer) = talking();
    let other = world.shop("other.example");
    let refused = world.shop_says(&other, &customer, REPLY).err();
    assert_eq!(refused, Some(Rule::NoSuchConversation.into()));
    let stranger = world.customer(&shop);
    let own = stranger.number;
    let say = world.say(customer.conversation, REPLY);
    let said = world.does(move |desk| {
        talk::say_as_customer(desk, own, &say, crate::sharing::Observed::default())
    });
    assert_eq!(said.err(), Some(Rule::NoSuchConversation.into()));
}

#[test]
fn a_report_opens_the_message_that_was_sent_and_no_other() {
    let (mut world, shop, customer) = talking();
    let content = |text: &str| Content {
        sequence: Sequence::FIRST,
        written: Milliseconds::new(0),
        seen: Seen::new(0),
        key: FrankingKey::new([5; 32]),
        what: What::Text(Message::new(text).unwrap()),
    };
    let (said, clear) = content("buy my coins").franked();
    world.shop_says(&shop, &customer, clear).unwrap();
    let events = world.for_customer(&customer);
    let event = events.last().unwrap();
    let later = world.shop_says(&shop, &customer, REPLY).unwrap();
    let other_customer = world.customer(&shop);
    world.customer_says(&other_customer, REPLY).unwrap();
    world.shop_says(&shop, &other_customer, REPLY).unwrap();
    let News::Message { mark, clear, .. } = &event.news else {
        panic!("a message");
    };
    let report_as = |event_id, content: &[u8]| Report {
        number: Number::FIRST,
        event: event_id,
        content: Bytes::new(content).unwrap(),
        key: FrankingKey::new([5; 32]),
        clear: *clear,
        mark: *mark,
        at: event.at,
        why: Why::Fraud,
    };
    let report = |content: &[u8]| report_as(event.id, content);
    let frank = world.shared.tools.keys.frank();
    let (bread, _) = content("buy my bread").franked();
    let other = report(&bread).prove(frank, &customer.conversation);
    assert_eq!(other.err(), Some(Rule::NotProven.into()));
    let elsewhere = partywall_business::ConversationId::new([1; 32]);
    assert!(report(&said).prove(frank, &elsewhere).is_err());
    let proven = |event| {
        let report = report_as(event, &said);
        report.prove(frank, &customer.conversation).unwrap()
    };
    // What the relay never said, what it said to the business, and what it said in another conversation.
    let strange = EventId::new([9; 16]);
    let to_shop = world.for_shop(&shop)[0].id;
    let neighbour = world.for_customer(&other_customer)[0].id;
    let wrong = [strange, to_shop, neighbour].map(proven);
    let right = [later.event, event.id].map(proven);
    let number = customer.number;
    for proven in wrong {
        let kept = world.does(move |desk| {
            let mut own = talk::try_load(desk.tx, number)?.unwrap();
            talk::report(desk, &mut own, &proven)
        });
        assert_eq!(kept, Err(Rule::NotProven.into()));
    }
    world.collects(Receiver::customer(number));
    for proven in right {
        let kept = world.does(move |desk| {
            let mut own = talk::try_load(desk.tx, number)?.unwrap();
            talk::report(desk, &mut own, &proven)
        });
        assert_eq!(kept, Ok(()), "also when it was collected long ago");
    }
    let kept = world.reads(|rows| {
        let own = talk::try_load(rows, number)?.unwrap();
        talk::reports(rows, &own)
    });
    assert_eq!(
        kept, 1,
        "reported twice, as whichever event, it is kept once"
    );
}

#[test]
fn the_number_of_a_conversation_that_was_erased_is_not_given_to_another_while_anybody_is_connected()
{
    let (mut world, shop, customer) = talking();
    let id = customer.conversation;
    world.does(move |desk| talk::erase(desk, &id)).unwrap();
    let next = world.customer(&shop);
    assert!(next.number > customer.number);
    assert!(world.for_customer(&customer).is_empty());
    let told: Vec<u8> = world
        .for_shop(&shop)
        .iter()
        .filter(|event| event.conversation == id)
        .map(|event| event.news.number())
        .collect();
    // What it did not collect was withdrawn, without a gap; and it is told that the customer left.
    assert_eq!(told.first(), Some(&2));
    assert_eq!(told.last(), Some(&3));
    assert!(!told.contains(&1));
}
