//! A disk that is full: nothing is kept, nothing is lost, what only lets go is done. (SPEC §11.8,
//! low-disk)

use partywall_store::{Committer, Place};

use super::words::REPLY;
use super::world::World;
use crate::effects::Receiver;
use crate::scribe::{Answer, Job};
use crate::store::Disk;
use crate::talk;
use crate::wing::settled;

fn say(world: &mut World, shop: i64, customer: &super::world::Customer) -> Job {
    let say = world.say(customer.conversation, REPLY);
    Job::new(4_608, move |desk| {
        settled(talk::say_as_business(desk, shop, &say))
    })
}

#[test]
fn on_a_full_disk_nothing_is_taken_and_leaving_is_still_a_hard_stop() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    world.customer_says(&customer, REPLY).unwrap();
    world.shop_says(&shop, &customer, REPLY).unwrap();
    world.scribe.disk = Disk::that_says(&Place::memory(), Box::new(|| Some(0)));
    let job = say(&mut world, shop.number, &customer);
    let answers = world.scribe.commit(&[job]).unwrap();
    assert!(matches!(answers[..], [Answer::NoRoom]));
    assert_eq!(world.for_customer(&customer).len(), 1);
    assert_eq!(world.collects(Receiver::customer(customer.number)), 1);
    world.leaves(&customer);
    assert!(world.shop_says(&shop, &customer, REPLY).is_err());
}

#[test]
fn a_disk_that_fills_in_the_middle_of_a_group_undoes_all_of_it_and_what_was_remembered() {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customers: Vec<_> = (0..4).map(|_| world.customer(&shop)).collect();
    for customer in &customers {
        world.customer_says(customer, REPLY).unwrap();
    }
    let limit = |world: &World, pages: u32| {
        let set =
            world
                .scribe
                .connection
                .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
        set.unwrap();
    };
    limit(&world, 1);
    let jobs: Vec<Job> = (0..64)
        .map(|place| say(&mut world, shop.number, &customers[place % 4]))
        .collect();
    let place = world.scribe.memory.next_place;
    let answers = world.scribe.commit(&jobs).unwrap();
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Answer::NoRoom))
    );
    assert!(
        world.scribe.memory.next_place >= place,
        "no place is given out twice"
    );
    for customer in &customers {
        assert!(world.for_customer(customer).is_empty());
    }
    limit(&world, u32::MAX - 1);
    for customer in &customers {
        let said = world.shop_says(&shop, customer, REPLY).unwrap();
        assert_eq!(
            said.sequence.value().get(),
            1,
            "what was undone left no gap"
        );
    }
}
