//! The exporter's socket, through a pipe in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use partywall_business::export::{
    Carry, Claim, CloseBatch, FromExporter, FromRelay, Head, Most, Outcome, Sink, SinkName,
};
use partywall_business::field::Recipient;
use partywall_business::value::{PhoneNumber, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::house::{Customer, House};
use crate::claims::{EndExporter, flights, socket};
use crate::wing::Wing;

#[derive(Clone, Default)]
struct Child(Arc<AtomicU32>);

impl EndExporter for Child {
    fn end(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// An exporter that does as the test says.
struct Exporter(DuplexStream);

impl Exporter {
    fn connects(wing: &Arc<Wing>, child: Child) -> Self {
        let (theirs, ours) = tokio::io::duplex(1 << 16);
        let wing = Arc::clone(wing);
        tokio::spawn(async move { socket::serve(&wing, ours, child).await });
        Self(theirs)
    }

    async fn carries(wing: &Arc<Wing>, child: Child) -> Self {
        let mut exporter = Self::connects(wing, child);
        exporter.says(carry(Recipient::Parent)).await;
        let FromRelay::Carried(carried) = exporter.hears().await.unwrap() else {
            panic!("carried comes first");
        };
        assert_eq!(carried.operator, wing.keys.public());
        exporter
    }

    async fn says(&mut self, words: impl Into<FromExporter>) {
        self.0.write_all(&words.into().encode()).await.unwrap();
    }

    async fn hears(&mut self) -> Option<FromRelay> {
        let mut head = [0; Head::LENGTH];
        self.0.read_exact(&mut head).await.ok()?;
        let head = Head::parse(&head).unwrap();
        let mut body = vec![0; head.length()];
        self.0.read_exact(&mut body).await.unwrap();
        Some(FromRelay::decode(&head, &body).unwrap())
    }
}

fn name() -> SinkName {
    SinkName::new("parent").unwrap()
}

fn carry(recipient: Recipient) -> Carry {
    let sink = Sink {
        sink: name(),
        recipient,
    };
    Carry {
        sinks: vec![sink].try_into().unwrap(),
    }
}

/// Sinks of the service provider's, in this order.
fn carry_all(names: &[&str]) -> Carry {
    let sink = |name: &&str| Sink {
        sink: SinkName::new(name).unwrap(),
        recipient: Recipient::ServiceProvider,
    };
    let sinks: Vec<Sink> = names.iter().map(sink).collect();
    Carry {
        sinks: sinks.try_into().unwrap(),
    }
}

fn claim() -> Claim {
    Claim {
        sink: name(),
        most: Most::LARGEST,
    }
}

fn house() -> (House, Customer) {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let customer = house.customer(vec![phone]);
    (house, customer)
}

#[tokio::test]
async fn an_exporter_claims_closes_waits_and_is_woken() {
    let (house, customer) = house();
    let wing = house.into_wing();
    let mut exporter = Exporter::carries(&wing, Child::default()).await;
    exporter.says(claim()).await;
    let Some(FromRelay::Batch(batch)) = exporter.hears().await else {
        panic!("a batch");
    };
    let id = batch.batch;
    let operator = super::house::operator_of(&wing);
    assert_eq!(batch.verify(&operator).unwrap().records().len(), 2);
    let outcome = Outcome::Sent;
    for _ in 0..2 {
        exporter.says(CloseBatch { batch: id, outcome }).await;
        assert!(
            matches!(exporter.hears().await, Some(FromRelay::Closed(closed)) if closed.batch == id)
        );
    }
    exporter.says(claim()).await;
    assert!(matches!(exporter.hears().await, Some(FromRelay::Idle(_))));
    super::house::says(&wing, &customer).await;
    assert!(matches!(exporter.hears().await, Some(FromRelay::Wake(_))));
    exporter.says(claim()).await;
    assert!(matches!(exporter.hears().await, Some(FromRelay::Batch(_))));
}

#[tokio::test]
async fn a_withdrawal_waits_until_the_exporter_closed_what_it_was_told_to_abort() {
    let (house, customer) = house();
    let wing = house.into_wing();
    let mut exporter = Exporter::carries(&wing, Child::default()).await;
    exporter.says(claim()).await;
    let Some(FromRelay::Batch(batch)) = exporter.hears().await else {
        panic!("a batch");
    };
    let flights = super::house::leaves(&wing, &customer).await.flights;
    assert_eq!(flights, [batch.batch]);
    let answer = flights::landed(&wing, &flights);
    tokio::pin!(answer);
    assert!(
        matches!(exporter.hears().await, Some(FromRelay::Abort(abort)) if abort.batch == batch.batch)
    );
    tokio::select! {
        biased;
        () = &mut answer => panic!("it is still open"),
        () = std::future::ready(()) => {}
    }
    let outcome = Outcome::Void;
    exporter
        .says(CloseBatch {
            batch: batch.batch,
            outcome,
        })
        .await;
    answer.await;
    assert!(matches!(exporter.hears().await, Some(FromRelay::Closed(_))));
    exporter.says(claim()).await;
    assert!(matches!(exporter.hears().await, Some(FromRelay::Idle(_))));
}

#[tokio::test]
async fn an_exporter_that_does_not_stop_is_ended_after_ten_seconds_and_its_batch_is_uncertain() {
    let (house, customer) = house();
    let clock = house.clock.clone();
    let wing = house.into_wing();
    let child = Child::default();
    let mut exporter = Exporter::carries(&wing, child.clone()).await;
    exporter.says(claim()).await;
    let Some(FromRelay::Batch(batch)) = exporter.hears().await else {
        panic!("a batch");
    };
    let watched = Arc::clone(&wing);
    let watch = tokio::spawn(async move { flights::watch(&watched).await });
    let flights = super::house::leaves(&wing, &customer).await.flights;
    assert!(matches!(exporter.hears().await, Some(FromRelay::Abort(_))));
    let turns = async {
        // The stopwatch is turned until somebody loses patience.
        loop {
            clock.advance(Duration::from_secs(1));
            wing.lines.exporter.notify_waiters();
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = flights::landed(&wing, &flights) => {}
        () = turns => {}
    }
    assert_eq!(child.0.load(Ordering::SeqCst), 1);
    assert!(exporter.hears().await.is_none(), "its connection is closed");
    let mut back = Exporter::carries(&wing, child).await;
    back.says(claim()).await;
    let Some(FromRelay::Batch(retraction)) = back.hears().await else {
        panic!("what may have left is asked back");
    };
    assert!(retraction.records.is_empty());
    let carried = batch.records.len();
    assert_eq!(retraction.retractions.len(), carried);
    watch.abort();
}

#[tokio::test]
async fn who_carries_what_another_carries_or_the_businesss_own_or_a_sink_twice_is_not_served() {
    let (house, _customer) = house();
    let wing = house.into_wing();
    let _first = Exporter::carries(&wing, Child::default()).await;
    let mut second = Exporter::connects(&wing, Child::default());
    second.says(carry(Recipient::Parent)).await;
    assert!(second.hears().await.is_none());
    let mut door = Exporter::connects(&wing, Child::default());
    door.says(carry(Recipient::Business)).await;
    assert!(door.hears().await.is_none());
    let mut twice = Exporter::connects(&wing, Child::default());
    twice.says(carry_all(&["service", "service"])).await;
    assert!(twice.hears().await.is_none(), "a sink is named once");
    let mut backwards = Exporter::connects(&wing, Child::default());
    backwards.says(carry_all(&["service", "analytics"])).await;
    assert!(matches!(
        backwards.hears().await,
        Some(FromRelay::Carried(_))
    ));
    let mut early = Exporter::connects(&wing, Child::default());
    early.says(claim()).await;
    assert!(early.hears().await.is_none(), "carry comes first");
}
