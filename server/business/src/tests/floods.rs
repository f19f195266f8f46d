//! `Flooder`, who asks too often, or leaves too much lying: each bound, and what goes on beyond it. (SPEC B-15,
//! B-25, B-10)

use std::num::NonZeroU64;
use std::sync::atomic::Ordering;

use partywall_business::answer::Answer;
use partywall_business::consent::{Choices, Draft, Party, Refusal as Objection};
use partywall_business::id::{AccountKey, BusinessId, PairwiseKey};
use partywall_business::request::{Shelve, Take};
use partywall_business::signed::Signed;
use partywall_business::{
    Blocking, Categories, Category, Number, OptIn, Rule, SealedBundle, ShelfBefore,
};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;

use super::house::House;
use super::words::{CONTROL, REPLY};
use super::world::{Customer, NOON, Shop, World};
use crate::effects::Receiver;
use crate::limits::{SHELF_BURST, UNCOLLECTED_BYTES};
use crate::refusal::Refusal;
use crate::sharing::Observed;
use crate::{chores, registry, sharing, talk, templates};

const DAY: u64 = 86_400;

fn talking() -> (World, Shop, Customer) {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    (world, shop, customer)
}

#[test]
fn the_same_words_twice_are_one_message_answered_as_it_was_whatever_came_between() {
    let (mut world, shop, customer) = talking();
    let (own, number) = (customer.number, shop.number);
    let (asked, answered) = (
        world.say(customer.conversation, REPLY),
        world.say(customer.conversation, REPLY),
    );
    let to_shop = {
        let say = asked.clone();
        world.does(move |desk| talk::say_as_customer(desk, own, &say, Observed::default()))
    };
    let to_customer = {
        let say = answered.clone();
        world.does(move |desk| talk::say_as_business(desk, number, &say))
    };
    let lying = (
        world.for_shop(&shop).len(),
        world.for_customer(&customer).len(),
    );
    world.pass(DAY);
    world.shared.tools.low_disk.store(true, Ordering::Relaxed);
    for _ in 0..30 {
        let say = asked.clone();
        let again =
            world.does(move |desk| talk::say_as_customer(desk, own, &say, Observed::default()));
        assert_eq!(again, to_shop);
        let say = answered.clone();
        let again = world.does(move |desk| talk::say_as_business(desk, number, &say));
        assert_eq!(
            again, to_customer,
            "the window has closed, the answer stands"
        );
    }
    let lies = (
        world.for_shop(&shop).len(),
        world.for_customer(&customer).len(),
    );
    assert_eq!(lies, lying);
    world.shared.tools.low_disk.store(false, Ordering::Relaxed);
    assert!(world.customer_says(&customer, CONTROL).is_ok());
    let older = world
        .does(move |desk| talk::say_as_customer(desk, own, &asked, Observed::default()))
        .unwrap();
    assert_ne!(
        older.event,
        to_shop.unwrap().event,
        "only the last is known again"
    );
}

#[test]
fn on_low_disk_neither_side_says_anything_new() {
    let (mut world, shop, customer) = talking();
    world.customer_says(&customer, REPLY).unwrap();
    world.shared.tools.low_disk.store(true, Ordering::Relaxed);
    let low = Some(Refusal::from(Rule::LowDisk));
    assert_eq!(world.customer_says(&customer, REPLY).err(), low);
    assert_eq!(world.shop_says(&shop, &customer, REPLY).err(), low);
    world.shared.tools.low_disk.store(false, Ordering::Relaxed);
    assert!(world.shop_says(&shop, &customer, REPLY).is_ok());
}

fn opts(world: &mut World, customer: &Customer, place: u64) -> Result<(), Refusal> {
    let own = customer.number;
    let opt_in = if place.is_multiple_of(2) {
        OptIn::Out
    } else {
        OptIn::In
    };
    world.does(move |desk| {
        let mut own = talk::try_load(desk.tx, own)?.unwrap();
        talk::opt(desk, &mut own, Category::Utility, opt_in)
    })
}

fn consents(world: &mut World, shop: &Shop, key: &SigningKey, counter: u64, on: bool) -> Signed {
    let now = Seconds::new(world.now());
    let accepted = world.shared.tools.tables.current(now).unwrap();
    let draft = Draft {
        business: shop.id,
        accepted: &accepted,
        choices: if on {
            accepted.choosable(None)
        } else {
            Choices::essential_only()
        },
        region: None,
        counter: NonZeroU64::new(counter).unwrap(),
        issued: now,
        expiry: Seconds::new(world.now() + 365 * DAY),
        refusal: Objection::None,
    };
    Signed::decode(&draft.sign(key).unwrap().encode()).unwrap()
}

