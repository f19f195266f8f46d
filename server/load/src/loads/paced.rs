//! So many messages a second, whatever the server does: latencies count from the moment at which a message
//! was due, so that a server which makes senders wait cannot hide it.
//! Knows: a schedule. Never knows: frames.

use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{Watch, all, read};
use crate::figures::Notes;
use crate::writer::Writer;
use crate::{Figures, Lanes, LoadError};

/// How fast and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paced {
    /// Messages of all writers together.
    pub per_second: u32,
    /// How long.
    pub time: Duration,
    /// Bytes of an envelope.
    pub size: usize,
}

/// A schedule's thread wakes up some tens of microseconds late. That is the load's own doing and counts as
/// another moment at which the message was due; from here on it is not.
const SLACK: u64 = 500_000;

/// Messages that may be due at one writer and not yet sent.
const DUE: usize = 65_536;

/// Runs it. Messages leave evenly, the writers in turn.
///
/// # Errors
/// A connection breaks, or nothing comes any more.
pub async fn paced(lanes: &mut Lanes, load: Paced) -> Result<Figures, LoadError> {
    let watch = Watch::start(lanes.target.process)?;
    let (accepted, surfaced) = (Notes::default(), Notes::default());
    let (mut reading, mut writing, mut queues) = (Vec::new(), Vec::new(), Vec::new());
    let pairs = lanes.readers.drain(..).zip(lanes.writers.drain(..));
    for (reader, writer) in pairs {
        let (due, dues) = mpsc::channel(DUE);
        let (tell, told) = watch::channel(None);
        queues.push(due);
        reading.push(read(
            reader,
            load.size,
            told,
            watch.clone(),
            surfaced.clone(),
        ));
        writing.push(write(
            writer,
            load.size,
            dues,
            tell,
            watch.clone(),
            accepted.clone(),
        ));
    }
    let beat = watch.clone();
    let schedule = thread::Builder::new()
        .name("schedule".to_owned())
        .spawn(move || schedule(&beat, load, &queues))?;
    let (readers, writers) = tokio::try_join!(all(reading, load.time), all(writing, load.time))?;
    let _ended = schedule.join();
    let figures = Figures::of(&watch, &accepted, &surfaced)?;
    (lanes.readers, lanes.writers) = (readers, writers);
    Ok(figures)
}

/// Tells writers in turn that a message is due. Waits for nobody.
fn schedule(watch: &Watch, load: Paced, queues: &[mpsc::Sender<u64>]) {
    let gap = 1_000_000_000 / u64::from(load.per_second.max(1));
    let count = u64::from(load.per_second) * load.time.as_secs();
    for (number, queue) in (0..count).zip(queues.iter().cycle()) {
        let due = number * gap;
        let early = due.saturating_sub(watch.nanoseconds());
        if early > 0 {
            thread::sleep(Duration::from_nanos(early));
        }
        let now = watch.nanoseconds();
        let due = if now - due < SLACK { now } else { due };
        if queue.try_send(due).is_err() {
            return; // so far behind that the figures say it already, or it has ended
        }
    }
}

async fn write(
    mut writer: Writer,
    size: usize,
    mut dues: mpsc::Receiver<u64>,
    sent: watch::Sender<Option<u64>>,
    watch: Watch,
    accepted: Notes,
) -> Result<Writer, LoadError> {
    let (mut put, mut scheduled) = (0, true);
    while scheduled || writer.unanswered() > 0 {
        tokio::select! {
            due = dues.recv(), if scheduled && writer.unanswered() < UNANSWERED => match due {
                Some(due) => {
                    writer.put(size, due);
                    put += 1;
                    writer.wire.flush().await?;
                }
                None => scheduled = false,
            },
            filled = writer.wire.fill() => {
                filled?;
                writer.take(|| watch.nanoseconds(), &accepted)?;
            }
        }
    }
    let _reader_has_gone = sent.send(Some(put));
    Ok(writer)
}

/// What a client may have unanswered. (SPEC P-18)
const UNANSWERED: usize = 64;
