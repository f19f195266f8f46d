//! Requests that wait for a batch to be closed, and the end of their patience. (SPEC X-4)
//! Knows: which batches were aborted, and since when by the stopwatch. Never knows: what they carry.

use std::collections::BTreeMap;
use std::time::Duration;

use partywall_business::export::Outcome;
use partywall_business::id::BatchId;
use partywall_world::Monotonic;

use super::bar::Barred;
use super::batch::{self, Open};
use super::close::close;
use crate::effects::Receiver;
use crate::wing::{Wing, settled};

/// How long an aborted batch may stay open.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How often whoever waits looks again, should a bell have been missed.
const LOOK: Duration = Duration::from_millis(250);

/// Since when batches are aborted and open.
#[derive(Default)]
pub(crate) struct Patience {
    since: BTreeMap<BatchId, Monotonic>,
}

impl Patience {
    /// Takes in what is aborted and open now; gives those for which it is over.
    pub(crate) fn look(&mut self, aborted: Vec<Open>, now: Monotonic) -> Vec<Open> {
        self.since
            .retain(|batch, _| aborted.iter().any(|open| open.batch == *batch));
        aborted
            .into_iter()
            .filter(|open| {
                let since = *self.since.entry(open.batch).or_insert(now);
                now.since(since) >= PATIENCE
            })
            .collect()
    }
}

/// Ends when nothing of what was barred is on its way any more: batches are closed, and what the door
/// had read for the business, by its number, is handed over. (B-23)
pub(crate) async fn over(wing: &Wing, barred: &Barred, business: i64) {
    landed(wing, &barred.flights).await;
    wing.lines.handed_over(Receiver::business(business)).await;
}

/// Ends when all these batches are closed.
pub(crate) async fn landed(wing: &Wing, flights: &[BatchId]) {
    let mut waiting = flights.to_vec();
    while !waiting.is_empty() {
        let rung = wing.lines.exporter.notified();
        let asked = waiting.clone();
        let open = wing.read(move |connection| {
            let mut open = Vec::new();
            for flight in asked {
                open.extend(batch::of_id(connection, &flight)?.map(|open| open.batch));
            }
            Ok(open)
        });
        let Some(open) = open.await else { return };
        waiting = open;
        if !waiting.is_empty() {
            let _rung_or_not = tokio::time::timeout(LOOK, rung).await;
        }
    }
}

/// Watches over aborted batches for as long as the wing lives: what is not closed in time is closed as
/// uncertain, and its exporter ended first.
pub(crate) async fn watch(wing: &Wing) {
    let mut patience = Patience::default();
    loop {
        let rung = wing.lines.exporter.notified();
        let Some(aborted) = wing.read(batch::aborted).await else {
            return;
        };
        let waits = !aborted.is_empty();
        for open in patience.look(aborted, wing.clock.monotonic()) {
            wing.tower.end(&open.sink).await;
            let batch = open.batch;
            // Not done: the disk is full, or the wing ends. It is tried again.
            let _tried = wing
                .ask(0, move |desk| {
                    settled(close(desk, &batch, Outcome::Uncertain)).map(|closed| closed.is_ok())
                })
                .await;
        }
        if waits {
            let _rung_or_not = tokio::time::timeout(LOOK, rung).await;
        } else {
            rung.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aborted(batch: u8) -> Open {
        Open {
            batch: BatchId::new([batch; 16]),
            sink: "parent".to_owned(),
            sequence: 1,
            aborted: true,
        }
    }

    #[test]
    fn an_aborted_batch_has_ten_seconds_by_the_stopwatch_from_when_it_was_seen() {
        let at = |millis| Monotonic::from_start(Duration::from_millis(millis));
        let mut patience = Patience::default();
        assert!(patience.look(vec![aborted(1)], at(1_000)).is_empty());
        assert!(
            patience
                .look(vec![aborted(1), aborted(2)], at(5_000))
                .is_empty()
        );
        assert!(
            patience
                .look(vec![aborted(1), aborted(2)], at(10_999))
                .is_empty()
        );
        let over = patience.look(vec![aborted(1), aborted(2)], at(11_000));
        assert_eq!(over, [aborted(1)]);
        let over = patience.look(vec![aborted(2)], at(15_000));
        assert_eq!(over, [aborted(2)]);
        assert!(patience.look(Vec::new(), at(99_000)).is_empty());
        assert!(patience.since.is_empty(), "what is closed is forgotten");
    }
}
