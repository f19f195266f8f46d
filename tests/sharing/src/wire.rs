//! What lies between the relay and its exporter: every frame goes through here, and either end may die on one.
//! Knows: frames' types and lengths, which sink is idle. Never knows: what a record says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partywall_business::export::{FromExporter, FromRelay, Head};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, split};
use tokio::sync::Notify;

/// Types of frames on this socket. (SPEC §14)
pub mod kind {
    /// Exporter: a claim.
    pub const CLAIM: u16 = 0x0182;
    /// Relay: a batch.
    pub const BATCH: u16 = 0x0183;
    /// Relay: nothing now.
    pub const IDLE: u16 = 0x0184;
    /// Exporter: an outcome.
    pub const CLOSE: u16 = 0x0186;
    /// Relay: it is on disk.
    pub const CLOSED: u16 = 0x0187;
    /// Relay: stop.
    pub const ABORT: u16 = 0x0188;
}

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The relay.
    Relay,
    /// The exporter.
    Exporter,
    /// The machine.
    Both,
}

/// A frame on which somebody dies.
#[derive(Clone, Copy, Debug)]
pub struct Snare {
    /// Its type.
    pub kind: u16,
    /// How many of that type pass before.
    pub after: u32,
    /// How many thousandths of it still arrive; 1,000: all of it.
    pub part: u64,
    /// Who dies.
    pub victim: Victim,
}

/// Watches the wire.
#[derive(Default)]
pub struct Trap {
    state: Mutex<State>,
    rung: Arc<Notify>,
    released: Notify,
}

#[derive(Default)]
struct State {
    snare: Option<Snare>,
    sprung: Option<Victim>,
    idle: BTreeMap<String, bool>,
    /// Each file, and how much of it was closed as sent.
    files: Vec<(PathBuf, u64)>,
    frames: u64,
}

impl Trap {
    /// One that rings when it springs.
    #[must_use]
    pub fn new(rung: Arc<Notify>) -> Arc<Self> {
        Arc::new(Self {
            rung,
            ..Self::default()
        })
    }

    /// Somebody is to die on a frame.
    pub fn lay(&self, snare: Snare) {
        self.state().snare = Some(snare);
    }

    /// Nobody is to die.
    pub fn forget(&self) {
        let mut state = self.state();
        (state.snare, state.sprung) = (None, None);
    }

    /// Who has to die now. Once.
    #[must_use]
    pub fn sprung(&self) -> Option<Victim> {
        self.state().sprung.take()
    }

    /// Whether every sink of so many was told that nothing waits, and has not asked since.
    #[must_use]
    pub fn is_at_rest(&self, sinks: usize) -> bool {
        let state = self.state();
        state.idle.len() == sinks && state.idle.values().all(|idle| *idle)
    }

    /// Whoever had to die is dead: the line that was held is let go.
    pub fn release(&self) {
        self.released.notify_waiters();
    }

    /// Frames that passed so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.state().frames
    }

    /// A connection is gone: nobody knows anything any more.
    pub fn lost(&self) {
        self.state().idle.clear();
    }

    /// From now on it is this file that is written.
    pub fn follow(&self, file: &Path, durable: u64) {
        self.state().files.push((file.to_owned(), durable));
    }

    /// How much of a file was closed as sent.
    #[must_use]
    pub fn durable(&self, file: &Path) -> u64 {
        let state = self.state();
        let found = state.files.iter().rev().find(|(known, _)| known == file);
        found.map_or(0, |(_, durable)| *durable)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A frame comes by: how many of its bytes may go on, and whether that was the last.
    fn passes(&self, frame: &[u8]) -> (usize, bool) {
        let mut state = self.state();
        state.frames += 1;
        let kind = u16::from_be_bytes([frame[2], frame[3]]);
        state.note(kind, frame);
        let Some(snare) = &mut state.snare else {
            return (frame.len(), false);
        };
        if snare.kind != kind {
            return (frame.len(), false);
        }
        if snare.after > 0 {
            snare.after -= 1;
            return (frame.len(), false);
        }
        let part = usize::try_from(snare.part).unwrap_or(1_000);
        let victim = snare.victim;
        (state.snare, state.sprung) = (None, Some(victim));
        (frame.len() * part.min(1_000) / 1_000, true)
    }
}

impl State {
    fn note(&mut self, kind: u16, frame: &[u8]) {
        let Some((head, body)) = frame.split_first_chunk() else {
            return;
        };
        let Ok(head) = Head::parse(head) else { return };
        match kind {
            kind::CLAIM => {
                if let Ok(FromExporter::Claim(claim)) = FromExporter::decode(&head, body) {
                    self.idle.insert(claim.sink.as_str().to_owned(), false);
                }
            }
            kind::IDLE => {
                if let Ok(FromRelay::Idle(idle)) = FromRelay::decode(&head, body) {
                    self.idle.insert(idle.sink.as_str().to_owned(), true);
                }
            }
            kind::CLOSE => {
                for (file, durable) in &mut self.files {
                    *durable = std::fs::metadata(file).map_or(0, |file| file.len());
                }
            }
            _ => {}
        }
    }
}

/// Joins the exporter's stream to the relay's until either ends.
pub async fn join(exporter: DuplexStream, relay: DuplexStream, trap: Arc<Trap>) {
    trap.lost();
    let (from_exporter, to_exporter) = split(exporter);
    let (from_relay, to_relay) = split(relay);
    tokio::select! {
        () = pump(from_exporter, to_relay, &trap) => {}
        () = pump(from_relay, to_exporter, &trap) => {}
    }
}

async fn pump(mut from: ReadHalf<DuplexStream>, mut to: WriteHalf<DuplexStream>, trap: &Trap) {
    loop {
        let mut frame = vec![0; Head::LENGTH];
        if from.read_exact(&mut frame).await.is_err() {
            return;
        }
        let length = u32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]);
        frame.resize(Head::LENGTH + length as usize, 0);
        if from.read_exact(&mut frame[Head::LENGTH..]).await.is_err() {
            return;
        }
        let (part, is_last) = trap.passes(&frame);
        if to.write_all(&frame[..part]).await.is_err() {
            return;
        }
        if is_last {
            // The line is held until somebody is dead.
            let released = trap.released.notified();
            tokio::pin!(released);
            released.as_mut().enable();
            trap.rung.notify_one();
            released.await;
            return;
        }
    }
}
