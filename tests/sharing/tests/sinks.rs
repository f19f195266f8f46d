//! `LyingSink`, which may be down, slow or broken too, and an exporter that dies again and again: what arrived is
//! known by its key and there once, what did not is not called sent, and who withdrew stays withdrawn. (SPEC X-2 to
//! X-6, B-23)

use std::collections::BTreeSet;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_row::Row;
use partywall_test_sharing::oracle::{Told, outcome};
use partywall_test_sharing::policy::{DAY, START, wide};
use partywall_test_sharing::webhook::Mood;
use partywall_test_sharing::wire::{Snare, Victim, kind};
use partywall_test_sharing::world::World;

/// The service provider's only sink, and its recipient's code.
const PRINTER: usize = 2;
const SERVICE_PROVIDER: u8 = 3;
const SENT: u8 = 1;
const UNCERTAIN: u8 = 3;
/// Longer than anything here takes.
const BOUND: Duration = Duration::from_secs(20);

async fn a_world(seed: u64) -> World {
    let mut world = World::begin(seed).await;
    world.opens_a_shop().await;
    world.publishes(&wide(START / DAY + 31)).await;
    world.clock.advance(Duration::from_secs(42 * DAY));
    world.start_exporter();
    world
}

/// What became of each of a customer's records for the service provider; 0: nothing yet.
async fn outcomes(world: &mut World, customer: usize) -> Vec<u8> {
    let ledger = world.own_ledger(customer).await;
    let for_provider = ledger.iter().filter(|record| {
        let told = Told::read(record.disclosure.payload.as_bytes());
        told.is_some_and(|told| told.row.1 == SERVICE_PROVIDER)
    });
    for_provider
        .map(|record| {
            let closed = record.outcome.as_ref();
            let closed = closed.and_then(|closed| outcome(closed.payload.as_bytes()));
            closed.map_or(0, |(_, _, said)| said)
        })
        .collect()
}

/// Keys that the printer has seen, each once.
fn in_printer(world: &World) -> BTreeSet<String> {
    let mentions = world.sinks[PRINTER].mentions(PRINTER).into_iter();
    mentions.map(|mention| mention.record).collect()
}

/// Ends when the printer was shown something for a second time, or hung up twice.
async fn is_tried_twice(world: &World) {
    let printer = world.webhook(PRINTER);
    while printer.requests().len() < 2 && printer.turned_away() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_a_sink_that_is_down_slow_broken_or_lying_was_shown_is_not_called_sent_and_arrives_once()
 {
    let mut row = Row::of("X20");
    let moods = [
        Mood::Lies,
        Mood::Breaks,
        Mood::Hangs,
        Mood::Drips,
        Mood::Away,
    ];
    for round in 0..row.times(1, 20) {
        for mood in moods {
            let mut world = a_world(row.seed() * 1_000 + round).await;
            world.webhook(PRINTER).becomes(mood);
            let stays = world.begins(0, |_| true).await;
            let leaves = world.begins(0, |_| true).await;
            let tried = tokio::time::timeout(BOUND, is_tried_twice(&world)).await;
            assert!(
                tried.is_ok(),
                "{mood:?}: it is tried until there is a receipt"
            );
            for customer in [stays, leaves] {
                let said = outcomes(&mut world, customer).await;
                assert!(!said.contains(&SENT), "{mood:?}: nothing is called sent");
            }
            // Whoever withdraws meanwhile is answered, and nothing of theirs is shown anew.
            let answer = world.consents(leaves, |_| false).await;
            assert!(matches!(answer, Answer::Done(_)));
            world.says(stays).await;
            world.comes_to_rest().await;
            world.reckon().await;
            assert_eq!(world.judge.violations, Vec::<String>::new(), "{mood:?}");
            // What is sent is there, and by its key once; in the sink is nothing that nobody knows of.
            let said = outcomes(&mut world, stays).await;
            assert!(said.contains(&SENT));
            let sent = said.iter().filter(|said| **said == SENT).count();
            assert!(in_printer(&world).len() >= sent, "{mood:?}");
            row.tried(1);
        }
    }
}

#[tokio::test]
async fn an_exporter_that_dies_again_and_again_leaves_every_ledger_true() {
    let mut row = Row::of("X21");
    let (wanted, mut kills, mut records, mut bars) = (row.times(60, 1_000), 0, 0, 0);
    let mut seed = row.seed() * 10_000;
    while kills < wanted {
        seed += 1;
        let mut world = a_world(seed).await;
        for _ in 0..2 {
            world.begins(0, |_| true).await;
        }
        let of_world = 10.min(wanted - kills);
        while world.kills < of_world {
            let before = world.kills;
            let kinds = [kind::CLAIM, kind::BATCH, kind::CLOSE, kind::CLOSED];
            let drawn = usize::try_from(world.dice.below(4)).expect("four");
            let part = world.dice.below(3) * 500;
            world.trap.lay(Snare {
                kind: kinds[drawn],
                after: 0,
                part,
                victim: Victim::Exporter,
            });
            let mood = Mood::ALL[usize::try_from(world.dice.below(5)).expect("five")];
            world.webhook(PRINTER).becomes(mood);
            world.clock.advance(Duration::from_secs(7_200));
            let who = usize::try_from(world.dice.below(2)).expect("two");
            match world.dice.below(6) {
                0 => drop(world.consents(who, |_| false).await),
                1 => drop(world.consents(who, |_| true).await),
                2 => drop(world.declares(who).await),
                _ => world.says(who).await,
            }
            world.mend().await;
            if world.kills == before {
                world.trap.forget();
                world.kill_exporter().await;
            }
            world.look();
        }
        kills += of_world;
        world.comes_to_rest().await;
        world.reckon().await;
        assert_eq!(world.judge.violations, Vec::<String>::new(), "seed {seed}");
        records += world.judge.records;
        bars += world.judge.bars;
        row.tried(of_world);
    }
    assert!(records > 0, "something left at all");
    row.figure(format!(
        "{kills} exporters died, {records} records arrived, {bars} withdrawals held, every ledger agreed"
    ));
}

#[tokio::test]
async fn an_exporter_that_begins_again_does_not_say_that_nothing_left_of_what_an_earlier_one_sent()
{
    let mut row = Row::of("X21");
    let mut world = a_world(row.seed()).await;
    world.webhook(PRINTER).becomes(Mood::Hangs);
    let customer = world.begins(0, |_| true).await;
    let asked = tokio::time::timeout(BOUND, world.webhook(PRINTER).is_asked(0)).await;
    assert!(asked.is_ok(), "the sink was shown it");
    world.webhook(PRINTER).becomes(Mood::Away);
    world.kill_exporter().await;
    let turned_away = async {
        while world.webhook(PRINTER).turned_away() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let tried = tokio::time::timeout(BOUND, turned_away).await;
    assert!(tried.is_ok(), "the next one was offered the same batch");
    // Whoever withdraws calls it off: this exporter has sent nothing, and cannot know of the other.
    let answer = world.consents(customer, |_| false).await;
    assert!(matches!(answer, Answer::Done(_)));
    let said = outcomes(&mut world, customer).await;
    let shown = in_printer(&world).len();
    let uncertain = said.iter().filter(|said| **said == UNCERTAIN).count();
    assert!(shown > 0 && uncertain >= shown, "{said:?}");
    world.comes_to_rest().await;
    world.reckon().await;
    assert_eq!(world.judge.violations, Vec::<String>::new());
    row.tried(1);
}
