//! Rows that are not what they should be: what needs them is refused, and everything else goes on.

use partywall_business::consent::HIGHEST;
use partywall_business::signed::Signed;
use partywall_business::{Categories, Rule, labels};
use partywall_proof::SigningKey;
use partywall_store::sql::Error;
use partywall_store::{Committer, Place};

use super::words::REPLY;
use super::world::{Customer, NOON, Shop, World};
use crate::refusal::Trouble;
use crate::scribe::{Answer, Job};
use crate::sharing::Observed;
use crate::wing::settled;
use crate::{chores, talk};

/// A consent whose number is another one, signed as it then is.
fn numbered(world: &World, shop: &Shop, key: &SigningKey, counter: u64) -> Signed {
    let last = world.consent(shop, key, HIGHEST).bytes;
    let number = |counter: u64| [&[0x1b][..], &counter.to_be_bytes()].concat();
    let place = last
        .windows(9)
        .position(|bytes| bytes == number(HIGHEST))
        .unwrap();
    let mut bytes = last.to_vec();
    bytes.splice(place..place + 9, number(counter));
    Signed::make(key, labels::CONSENT, bytes)
}

#[test]
fn the_highest_number_of_a_consent_is_taken_and_no_higher_one() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    for counter in [HIGHEST, HIGHEST + 1, u64::MAX - 1, u64::MAX] {
        let (key, rights) = (
            SigningKey::draw(&mut world.dice),
            SigningKey::draw(&mut world.dice),
        );
        let mut begin = world.begin(&shop, &key, &rights, Categories::none());
        begin.consent = numbered(&world, &shop, &key, counter);
        let begun = world.does_begin(&key, begin);
        if counter > HIGHEST {
            assert_eq!(begun.unwrap_err().rule, Rule::BadConsent);
            continue;
        }
        let conversation = begun.unwrap();
        let found = world.reads(|rows| talk::find(rows, &conversation));
        let customer = Customer {
            conversation,
            number: found.unwrap().number,
        };
        assert!(world.customer_says(&customer, REPLY).is_ok());
    }
}

fn says(world: &mut World, customer: &Customer) -> Job {
    let (own, say) = (customer.number, world.say(customer.conversation, REPLY));
    Job::new(0, move |desk| {
        settled(talk::say_as_customer(desk, own, &say, Observed::default()))
    })
}

/// What an earlier release might have left of a customer.
fn breaks(world: &mut World, customer: &Customer) {
    let id = customer.conversation;
    world
        .does(move |desk| {
            desk.tx.execute(
                "UPDATE acceptances SET counter = -1 WHERE conversation = ?1",
                [id.as_bytes()],
            )?;
            desk.tx.execute(
                "INSERT INTO counts (conversation, messages) VALUES (?1, 1)",
                [id.as_bytes()],
            )?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn one_conversation_that_is_not_as_it_should_be_stops_nobody_else() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customers: Vec<_> = (0..3).map(|_| world.customer(&shop)).collect();
    breaks(&mut world, &customers[1]);
    // As after a start: nothing of it is remembered.
    world
        .does(|desk| {
            let key = desk.keys.business().public();
            Ok(desk.memory.policies.read_again(desk.tx, &key)?)
        })
        .unwrap();
    let jobs: Vec<_> = customers
        .iter()
        .map(|customer| says(&mut world, customer))
        .collect();
    let answers = world.scribe.commit(&jobs).unwrap();
    assert!(matches!(
        answers[..],
        [Answer::Done(_), Answer::Faulty, Answer::Done(_)]
    ));
    let told: Vec<_> = world.for_shop(&shop);
    let of = |customer: &Customer| {
        let own = told
            .iter()
            .filter(|event| event.conversation == customer.conversation);
        own.filter(|event| event.news.number() == 1).count()
    };
    assert_eq!(customers.iter().map(of).collect::<Vec<_>>(), [1, 0, 1]);
    // What was undone left no gap.
    let number = customers[1].number;
    let left = world.reads(|rows| talk::try_load(rows, number)).unwrap();
    assert_eq!(left.to_business, 1);
}

#[test]
fn chores_skip_a_conversation_that_is_not_as_it_should_be_and_do_the_rest_after_every_start() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file(folder.path().join("business.db"));
    let mut world = World::at(place, 1);
    let shop = world.shop("bakery.example");
    let customers: Vec<_> = (0..3).map(|_| world.customer(&shop)).collect();
    for customer in &customers {
        let id = customer.conversation;
        world
            .does(move |desk| {
                desk.tx.execute(
                    "INSERT OR IGNORE INTO counts (conversation, messages) VALUES (?1, 1)",
                    [id.as_bytes()],
                )?;
                Ok(())
            })
            .unwrap();
    }
    let id = customers[1].conversation;
    world
        .does(move |desk| {
            desk.tx.execute(
                "UPDATE acceptances SET counter = -1 WHERE conversation = ?1",
                [id.as_bytes()],
            )?;
            Ok(())
        })
        .unwrap();
    for start in 1..3 {
        world = world.restart_at(NOON + 120 * start);
        while world.does(chores::round).unwrap() {}
        let left = |world: &World| {
            world.reads(|rows| {
                let count = "SELECT COUNT(*) FROM counts";
                Ok(rows.query_row(count, [], |row| row.get::<_, i64>(0))?)
            })
        };
        assert_eq!(
            left(&world),
            1,
            "what nobody may know is let go of, but for one"
        );
    }
}

#[test]
fn what_is_the_disks_fault_is_still_everybodys() {
    let mut world = World::with_seed(1);
    for fatal in [
        Error::SqliteFailure(partywall_store::sql::ffi::Error::new(10), None),
        Error::SqliteFailure(partywall_store::sql::ffi::Error::new(11), None),
    ] {
        let error = std::sync::Mutex::new(Some(fatal));
        let job = Job::new(0, move |_| {
            let error = error.lock().unwrap().take();
            settled::<()>(Err(Trouble::Store(error.unwrap().into())))
        });
        assert!(world.scribe.commit(&[job]).is_err());
    }
}
