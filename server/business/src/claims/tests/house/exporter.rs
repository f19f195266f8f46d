//! What an exporter does with the house: claims, is offered, closes.

use super::*;

impl House {
    pub(crate) fn claim(&mut self, sink: &str, recipient: Recipient, most: usize) -> Claim {
        let claimant = Claimant {
            sink: sink.to_owned(),
            recipient,
            most,
        };
        let origin = self.shared.tools.settings.origin.clone();
        self.does(move |desk| claim(desk, &claimant, &origin))
    }

    /// The parent's sink claims everything.
    pub(crate) fn parent(&mut self) -> Option<BatchId> {
        match self.claim("parent", Recipient::Parent, 2_000) {
            Claim::Fresh(batch) | Claim::Offered(batch) => Some(batch),
            Claim::Idle | Claim::Aborted(_) => None,
            Claim::Strange => panic!("the sink is known"),
        }
    }

    pub(crate) fn close(&mut self, batch: BatchId, outcome: Outcome) -> bool {
        self.does(move |desk| close(desk, &batch, outcome))
    }

    /// What the exporter is offered, as bytes.
    pub(crate) fn frame(&self, batch: BatchId) -> Option<Vec<u8>> {
        self.rows(|rows| batch::frame(rows, &batch).unwrap())
    }

    /// What the exporter is offered, proven as it does.
    pub(crate) fn offered(&self, batch: BatchId) -> ProvenBatch {
        let frame = self.frame(batch).unwrap();
        let (head, body) = frame.split_first_chunk().unwrap();
        let FromRelay::Batch(batch) = FromRelay::decode(&Head::parse(head).unwrap(), body).unwrap()
        else {
            panic!("a batch");
        };
        let batch: Batch = batch;
        batch.verify(&self.operator()).unwrap()
    }
}

/// The record keys in a frame.
pub(crate) fn records(frame: &[u8], operator: &Operator) -> Vec<RecordKey> {
    let (head, body) = frame.split_first_chunk().unwrap();
    let FromRelay::Batch(batch) = FromRelay::decode(&Head::parse(head).unwrap(), body).unwrap()
    else {
        panic!("a batch");
    };
    let batch = batch.verify(operator).unwrap();
    batch
        .records()
        .iter()
        .map(|record| record.record().key)
        .collect()
}
