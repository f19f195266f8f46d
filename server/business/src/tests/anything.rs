//! Whatever is asked in whatever order: no panic, no gap in any sequence, and not one message outside
//! the rules or refused inside them, by a model that knows nothing of the relay. (SPEC B-12 to B-16)

use std::collections::BTreeMap;

use partywall_business::event::Event;
use partywall_business::{Blocking, Category, Clear, OptIn, Reason, Rule};
use partywall_world::Wall;
use proptest::prelude::*;

use super::words::{CONTROL, REPLY};
use super::world::{Customer, NOON, Shop, World};
use crate::effects::Receiver;
use crate::{registry, talk};

const SHOPS: usize = 2;
const CUSTOMERS: usize = 3;

/// One thing that somebody does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    CustomerSays(usize, bool),
    ShopSays(usize, bool),
    ShopSends(usize, usize),
    Opts(usize, usize, bool),
    Blocks(usize, bool),
    Leaves(usize),
    CustomerCollects(usize),
    ShopCollects(usize),
    Suspends(usize, u64),
    Revokes(usize),
    Waits(u64),
    Steps(i64),
    Restarts(i64),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let customer = 0..CUSTOMERS;
    let shop = 0..SHOPS;
    prop_oneof![
        6 => (customer.clone(), any::<bool>()).prop_map(|(c, reply)| Deed::CustomerSays(c, reply)),
        6 => (customer.clone(), any::<bool>()).prop_map(|(c, reply)| Deed::ShopSays(c, reply)),
        6 => (customer.clone(), 0..3_usize).prop_map(|(c, category)| Deed::ShopSends(c, category)),
        2 => (customer.clone(), 0..3_usize, any::<bool>()).prop_map(|(c, k, on)| Deed::Opts(c, k, on)),
        1 => (customer.clone(), any::<bool>()).prop_map(|(c, on)| Deed::Blocks(c, on)),
        1 => customer.clone().prop_map(Deed::Leaves),
        2 => customer.prop_map(Deed::CustomerCollects),
        2 => shop.clone().prop_map(Deed::ShopCollects),
        1 => (shop.clone(), 1..200_000_u64).prop_map(|(s, seconds)| Deed::Suspends(s, seconds)),
        1 => shop.prop_map(Deed::Revokes),
        6 => prop_oneof![0..40_u64, 3_000..4_000_u64, 86_398..86_402_u64].prop_map(Deed::Waits),
        2 => (-90_000..90_000_i64).prop_map(Deed::Steps),
        1 => (-3_599..90_000_i64).prop_map(Deed::Restarts),
    ]
}

/// What a conversation is in the model: lists of seconds, and what was switched.
#[derive(Default)]
struct Model {
    replied: Option<u64>,
    marketing_since_reply: bool,
    sent: [Vec<u64>; 3],
    out: [bool; 3],
    blocked: bool,
    left: bool,
    said_by_customer: Vec<u64>,
    said_by_shop: Vec<u64>,
}

#[derive(Default)]
struct ShopModel {
    revoked: bool,
    suspended_until: u64,
}

/// So many at once and one a second, replayed from all that was said.
fn paced(said: &[u64], now: u64) -> bool {
    let mut tokens = 20_u64;
    let mut last = NOON;
    for second in said.iter().copied().chain([now]) {
        tokens = (tokens + (second - last)).min(20);
        last = second;
        if tokens == 0 {
            return false;
        }
        tokens -= 1;
    }
    true
}

impl Model {
    fn window_is_open(&self, now: u64) -> bool {
        self.replied.is_some_and(|second| now < second + 86_400)
    }

    fn may_send(&self, category: usize, now: u64) -> bool {
        let lately = self.sent[category]
            .iter()
            .filter(|second| now - **second < 86_400)
            .count();
        let last = self.sent[category].last().copied();
        !self.out[category]
            && match category {
                0 => !self.marketing_since_reply,
                1 => lately < 10,
                _ => lately < 10 && last.is_none_or(|second| now - second >= 30),
            }
    }
}

/// Sequences of what a receiver was shown, conversation by conversation.
fn follow(seen: &mut BTreeMap<([u8; 32], bool), u64>, events: &[Event], business: bool) {
    for event in events {
        let last = seen
            .entry((event.conversation.into_bytes(), business))
            .or_default();
        assert_eq!(
            event.sequence.value().get(),
            *last + 1,
            "a sequence has a gap"
        );
        *last += 1;
    }
}