#[test]
fn a_customer_changes_twenty_things_at_once_and_one_in_ten_seconds() {
    let (mut world, _shop, customer) = talking();
    for place in 0..20 {
        assert!(opts(&mut world, &customer, place).is_ok());
    }
    let pace = Refusal::until(Rule::Pace, Seconds::new(NOON + 10));
    assert_eq!(opts(&mut world, &customer, 20), Err(pace));
    assert!(
        opts(&mut world, &customer, 19).is_ok(),
        "nothing would change"
    );
    let own = customer.number;
    let blocks = move |desk: &mut crate::desk::Desk<'_>| {
        let mut own = talk::try_load(desk.tx, own)?.unwrap();
        talk::block(desk, &mut own, Blocking::On)
    };
    assert_eq!(world.does(blocks), Err(pace));
    assert!(
        world.customer_says(&customer, REPLY).is_ok(),
        "words have a pace of their own"
    );
    let mut world = world.restart_at(NOON + 9);
    assert_eq!(
        opts(&mut world, &customer, 20),
        Err(pace),
        "it outlives a start"
    );
    world.pass(1);
    assert!(opts(&mut world, &customer, 20).is_ok());
    assert!(opts(&mut world, &customer, 21).is_err());
    world.leaves(&customer);
}

#[test]
fn who_withdraws_waits_for_nothing_and_who_consents_keeps_the_pace() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let (key, rights) = (
        SigningKey::draw(&mut world.dice),
        SigningKey::draw(&mut world.dice),
    );
    let mut begin = world.begin(&shop, &key, &rights, Categories::none());
    begin.consent = consents(&mut world, &shop, &key, 1, true);
    let id = world.does_begin(&key, begin).unwrap();
    let number = world.reads(|rows| talk::find(rows, &id)).unwrap().number;
    let party = Party {
        business: shop.id,
        pairwise: PairwiseKey::from(&key.public()),
    };
    let (mut stands, mut consented) = (true, 0);
    for counter in 2..60 {
        let on = counter % 2 == 1;
        let signed = consents(&mut world, &shop, &key, counter, on);
        let done = world.does(move |desk| {
            let mut own = talk::try_load(desk.tx, number)?.unwrap();
            let weighed = sharing::weigh(desk, &party, &signed, Vec::new())?;
            let _landed = sharing::take(desk, &mut own, weighed)?;
            own.save(desk)
        });
        match done {
            Ok(()) => {
                consented += u32::from(on);
                stands = on;
            }
            Err(refused) => {
                assert_eq!(refused.rule, Rule::Pace);
                assert!(on || !stands, "what withdraws is taken");
            }
        }
    }
    assert_eq!((consented, stands), (20, false));
}

#[test]
fn whatever_lies_uncollected_counts_and_weighs_until_it_is_collected() {
    let (mut world, shop, customer) = talking();
    let weight = |world: &World| {
        world.reads(|rows| {
            let select = "SELECT uncollected FROM businesses";
            Ok(rows.query_row(select, [], |row| row.get::<_, i64>(0))?)
        })
    };
    for place in 0..999 {
        assert!(opts(&mut world, &customer, place).is_ok());
        world.pass(10);
    }
    let full = Some(Refusal::from(Rule::MailFull));
    assert_eq!(opts(&mut world, &customer, 999).err(), full);
    assert_eq!(world.customer_says(&customer, REPLY).err(), full);
    assert_eq!(world.collects(Receiver::business(shop.number)), 1_000);
    assert_eq!(weight(&world), 0);
    world.customer_says(&customer, REPLY).unwrap();
    world.shop_says(&shop, &customer, REPLY).unwrap();
    assert!(weight(&world) > 2 * 4_096);
    world.leaves(&customer);
    world.collects(Receiver::business(shop.number));
    assert_eq!(weight(&world), 0);
}

#[test]
fn a_business_of_which_too_much_lies_uncollected_gets_and_says_no_more() {
    let (mut world, shop, customer) = talking();
    world.customer_says(&customer, REPLY).unwrap();
    world
        .does(|desk| {
            desk.tx.execute(
                "UPDATE businesses SET uncollected = ?1",
                [UNCOLLECTED_BYTES],
            )?;
            Ok(())
        })
        .unwrap();
    let full = Some(Refusal::from(Rule::MailFull));
    assert_eq!(world.customer_says(&customer, REPLY).err(), full);
    assert_eq!(world.shop_says(&shop, &customer, REPLY).err(), full);
    world.collects(Receiver::business(shop.number));
    assert!(world.customer_says(&customer, REPLY).is_ok());
}

