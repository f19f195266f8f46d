//! The window, templates outside it, paces: each refusal, and the second from which on it is none.
//! (SPEC B-12, B-13, B-15)

use std::time::Duration;

use partywall_business::{Category, Rule};
use partywall_store::Place;
use partywall_world::Wall;

use super::words::{CONTROL, REPLY};
use super::world::{Customer, NOON, Shop, World};
use crate::effects::Receiver;
use crate::refusal::Refusal;

fn talking() -> (World, Shop, Customer) {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    (world, shop, customer)
}

fn rule<T>(refused: Result<T, Refusal>) -> Option<Rule> {
    refused.err().map(|refusal| refusal.rule)
}

fn until<T>(refused: Result<T, Refusal>) -> u64 {
    refused.err().unwrap().until.unwrap().value()
}

#[test]
fn a_business_speaks_until_the_last_second_of_the_window_and_not_in_the_next() {
    let (mut world, shop, customer) = talking();
    assert_eq!(
        rule(world.shop_says(&shop, &customer, REPLY)),
        Some(Rule::WindowClosed)
    );
    let said = world.customer_says(&customer, REPLY).unwrap();
    assert_eq!(said.window_expires_at.value(), NOON + 86_400);
    world.pass(86_399);
    let answered = world.shop_says(&shop, &customer, REPLY).unwrap();
    assert_eq!(answered.window_expires_at.value(), NOON + 86_400);
    assert!(world.shop_says(&shop, &customer, CONTROL).is_ok());
    world.pass(1);
    for clear in [REPLY, CONTROL] {
        let refused = world.shop_says(&shop, &customer, clear).unwrap_err();
        assert_eq!((refused.rule, refused.until), (Rule::WindowClosed, None));
    }
    world.pass(1);
    assert_eq!(
        rule(world.shop_says(&shop, &customer, REPLY)),
        Some(Rule::WindowClosed)
    );
    world.customer_says(&customer, REPLY).unwrap();
    assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
}

#[test]
fn what_is_no_reply_does_not_open_the_window() {
    let (mut world, shop, customer) = talking();
    let said = world.customer_says(&customer, CONTROL).unwrap();
    assert_eq!(said.window_expires_at.value(), 0);
    assert_eq!(
        rule(world.shop_says(&shop, &customer, REPLY)),
        Some(Rule::WindowClosed)
    );
    world.customer_says(&customer, REPLY).unwrap();
    world.pass(3_600);
    let said = world.customer_says(&customer, CONTROL).unwrap();
    assert_eq!(said.window_expires_at.value(), NOON + 86_400);
}

#[test]
fn whoever_sets_the_clock_by_hours_or_for_summer_moves_no_window() {
    let mut row = partywall_row::Row::of("P22");
    for step in [-7_200_i64, -3_600, 3_600, 7_200, 86_400, -86_400] {
        let (mut world, shop, customer) = talking();
        world.customer_says(&customer, REPLY).unwrap();
        let wall = NOON.saturating_add_signed(step);
        world.clock.set_wall(Wall::from_seconds(wall));
        assert!(world.shop_says(&shop, &customer, REPLY).is_ok(), "{step}");
        world.pass(86_399);
        assert!(world.shop_says(&shop, &customer, REPLY).is_ok(), "{step}");
        world.pass(1);
        let refused = rule(world.shop_says(&shop, &customer, REPLY));
        assert_eq!(refused, Some(Rule::WindowClosed), "{step}");
        row.tried(1);
    }
}

#[test]
fn a_restart_with_an_earlier_clock_opens_no_window_again_and_closes_none_early() {
    let (mut world, shop, customer) = talking();
    world.customer_says(&customer, REPLY).unwrap();
    world.pass(86_398);
    assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
    let mut world = world.restart_at(NOON + 83_000);
    assert_eq!(
        world.now(),
        NOON + 86_398,
        "it goes on where it was written down"
    );
    world.pass(1);
    assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
    world.pass(1);
    assert_eq!(
        rule(world.shop_says(&shop, &customer, REPLY)),
        Some(Rule::WindowClosed)
    );
    let mut world = world.restart_at(NOON + 82_800);
    assert_eq!(
        rule(world.shop_says(&shop, &customer, REPLY)),
        Some(Rule::WindowClosed)
    );
    let mut world = world.restart_at(NOON + 90_000);
    assert_eq!(world.now(), NOON + 90_000, "a later date is believed");
    assert_eq!(
        rule(world.shop_says(&shop, &customer, REPLY)),
        Some(Rule::WindowClosed)
    );
}

#[test]
fn what_was_accepted_is_there_after_a_restart_from_disk_and_its_places_are_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::at(Place::file(folder.path().join("business.db")), 1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    world.customer_says(&customer, REPLY).unwrap();
    let said = world.shop_says(&shop, &customer, REPLY).unwrap();
    let mut world = world.restart_at(NOON);
    assert_eq!(world.for_customer(&customer)[0].id, said.event);
    let before = world.scribe.memory.next_place;
    world.shop_says(&shop, &customer, REPLY).unwrap();
    world.collects(Receiver::customer(customer.number));
    world.shop_says(&shop, &customer, REPLY).unwrap();
    assert_eq!(world.scribe.memory.next_place, before + 2);
    assert_eq!(world.for_customer(&customer)[0].sequence.value().get(), 3);
}

