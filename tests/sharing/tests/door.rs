//! The business's own door: what was read from the database for a business, and is not handed over yet, when a customer bars it. (B-23)

use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::event::{Event, News};
use partywall_business::request::{Consent, FromClient, Leave};
use partywall_business::{Declared, Number, Role};
use partywall_proof::SigningKey;
use partywall_socket::FrameSocket;
use partywall_test_sharing::door::{Line, now};
use partywall_test_sharing::oracle::Told;
use partywall_test_sharing::policy::{DAY, START, wide};
use partywall_test_sharing::relay::LIMITS;
use partywall_test_sharing::world::World;
use std::sync::Arc;

/// So little may be on its way to a business that does not read.
const NARROW: usize = 1_024;

/// A shop that does not read, with a page of disclosures on its way to it: the last are the last customer's.
async fn a_shop_that_does_not_read(world: &mut World, customers: usize) -> Line {
    world.opens_a_shop().await;
    world.publishes(&wide(START / DAY + 31)).await;
    world.clock.advance(Duration::from_secs(42 * DAY));
    world.collects(0).await;
    world.shops[0].line = None;
    for _ in 0..customers {
        world.begins(0, |_| true).await;
    }
    let (near, far) = tokio::io::duplex(NARROW);
    let relay = world.relay();
    relay.serve(far);
    let socket = FrameSocket::client(near, LIMITS, Arc::new(world.clock.clone())).await;
    let key = SigningKey::from_seed(&world.shops[0].key.to_seed());
    let role = Some((&key, Role::Business));
    let shop = Line::over(socket, now(&world.clock), role, &mut world.dice).await;
    let shop = shop.expect("this world goes on");
    // Until the page was read and the pipe is full.
    world.collected_nothing().await;
    shop
}

/// Rows of one customer that were disclosed.
fn disclosed(events: &[Event], world: &World, customer: usize) -> Vec<(u8, u8, u8)> {
    let conversation = world.customers[customer].conversation;
    events
        .iter()
        .filter(|event| event.conversation == conversation)
        .filter_map(|event| match &event.news {
            News::Disclosed { disclosure, .. } => Told::read(disclosure.as_bytes()),
            _ => None,
        })
        .map(|told| told.row)
        .collect()
}

async fn reads_to_the_end(shop: &mut Line) {
    while let Ok(Some(())) = tokio::time::timeout(Duration::from_millis(200), shop.listen()).await {
    }
}

/// Says a request, has the shop read once the answer does not come by itself, and tells what the shop heard after it.
async fn heard_after(
    world: &mut World,
    shop: &mut Line,
    customer: usize,
    request: impl FnOnce(Number) -> FromClient + Send + 'static,
) -> Vec<Event> {
    let mut line = world.customers[customer]
        .line
        .take()
        .expect("this world goes on");
    let mut asking = tokio::spawn(async move {
        let answer = line.ask(request).await;
        matches!(answer, Some(Answer::Done(_)))
    });
    // An answer that does not wait for the shop comes now.
    world.collected_nothing().await;
    while !asking.is_finished() {
        tokio::select! {
            biased;
            heard = shop.listen() => assert!(heard.is_some(), "the shop is served"),
            _answered = &mut asking => break,
        }
    }
    shop.events.clear();
    reads_to_the_end(shop).await;
    std::mem::take(&mut shop.events)
}

#[tokio::test]
async fn what_was_read_for_a_business_is_not_written_to_it_after_a_customer_left() {
    let mut world = World::begin(11).await;
    let mut shop = a_shop_that_does_not_read(&mut world, 9).await;
    let after = heard_after(&mut world, &mut shop, 8, |number| Leave { number }.into()).await;
    assert_eq!(disclosed(&after, &world, 8), []);
}

#[tokio::test]
async fn what_was_read_for_a_business_is_not_written_to_it_after_a_customer_withdrew() {
    let mut world = World::begin(12).await;
    let mut shop = a_shop_that_does_not_read(&mut world, 9).await;
    let (_, table) = world.finds(8).await.expect("this world goes on");
    let consent = world.signs(8, &table, None, |_| false);
    let withdraws = |number| {
        let declared = Declared::nothing();
        let consent = Consent {
            number,
            consent,
            declared,
        };
        consent.into()
    };
    let after = heard_after(&mut world, &mut shop, 8, withdraws).await;
    let of_consent: Vec<_> = disclosed(&after, &world, 8)
        .into_iter()
        .filter(|row| row.0 == 1)
        .collect();
    assert_eq!(of_consent, []);
}

#[tokio::test]
async fn a_business_that_does_not_read_for_ten_seconds_is_cut_off_and_the_customer_answered() {
    let mut world = World::begin(13).await;
    let mut shop = a_shop_that_does_not_read(&mut world, 9).await;
    let mut line = world.customers[8].line.take().expect("this world goes on");
    let leaving = tokio::spawn(async move {
        let answer = line.ask(|number| Leave { number }.into()).await;
        matches!(answer, Some(Answer::Done(_)))
    });
    world.collected_nothing().await;
    assert!(!leaving.is_finished(), "a page is in the door's hand");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    assert!(leaving.await.expect("this world goes on"));
    shop.events.clear();
    reads_to_the_end(&mut shop).await;
    assert_eq!(disclosed(&shop.events, &world, 8), []);
    assert!(shop.listen().await.is_none(), "it was cut off");
}

#[tokio::test]
async fn a_business_that_does_not_read_makes_no_customer_of_another_wait() {
    let mut world = World::begin(14).await;
    let _shop = a_shop_that_does_not_read(&mut world, 9).await;
    let other = world.opens_a_shop().await;
    let customer = world.begins(other, |_| true).await;
    world.leaves(customer).await;
    assert!(world.customers[customer].is_barred);
}
