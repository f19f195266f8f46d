//! Accepted under one table, told under two: only what both allow reaches a sink's bytes, also after the sunset. (SPEC T-10, T-16)

use std::collections::BTreeSet;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::{Declared, Rule, request};
use partywall_test_sharing::policy::{DAY, START, next, wide};
use partywall_test_sharing::world::{Who, World};

type Fact = (String, String, String, u64);

/// Field, value, recipient and days of everything that sinks hold of a customer and did not hold before.
fn new_facts(world: &World, customer: usize, seen: &mut BTreeSet<String>) -> BTreeSet<Fact> {
    let subjects = world.customers[customer].subjects();
    let mut facts = BTreeSet::new();
    for (place, sink) in world.sinks.iter().enumerate() {
        for one in sink.arrived(place) {
            let line = &one.line;
            let fresh = subjects.contains(&one.mention.subject) && seen.insert(one.mention.record);
            if fresh && line["field"] != "interaction_time" && line["field"] != "last_active" {
                let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
                let days = line["keep_days"].as_u64().expect("this world goes on");
                facts.insert((text("field"), text("value"), text("recipient"), days));
            }
        }
    }
    facts
}

fn fields(facts: &BTreeSet<Fact>) -> BTreeSet<(&str, &str, u64)> {
    facts
        .iter()
        .map(|(field, _, with, days)| (field.as_str(), with.as_str(), *days))
        .collect()
}

async fn declares(world: &mut World, customer: usize) {
    match world.declares(customer).await {
        Answer::Done(_) => {}
        Answer::Refused(refused) => unreachable!("refused by {:?}", refused.rule),
        _ => unreachable!("another answer"),
    }
}

#[tokio::test]
async fn only_what_both_tables_allow_leaves_before_and_after_the_new_one_holds_and_after_the_sunset()
 {
    let mut world = World::begin(31).await;
    world.opens_a_shop().await;
    let day = START / DAY;
    world.publishes(&wide(day + 31)).await;
    world.clock.advance(Duration::from_secs(42 * DAY));
    world.start_exporter();
    let customer = world.begins(0, |_| true).await;
    let (_, accepted) = world.finds(customer).await.expect("this world goes on");
    world.comes_to_rest().await;
    let mut seen = BTreeSet::new();
    let wide_fields = BTreeSet::from([
        ("country", "service_provider", 60),
        ("locale", "parent", 60),
        ("os_version", "service_provider", 20),
        ("phone_number", "parent", 90),
    ]);
    assert_eq!(fields(&new_facts(&world, customer, &mut seen)), wide_fields);

    // Published, and not in force yet: everything is as it was agreed.
    world.publishes(&next(day + 75)).await;
    declares(&mut world, customer).await;
    world.comes_to_rest().await;
    let before = new_facts(&world, customer, &mut seen);
    assert_eq!(
        fields(&before),
        BTreeSet::from([
            ("os_version", "service_provider", 20),
            ("phone_number", "parent", 90)
        ])
    );
    assert!(
        before
            .iter()
            .any(|fact| fact.1.starts_with("+43") && fact.1.len() == 10)
    );

    // In force: the telephone number's code alone, the locale no more, the wider rows not at all.
    world.clock.advance(Duration::from_secs(34 * DAY));
    declares(&mut world, customer).await;
    world.comes_to_rest().await;
    let after = new_facts(&world, customer, &mut seen);
    assert_eq!(
        fields(&after),
        BTreeSet::from([
            ("os_version", "service_provider", 20),
            ("phone_number", "parent", 90)
        ])
    );
    assert!(after.contains(&("phone_number".into(), "+43".into(), "parent".into(), 90)));

    // After the sunset nothing widens, and the old table can be accepted no more.
    world.clock.advance(Duration::from_secs(11 * DAY));
    declares(&mut world, customer).await;
    let consent = world.signs(customer, &accepted, None, |_| true);
    let answer = world
        .ask(Who::Customer(customer), |number| {
            let consent = request::Consent {
                number,
                consent: consent.clone(),
                declared: Declared::nothing(),
            };
            consent.into()
        })
        .await;
    world.customers[customer].history.pop();
    assert!(matches!(answer, Answer::Refused(refused) if refused.rule == Rule::TableOutdated));
    world.comes_to_rest().await;
    let sunset = new_facts(&world, customer, &mut seen);
    assert_eq!(
        fields(&sunset),
        BTreeSet::from([("os_version", "service_provider", 20)])
    );

    // Who accepts the new table is told about by it, all of it.
    let newcomer = world.begins(0, |_| true).await;
    world.comes_to_rest().await;
    assert_eq!(
        fields(&new_facts(&world, newcomer, &mut seen)),
        BTreeSet::from([
            ("country", "service_provider", 60),
            ("os_version", "parent", 40),
            ("os_version", "service_provider", 40),
            ("phone_number", "parent", 120)
        ])
    );
    world.reckon().await;
    assert_eq!(world.judge.violations, Vec::<String>::new());
}