#[test]
fn an_advertisement_comes_once_until_the_customer_answers() {
    let (mut world, shop, customer) = talking();
    let marketing = world.template(&shop, Category::Marketing);
    assert!(world.shop_says(&shop, &customer, marketing).is_ok());
    world.pass(400 * 86_400);
    let refused = world.shop_says(&shop, &customer, marketing).unwrap_err();
    assert_eq!(
        (refused.rule, refused.until),
        (Rule::MarketingUnanswered, None)
    );
    world.customer_says(&customer, CONTROL).unwrap();
    assert!(world.shop_says(&shop, &customer, marketing).is_err());
    world.customer_says(&customer, REPLY).unwrap();
    assert!(world.shop_says(&shop, &customer, marketing).is_ok());
}

#[test]
fn ten_utilities_come_in_a_day_and_the_eleventh_at_the_second_that_was_said() {
    let (mut world, shop, customer) = talking();
    let utility = world.template(&shop, Category::Utility);
    for _ in 0..10 {
        assert!(world.shop_says(&shop, &customer, utility).is_ok());
        world.pass(60);
    }
    let refused = world.shop_says(&shop, &customer, utility).unwrap_err();
    assert_eq!(refused.rule, Rule::UtilityCap);
    let until = refused.until.unwrap().value();
    assert_eq!(until, NOON + 86_400);
    world.pass(until - 1 - world.now());
    assert_eq!(
        rule(world.shop_says(&shop, &customer, utility)),
        Some(Rule::UtilityCap)
    );
    world.pass(1);
    assert!(world.shop_says(&shop, &customer, utility).is_ok());
    assert_eq!(
        rule(world.shop_says(&shop, &customer, utility)),
        Some(Rule::UtilityCap)
    );
}

#[test]
fn codes_come_every_thirty_seconds_and_ten_a_day() {
    let (mut world, shop, customer) = talking();
    let code = world.template(&shop, Category::Authentication);
    for sent in 0..10 {
        assert!(world.shop_says(&shop, &customer, code).is_ok());
        let refused = world.shop_says(&shop, &customer, code).unwrap_err();
        assert_eq!(refused.rule, Rule::AuthenticationPace);
        if sent < 9 {
            assert_eq!(refused.until.unwrap().value(), world.now() + 30);
            world.pass(29);
            assert!(world.shop_says(&shop, &customer, code).is_err());
            world.pass(1);
        }
    }
    let tenth = until(world.shop_says(&shop, &customer, code));
    assert_eq!(tenth, NOON + 86_400);
    world.pass(tenth - world.now());
    assert!(world.shop_says(&shop, &customer, code).is_ok());
}

#[test]
fn templates_come_only_where_the_customer_opted_in() {
    let (mut world, shop, customer) = talking();
    let number = customer.number;
    let utility = world.template(&shop, Category::Utility);
    world
        .does(move |desk| {
            let mut own = crate::talk::try_load(desk.tx, number)?.unwrap();
            crate::talk::opt(
                desk,
                &mut own,
                Category::Utility,
                partywall_business::OptIn::Out,
            )
        })
        .unwrap();
    assert_eq!(
        rule(world.shop_says(&shop, &customer, utility)),
        Some(Rule::NotOptedIn)
    );
    let told: Vec<u8> = world
        .for_shop(&shop)
        .iter()
        .map(|event| event.news.number())
        .collect();
    assert_eq!(told, [2, 4], "it is told of the opt-out");
}

#[test]
fn twenty_at_once_and_one_a_second_go_through_one_conversation() {
    let (mut world, shop, customer) = talking();
    for _ in 0..20 {
        assert!(world.customer_says(&customer, REPLY).is_ok());
        assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
    }
    let refused = world.customer_says(&customer, REPLY).unwrap_err();
    assert_eq!(
        (refused.rule, refused.until.unwrap().value()),
        (Rule::Pace, NOON + 1)
    );
    let refused = world.shop_says(&shop, &customer, REPLY).unwrap_err();
    assert_eq!(
        (refused.rule, refused.until.unwrap().value()),
        (Rule::Pace, NOON + 1)
    );
    world.clock.advance(Duration::from_millis(999));
    assert!(world.customer_says(&customer, REPLY).is_err());
    world.clock.advance(Duration::from_millis(1));
    assert!(world.customer_says(&customer, REPLY).is_ok());
    assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
}

#[test]
fn two_hundred_at_once_go_through_all_conversations_of_a_business() {
    let (mut world, shop, first) = talking();
    let mut customers = vec![first];
    customers.extend((0..10).map(|_| world.customer(&shop)));
    for customer in &customers {
        world.customer_says(customer, REPLY).unwrap();
    }
    let mut said = 0;
    for customer in &customers {
        for _ in 0..20 {
            said += u32::from(world.shop_says(&shop, customer, REPLY).is_ok());
        }
    }
    assert_eq!(said, 200);
    let last = customers.last().unwrap();
    let refused = world.shop_says(&shop, last, REPLY).unwrap_err();
    assert_eq!(
        (refused.rule, refused.until.unwrap().value()),
        (Rule::Pace, NOON + 1)
    );
    world.pass(1);
    assert!(world.shop_says(&shop, last, REPLY).is_ok());
}

#[test]
fn a_thousand_events_wait_and_the_next_when_some_were_collected() {
    let (mut world, _shop, customer) = talking();
    // With what it began with, and what it was told of the hour.
    for _ in 0..998 {
        world.pass(1);
        assert!(world.customer_says(&customer, REPLY).is_ok());
    }
    world.pass(1);
    let refused = world.customer_says(&customer, REPLY).unwrap_err();
    assert_eq!((refused.rule, refused.until), (Rule::MailFull, None));
    let business = world
        .reads(|rows| crate::talk::try_load(rows, customer.number))
        .unwrap()
        .business;
    assert_eq!(world.collects(Receiver::business(business)), 1_000);
    assert!(world.customer_says(&customer, REPLY).is_ok());
}