#[test]
fn two_hundred_conversations_of_a_business_begin_at_once_and_one_a_second() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    for _ in 0..200 {
        world.customer(&shop);
    }
    let (key, rights) = (
        SigningKey::draw(&mut world.dice),
        SigningKey::draw(&mut world.dice),
    );
    let begin = world.begin(&shop, &key, &rights, Categories::none());
    let refused = world.does_begin(&key, begin.clone()).unwrap_err();
    assert_eq!(refused, Refusal::until(Rule::Pace, Seconds::new(NOON + 1)));
    world.pass(1);
    assert!(world.does_begin(&key, begin).is_ok());
}

#[test]
fn who_was_never_verified_is_gone_after_thirty_days_and_keeps_no_verified_one_from_a_change() {
    let mut world = World::with(1, |settings| settings.enrolments = 3);
    let shop = world.shop("bakery.example");
    let waiting: Vec<_> = (0..3)
        .map(|place| world.enrolled(World::enrol(&format!("x{place}.example"))))
        .collect();
    let enrols = |world: &mut World, key: &SigningKey, domain: &str, endpoint: u8| {
        let account = AccountKey::from(&key.public());
        let mut enrol = World::enrol(domain);
        enrol.endpoint = partywall_business::Endpoint::new([endpoint; 64]);
        world.does(move |desk| registry::enrol(desk, &account, &enrol))
    };
    let honest = SigningKey::draw(&mut world.dice);
    let busy = Err(Refusal::from(Rule::Busy));
    assert_eq!(enrols(&mut world, &honest, "honest.example", 7), busy);
    assert_eq!(enrols(&mut world, &shop.key, "bakery.example", 8), Ok(()));
    let chore = |world: &mut World| while world.does(chores::round).unwrap() {};
    let is_there =
        |world: &World, number| world.reads(|rows| Ok(registry::try_load(rows, number)?.is_some()));
    world.pass(30 * DAY);
    chore(&mut world);
    assert!(is_there(&world, waiting[0].number));
    world.pass(60);
    chore(&mut world);
    assert!(waiting.iter().all(|gone| !is_there(&world, gone.number)));
    assert!(is_there(&world, shop.number), "what was verified stays");
    assert_eq!(enrols(&mut world, &honest, "honest.example", 7), Ok(()));
    let newest = world.reads(registry::last_number);
    assert!(newest > waiting[2].number, "no number is given out twice");
}

#[test]
fn a_template_that_later_rules_refuse_is_unknown_and_stops_nobody() {
    let (mut world, shop, _customer) = talking();
    let (id, _) = world.submitted(&shop, Category::Utility);
    let approved = |world: &World| {
        let keys = super::world::keys();
        world.reads(|rows| Ok(templates::approved(rows, &keys, &id)?.is_some()))
    };
    assert!(approved(&world));
    world
        .does(|desk| {
            desk.tx.execute("UPDATE templates SET bytes = x'a0'", [])?;
            Ok(())
        })
        .unwrap();
    assert!(!approved(&world));
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_who_take_too_fast_never_come_to_the_writer() {
    let house = House::new();
    let key = SigningKey::from_seed(&[5; 32]);
    let mut shop = house.shop(&key, "bakery.example").await;
    let bundle = |byte| SealedBundle::try_from(vec![byte; SealedBundle::LENGTH]).unwrap();
    let shelve = Shelve {
        number: Number::FIRST,
        before: ShelfBefore::Kept,
        one_time: (0..32).map(bundle).collect::<Vec<_>>().try_into().unwrap(),
        last_resort: Some(bundle(99)),
    };
    assert!(matches!(shop.asks(shelve).await, Answer::Shelved(_)));
    let mut guest = house.guest(7).await;
    let business = BusinessId::of(&AccountKey::from(&key.public()));
    let (before, mut once) = (house.plane.gauges().jobs, 0);
    for _ in 0..200 {
        let take = Take {
            number: Number::FIRST,
            business,
        };
        let Answer::Taken(taken) = guest.asks(take).await else {
            panic!("something lies there");
        };
        once += u64::from(taken.bundle != Some(bundle(99)));
    }
    assert_eq!(once, u64::from(SHELF_BURST));
    // Besides these, only the wing's own beat.
    let jobs = house.plane.gauges().jobs - before;
    assert!((once..once + 20).contains(&jobs), "{jobs} jobs");
}
