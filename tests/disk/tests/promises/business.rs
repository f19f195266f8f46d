//! The business wing keeps the same promise with the same disk. (SPEC B-6, B-17)

use partywall_test_disk::event::{Event, Moment, Watched};
use partywall_test_disk::judge::{BUSINESS, History, judge};
use partywall_test_disk::shop::{Customer, Shop};

use crate::House;
use crate::failing::{FAULT, ends_with_one_sentence, the_disk_is_not_asked_again};

const FEW: u32 = 10;

fn history(customer: &mut Customer, said: &[Moment]) -> History {
    History {
        who: customer.who,
        port: customer.line().port(),
        number_before: Customer::BEFORE,
        said: said.to_vec(),
        accepted: customer.accepted,
    }
}

#[test]
fn what_customers_say_is_accepted_after_its_fsync_whether_the_business_is_there_or_not() {
    let House { relay, disk, .. } = &House::open();
    let shop = Shop::open(relay).unwrap();
    let mut customers = [1, 2, 3, 4, 5].map(|who| Customer::begin(relay, who).unwrap());
    let mut said = customers.each_ref().map(|_| Vec::new());
    let mut all_say = |customers: &mut [Customer]| {
        for (customer, said) in customers.iter_mut().zip(&mut said) {
            said.push(disk.now());
            customer.say();
        }
    };
    for _ in 0..FEW {
        all_say(&mut customers);
    }
    for customer in &mut customers {
        customer.wait_for(FEW).unwrap();
    }
    drop(shop);
    let begin = disk.now();
    disk.hold(Watched::BusinessLog);
    for _ in 0..FEW {
        all_say(&mut customers);
    }
    disk.await_since(begin, "an fsync begins", |events| {
        let begins = |event: &Event| matches!(event, Event::FsyncBegins(Watched::BusinessLog, _));
        events.iter().any(|(_, event)| begins(event))
    })
    .unwrap();
    for customer in &mut customers {
        assert_eq!(customer.line().twice_round().unwrap().len(), 0);
    }
    let accepted = |(_, event): &(Moment, Event)| matches!(event, Event::Accepted(..));
    assert!(!disk.since(begin).iter().any(accepted));
    disk.release(Watched::BusinessLog);
    let mut histories = Vec::new();
    for (customer, said) in customers.iter_mut().zip(&said) {
        customer.wait_for(2 * FEW).unwrap();
        histories.push(history(customer, said));
    }
    let judged = judge(BUSINESS, &disk.since(0), &histories).unwrap();
    assert_eq!((judged.accepted, judged.left_out), (100, 0));
    println!(
        "{} accepted, each after the fsync of its own commit",
        judged.accepted
    );
}

#[test]
fn when_the_business_wings_disk_fails_nothing_is_accepted_from_then_on() {
    let mut house = House::open();
    let (relay, disk) = (&house.relay, &house.disk);
    let mut shop = Shop::open(relay).unwrap();
    let mut customer = Customer::begin(relay, 1).unwrap();
    let files = [Watched::Business, Watched::BusinessLog];
    let mut said = Vec::new();
    let code = loop {
        while customer.said < customer.accepted + 8 {
            said.push(disk.now());
            customer.say();
        }
        if customer.accepted == FEW {
            disk.fail_from(2, &files);
        }
        if let Err(code) = customer.wait_for(customer.accepted + 1) {
            break code;
        }
    };
    assert_eq!(code, FAULT);
    assert_eq!(shop.line().end(|_| {}).unwrap(), FAULT);
    ends_with_one_sentence(&mut house.relay);
    let events = house.disk.since(0);
    judge(BUSINESS, &events, &[history(&mut customer, &said)]).unwrap();
    the_disk_is_not_asked_again(&events, files);
    house.again();
}