fn play(deeds: &[Deed]) {
    let mut world = World::with_seed(1);
    let shops: Vec<Shop> = (0..SHOPS)
        .map(|number| world.shop(&format!("shop{number}.example")))
        .collect();
    let templates: Vec<Vec<Clear>> = shops
        .iter()
        .map(|shop| {
            Category::ALL
                .map(|category| world.template(shop, category))
                .to_vec()
        })
        .collect();
    let customers: Vec<Customer> = (0..CUSTOMERS)
        .map(|number| world.customer(&shops[number % SHOPS]))
        .collect();
    let mut models: Vec<Model> = (0..CUSTOMERS).map(|_| Model::default()).collect();
    let mut shop_models: Vec<ShopModel> = (0..SHOPS).map(|_| ShopModel::default()).collect();
    let mut seen = BTreeMap::new();
    for deed in deeds {
        let now = world.now();
        match *deed {
            Deed::CustomerSays(c, reply) => {
                let said = world.customer_says(&customers[c], if reply { REPLY } else { CONTROL });
                let (model, shop) = (&mut models[c], &shop_models[c % SHOPS]);
                let may = !shop.revoked
                    && shop.suspended_until <= now
                    && !model.left
                    && !model.blocked
                    && paced(&model.said_by_customer, now);
                assert_eq!(said.is_ok(), may, "{deed:?} {said:?}");
                if may {
                    model.said_by_customer.push(now);
                    if reply {
                        model.replied = Some(now);
                        model.marketing_since_reply = false;
                    }
                }
            }
            Deed::ShopSays(c, reply) => {
                let clear = if reply { REPLY } else { CONTROL };
                let said = world.shop_says(&shops[c % SHOPS], &customers[c], clear);
                let (model, shop) = (&mut models[c], &shop_models[c % SHOPS]);
                let heard =
                    !shop.revoked && shop.suspended_until <= now && !model.left && !model.blocked;
                let may = heard && model.window_is_open(now) && paced(&model.said_by_shop, now);
                assert_eq!(said.is_ok(), may, "{deed:?} {said:?}");
                if may {
                    model.said_by_shop.push(now);
                } else if heard && !model.window_is_open(now) {
                    assert_eq!(said.unwrap_err().rule, Rule::WindowClosed);
                }
            }
            Deed::ShopSends(c, category) => {
                let clear = templates[c % SHOPS][category];
                let said = world.shop_says(&shops[c % SHOPS], &customers[c], clear);
                let (model, shop) = (&mut models[c], &shop_models[c % SHOPS]);
                let may = !shop.revoked
                    && shop.suspended_until <= now
                    && !model.left
                    && !model.blocked
                    && model.may_send(category, now)
                    && paced(&model.said_by_shop, now);
                assert_eq!(said.is_ok(), may, "{deed:?} {said:?}");
                if may {
                    model.said_by_shop.push(now);
                    model.sent[category].push(now);
                    model.marketing_since_reply |= category == 0;
                } else if let Some(until) = said.unwrap_err().until {
                    assert!(
                        until.value() > now,
                        "what is allowed later is not allowed now"
                    );
                }
            }
            Deed::Opts(c, category, on) => {
                let number = customers[c].number;
                if !models[c].left {
                    let opt_in = if on { OptIn::In } else { OptIn::Out };
                    let category = Category::ALL[category];
                    world
                        .does(move |desk| {
                            let mut own = talk::try_load(desk.tx, number)?.unwrap();
                            talk::opt(desk, &mut own, category, opt_in)
                        })
                        .unwrap();
                    models[c].out[category.place()] = !on;
                }
            }
            Deed::Blocks(c, on) => {
                let number = customers[c].number;
                let blocking = if on { Blocking::On } else { Blocking::Off };
                world
                    .does(move |desk| {
                        let mut own = talk::try_load(desk.tx, number)?.unwrap();
                        talk::block(desk, &mut own, blocking)
                    })
                    .unwrap();
                models[c].blocked = on;
            }
            Deed::Leaves(c) => {
                world.leaves(&customers[c]);
                assert!(world.for_customer(&customers[c]).is_empty());
                models[c].left = true;
            }
            Deed::CustomerCollects(c) => {
                let events = world.for_customer(&customers[c]);
                assert!(!models[c].left || events.is_empty(), "a hard stop");
                follow(&mut seen, &events, false);
                world.collects(Receiver::customer(customers[c].number));
            }
            Deed::ShopCollects(s) => {
                let events = world.for_shop(&shops[s]);
                follow(&mut seen, &events, true);
                world.collects(Receiver::business(shops[s].number));
            }
            Deed::Suspends(s, seconds) => {
                let (number, until) = (shops[s].number, now + seconds);
                let suspended = world
                    .does(move |desk| registry::suspend(desk, number, Reason::Terms, until))
                    .unwrap();
                assert_eq!(suspended.is_err(), shop_models[s].revoked);
                if suspended.is_ok() {
                    shop_models[s].suspended_until = until;
                }
            }
            Deed::Revokes(s) => {
                world.revokes(&shops[s]);
                shop_models[s].revoked = true;
            }
            Deed::Waits(seconds) => world.pass(seconds),
            Deed::Steps(by) => {
                world
                    .clock
                    .set_wall(Wall::from_seconds(now.saturating_add_signed(by)));
                assert_eq!(world.now(), now, "the relay's time does not follow");
            }
            Deed::Restarts(by) => {
                // Whatever was answered was written down with its time.
                world.does(|_| Ok(())).unwrap();
                world = world.restart_at(now.saturating_add_signed(by));
                assert!(world.now() >= now, "the relay's time runs backwards");
            }
        }
        world.chores();
    }
    for (number, customer) in customers.iter().enumerate() {
        if !models[number].left {
            follow(&mut seen, &world.for_customer(customer), false);
        }
    }
    for shop in &shops {
        follow(&mut seen, &world.for_shop(shop), true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_no_rule_is_broken_and_no_sequence_has_a_gap(
        deeds in prop::collection::vec(deeds(), 1..120)
    ) {
        play(&deeds);
    }
}
