//! A sink that hangs keeps nobody from withdrawing, is not sent anything again, and stops no other. (SPEC X-4, B-23)

use std::collections::BTreeSet;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::request::Leave;
use partywall_test_sharing::oracle::outcome;
use partywall_test_sharing::policy::{DAY, START, wide};
use partywall_test_sharing::webhook::Mood;
use partywall_test_sharing::wire::{Snare, Victim, kind};
use partywall_test_sharing::world::World;

/// The service provider's only sink.
const PRINTER: usize = 2;

/// A webhook that was sent a customer's records, and says nothing.
async fn a_sink_that_hangs(seed: u64) -> World {
    let mut world = World::begin(seed).await;
    world.patience = Duration::from_secs(3_600);
    world.opens_a_shop().await;
    world.publishes(&wide(START / DAY + 31)).await;
    world.clock.advance(Duration::from_secs(42 * DAY));
    world.webhook(PRINTER).becomes(Mood::Hangs);
    world.start_exporter();
    world.begins(0, |_| true).await;
    world.webhook(PRINTER).is_asked(0).await;
    world
}

fn in_printer(world: &World) -> usize {
    world.sinks[PRINTER].mentions(PRINTER).len()
}

/// What became of each record that was told to the printer.
async fn outcomes(world: &mut World, customer: usize) -> Vec<u8> {
    let printers: BTreeSet<String> = world.sinks[PRINTER]
        .mentions(PRINTER)
        .into_iter()
        .map(|mention| mention.record)
        .collect();
    let ledger = world.own_ledger(customer).await;
    ledger
        .iter()
        .filter_map(|record| outcome(record.outcome.as_ref()?.payload.as_bytes()))
        .filter(|(_, record, _)| printers.contains(record))
        .map(|(_, _, outcome)| outcome)
        .collect()
}

#[tokio::test]
async fn a_hanging_sink_is_called_off_and_what_it_may_have_is_asked_back_and_never_sent_again() {
    let mut world = a_sink_that_hangs(21).await;
    let before = in_printer(&world);
    let keys: BTreeSet<String> = world.sinks[PRINTER]
        .mentions(PRINTER)
        .into_iter()
        .map(|mention| mention.record)
        .collect();
    assert!(before > 0);
    let answer = world.consents(0, |_| false).await;
    assert!(matches!(answer, Answer::Done(_)));
    assert_eq!(world.judge.violations, Vec::<String>::new());
    world.comes_to_rest().await;
    assert_eq!(in_printer(&world), before, "nothing was sent again");
    assert!(
        outcomes(&mut world, 0)
            .await
            .iter()
            .all(|outcome| *outcome == 3)
    );
    let retracted: BTreeSet<String> = world.sinks[PRINTER].retracted().into_iter().collect();
    assert_eq!(retracted, keys, "all of it is asked back");
    world.reckon().await;
    assert_eq!(world.judge.violations, Vec::<String>::new());
}

#[tokio::test]
async fn an_exporter_that_does_not_stop_is_ended_after_ten_seconds_and_not_before() {
    let mut world = a_sink_that_hangs(22).await;
    let before = in_printer(&world);
    // Its last word never arrives.
    world.trap.lay(Snare {
        kind: kind::CLOSE,
        after: 0,
        part: 0,
        victim: Victim::Exporter,
    });
    let mut line = world.customers[0].line.take().expect("this world goes on");
    let leaving = tokio::spawn(async move {
        let answer = line.ask(|number| Leave { number }.into()).await;
        matches!(answer, Some(Answer::Done(_)))
    });
    // Several times as long as whoever waits looks again.
    let looks = || tokio::time::sleep(Duration::from_millis(900));
    looks().await;
    assert!(!leaving.is_finished());
    world.clock.advance(Duration::from_millis(9_000));
    looks().await;
    assert!(!leaving.is_finished(), "the exporter has ten seconds");
    world.clock.advance(Duration::from_millis(1_100));
    assert!(
        leaving.await.expect("this world goes on"),
        "the customer is answered"
    );
    world.look();
    world.customers[0].is_barred = true;
    world.customers[0].line = None;
    world.comes_to_rest().await;
    assert_eq!(in_printer(&world), before, "nothing was sent again");
    assert!(
        outcomes(&mut world, 0)
            .await
            .iter()
            .all(|outcome| *outcome == 3)
    );
    world.reckon().await;
    assert_eq!(world.judge.violations, Vec::<String>::new());
}

#[tokio::test]
async fn a_dead_sink_blocks_no_other() {
    let mut world = a_sink_that_hangs(23).await;
    let mut others = 0;
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(7_200));
        world.says(0).await;
        drop(world.declares(0).await);
        // Ends: the parent's sinks are told all of it while the printer's hangs.
        loop {
            let now = world.sinks[0].mentions(0).len() + world.sinks[1].mentions(1).len();
            if now > others {
                others = now;
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let asked = world.webhook(PRINTER).requests().len();
    assert_eq!(asked, 1, "the printer's still hangs");
}
