//! `RogueBusiness` and `RogueAgent`, who want to know more than they may. (P03, P09, P25, P35)
//! Knows: what each of them can send, and what it hears. Never knows: the rules that refuse it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use partywall_row::Row;
use partywall_store::sql::types::Value;
use partywall_test_separation::business::BusinessWing;
use partywall_test_separation::business::trace::Step;
use partywall_test_separation::{House, Script, tables};
use partywall_world::Dice;

/// A house on the day on which it opened: two verified businesses, and the strict policy.
fn opened(seed: u64) -> House {
    let mut house = House::of(seed, None);
    let mut script = Script::of(seed);
    script.turns.truncate(1);
    house.lives(&script);
    house
}

fn wing(house: &mut House) -> &mut BusinessWing {
    house.business.as_mut().unwrap()
}

/// P09: a rogue business uploads the contacts that it has, in every form that a look-up takes.
#[test]
fn a_rogue_business_that_uploads_its_contacts_learns_of_none_that_they_are_customers() {
    let mut row = Row::of("P09");
    let mut house = opened(row.seed());
    let mut dice = Dice::seeded(row.seed());
    let wing = wing(&mut house);
    for customer in 0..10 {
        wing.willing = Some(431_000_000_000 + customer);
        wing.does(&Step::Begin(1));
    }
    assert_eq!(wing.conversations(), 10);
    let names = wing.names_of_customers();
    let of_nobody = wing.business_looks_up(0, dice.bytes());
    assert!(
        of_nobody
            .as_ref()
            .is_some_and(|told| told.contains("NoSuchBusiness"))
    );
    for name in &names {
        assert_eq!(wing.business_looks_up(0, *name), of_nobody);
        row.tried(1);
    }
    let most = row.times(200, 2_000);
    for contact in 0..most {
        // The first ten are customers' numbers; the others nobody has.
        for domain in [
            format!("{}.example", 431_000_000_000 + contact),
            format!("c{contact}.tel"),
        ] {
            assert_eq!(wing.business_looks_for(0, &domain), of_nobody);
            row.tried(1);
        }
    }
    row.figure(format!(
        "{} names of customers and {} numbers looked up",
        names.len(),
        2 * most
    ));
}

/// P25: there are no agents and no tokens; whoever comes with another key than the one that enrolled is
/// nobody, and there is nothing that could be read with less than it.
#[test]
fn a_rogue_agent_with_a_key_of_its_own_is_nobody_and_reads_nothing() {
    let mut row = Row::of("P25");
    for seed in 0..row.times(3, 30) {
        let mut house = House::of(seed, None);
        let mut script = Script::of(seed);
        script.turns.truncate(2);
        house.lives(&script);
        let wing = wing(&mut house);
        for shop in [0, 1] {
            let customer = wing.somebody_begins(shop).unwrap();
            wing.does(&Step::Say(customer));
        }
        assert!(wing.conversations() >= 2);
        assert_eq!(
            wing.stranger_logs_in_as_business().as_deref(),
            Some("Business(Unknown)")
        );
        for (asked, told) in wing.agent_asks_for_everything() {
            let nothing = match asked {
                "events" => told == "0",
                "templates" => told == "0 templates" || told.starts_with("N"),
                "standing" => told == "Unknown",
                _ => told.starts_with('N'),
            };
            assert!(nothing, "{asked}: {told}");
            row.tried(1);
        }
    }
    let mut house = opened(1);
    let written = wing(&mut house).place.look().unwrap();
    for (table, _) in tables(&written).unwrap() {
        let is_of_agents = ["agent", "token", "staff", "session", "role"];
        assert!(
            !is_of_agents.iter().any(|word| table.contains(word)),
            "{table}"
        );
    }
}

/// What a customer does between two words of its business.
#[derive(Clone, Copy, Debug)]
enum Presence {
    Away,
    There,
    Reads,
    ComesAndGoes,
}

/// P35: what a business hears while it writes to a customer, word for word.
fn heard(presence: Presence, seed: u64, words: u64) -> Vec<String> {
    let mut house = opened(seed);
    let clock = house.clock.clone();
    let wing = wing(&mut house);
    let customer = wing.somebody_begins(0);
    let customer = customer.expect("of many customers a shop takes one");
    wing.does(&Step::Say(customer));
    wing.does(&Step::Answer(customer));
    if matches!(presence, Presence::Away | Presence::ComesAndGoes) {
        wing.does(&Step::Vanish(customer));
    }
    for _ in 0..words {
        clock.advance(Duration::from_secs(60));
        match presence {
            Presence::Away | Presence::There => {}
            Presence::Reads => wing.customer_collects(customer),
            Presence::ComesAndGoes => {
                wing.customer_collects(customer);
                wing.does(&Step::Vanish(customer));
            }
        }
        wing.does(&Step::Answer(customer));
    }
    clock.advance(Duration::from_secs(60));
    wing.does(&Step::Say(customer));
    wing.heard_by_shop(0)
}

#[test]
fn a_rogue_business_cannot_tell_whether_its_customer_is_there_or_read_anything() {
    let mut row = Row::of("P35");
    for seed in 0..row.times(3, 50) {
        let away = heard(Presence::Away, seed, 12);
        assert!(
            away.iter()
                .filter(|line| line.starts_with("accepted"))
                .count()
                >= 12
        );
        assert!(away.iter().any(|line| line.starts_with("event")));
        for presence in [Presence::There, Presence::Reads, Presence::ComesAndGoes] {
            assert_eq!(heard(presence, seed, 12), away, "{presence:?}");
            row.tried(1);
        }
    }
}

/// Every way in which a database or a log may have written an address down.
fn written_as(address: IpAddr) -> Vec<Vec<u8>> {
    let IpAddr::V6(six) = address else {
        panic!("these come by IPv6")
    };
    let segments = six.segments().map(|part| format!("{part:04x}")).join(":");
    let mut forms = crate::joins::forms(&six.octets());
    forms.extend([address.to_string().into_bytes(), segments.into_bytes()]);
    forms
}

/// P03: nobody may be told of addresses, so none is written down anywhere.
#[test]
fn the_address_that_a_customer_comes_from_is_written_nowhere() {
    let mut row = Row::of("P03");
    let mut dice = Dice::seeded(row.seed());
    let mut addresses = BTreeSet::new();
    let mut house = opened(row.seed());
    let clock = house.clock.clone();
    let wing = wing(&mut house);
    for customer in 0..usize::try_from(row.times(8, 100)).unwrap() {
        wing.does(&Step::Begin(0));
        let address = IpAddr::V6(Ipv6Addr::from_bits(u128::from_be_bytes(dice.bytes())));
        wing.customer_moves(customer, address);
        addresses.insert(address);
        clock.advance(Duration::from_secs(5));
        wing.does(&Step::Say(customer));
        wing.does(&Step::Rights(customer));
        wing.does(&Step::Vanish(customer));
    }
    let mut written = wing.rig.log().bytes();
    for value in tables(&wing.place.look().unwrap())
        .unwrap()
        .into_iter()
        .flat_map(|(_, rows)| rows.into_iter().flatten())
    {
        match value {
            Value::Blob(bytes) => written.extend(bytes),
            Value::Text(text) => written.extend(text.into_bytes()),
            _ => {}
        }
        written.push(0);
    }
    assert!(written.len() > 10_000, "something is written down");
    for address in addresses {
        for form in written_as(address) {
            let lies = written.windows(form.len()).any(|bytes| bytes == form);
            assert!(!lies, "an address is written down");
            row.tried(1);
        }
    }
}
