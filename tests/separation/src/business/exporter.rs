//! An exporter at the relay's socket, whose sinks say what they are told to say.
//! Knows: frames of the exporter's socket. Never knows: credentials: it has none.

use std::sync::{Arc, Mutex, PoisonError};

use partywall_business::export::{
    Carry, Claim, CloseBatch, FromExporter, FromRelay, Head, Most, Outcome, Sink, SinkName,
};
use partywall_business::field::Recipient;
use partywall_business::id::BatchId;
use partywall_business_plane::OnlyClose;
use tokio::io::DuplexStream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::mpsc;

use super::BusinessWing;
use crate::line::street;

/// What the exporter's two sinks are called.
pub(super) const SINKS: [(&str, Recipient); 2] = [
    ("parent", Recipient::Parent),
    ("printer", Recipient::ServiceProvider),
];

/// The exporter's end of the socket.
#[derive(Default)]
pub struct Exporter {
    say: Option<mpsc::Sender<Vec<u8>>>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    /// What it did in each of its turns.
    pub turns: Vec<String>,
}

impl Exporter {
    /// Every frame that came out of the relay, over all connections.
    #[must_use]
    pub fn frames(&self) -> Vec<Vec<u8>> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The relay offered a batch for that sink last.
    fn offered(&self, sink: &str) -> Option<BatchId> {
        let frames = self.frames();
        let mut batches = frames.iter().rev().filter_map(|frame| {
            let (head, body) = frame.split_first_chunk()?;
            match FromRelay::decode(&Head::parse(head).ok()?, body).ok()? {
                FromRelay::Batch(batch) => Some(batch),
                _ => None,
            }
        });
        batches
            .find(|batch| batch.sink.as_str() == sink)
            .map(|batch| batch.batch)
    }
}

impl BusinessWing {
    /// The exporter connects, anew if it was there.
    pub fn exporter_connects(&mut self) {
        let (near, far) = street();
        self.exporter.say = None;
        self.rig.settle();
        let plane = Arc::clone(&self.plane);
        let _served = self.rig.spawn(async move {
            plane.exporter(far, OnlyClose).await;
        });
        let (reading, writing) = split(near);
        let _reads = self
            .rig
            .spawn(read(reading, Arc::clone(&self.exporter.heard)));
        let (say, said) = mpsc::channel(64);
        let _writes = self.rig.spawn(write(writing, said));
        self.exporter.say = Some(say);
        let sinks: Vec<Sink> = SINKS
            .iter()
            .filter_map(|(sink, recipient)| {
                let sink = SinkName::new(sink).ok()?;
                let recipient = *recipient;
                Some(Sink { sink, recipient })
            })
            .collect();
        if let Ok(sinks) = sinks.try_into() {
            self.exporter_says(Carry { sinks });
        }
    }

    /// The exporter claims for a sink.
    pub fn exporter_claims(&mut self, sink: usize, most: u16) {
        let (name, _) = SINKS[sink % SINKS.len()];
        self.exporter.turns.push(format!("claim {name} {most}"));
        if let (Ok(sink), Some(most)) = (SinkName::new(name), Most::new(most)) {
            self.exporter_says(Claim { sink, most });
        }
    }

    /// The exporter closes what it was offered last for a sink.
    pub fn exporter_closes(&mut self, sink: usize, outcome: Outcome) {
        let (name, _) = SINKS[sink % SINKS.len()];
        self.exporter
            .turns
            .push(format!("close {name} {outcome:?}"));
        if let Some(batch) = self.exporter.offered(name) {
            self.exporter_says(CloseBatch { batch, outcome });
        }
    }

    fn exporter_says(&mut self, words: impl Into<FromExporter>) {
        if let Some(say) = &self.exporter.say {
            let _lost = say.try_send(words.into().encode());
        }
        self.rig.settle();
    }
}

async fn read(mut reading: ReadHalf<DuplexStream>, heard: Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut head = [0; Head::LENGTH];
    while reading.read_exact(&mut head).await.is_ok() {
        let Ok(parsed) = Head::parse(&head) else {
            return;
        };
        let mut frame = head.to_vec();
        frame.resize(Head::LENGTH + parsed.length(), 0);
        if reading
            .read_exact(&mut frame[Head::LENGTH..])
            .await
            .is_err()
        {
            return;
        }
        heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(frame);
    }
}

async fn write(mut writing: WriteHalf<DuplexStream>, mut said: mpsc::Receiver<Vec<u8>>) {
    while let Some(frame) = said.recv().await {
        if writing.write_all(&frame).await.is_err() {
            return;
        }
    }
    let _closed = writing.shutdown().await;
}
