//! Saturation: every writer keeps so many messages unanswered, every reader acknowledges what it gets.
//! Knows: counts and a time. Never knows: frames.

use std::time::Duration;

use tokio::sync::watch;

use super::{Watch, all, read};
use crate::figures::Notes;
use crate::writer::Writer;
use crate::{Figures, Lanes, LoadError};

/// How much, bounded in count and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Online {
    /// Messages of one writer that wait for `accepted` at once.
    pub in_flight: usize,
    /// Bytes of an envelope.
    pub size: usize,
    /// Messages of all writers together.
    pub count: u64,
    /// After which no more are sent.
    pub time: Duration,
}

/// Runs it. Figures are of everything, from the first byte to the last acknowledgement.
///
/// # Errors
/// A connection breaks, or nothing comes any more.
pub async fn online(lanes: &mut Lanes, load: Online) -> Result<Figures, LoadError> {
    let pairs = lanes.writers.len().max(1) as u64;
    let each = load.count.div_ceil(pairs);
    let watch = Watch::start(lanes.target.process)?;
    let (accepted, surfaced) = (Notes::default(), Notes::default());
    let (mut reading, mut writing) = (Vec::new(), Vec::new());
    let pairs = lanes.readers.drain(..).zip(lanes.writers.drain(..));
    for (reader, writer) in pairs {
        let (tell, told) = watch::channel(None);
        reading.push(read(
            reader,
            load.size,
            told,
            watch.clone(),
            surfaced.clone(),
        ));
        writing.push(write(
            writer,
            load,
            each,
            tell,
            watch.clone(),
            accepted.clone(),
        ));
    }
    let (readers, writers) = tokio::try_join!(all(reading, load.time), all(writing, load.time))?;
    let figures = Figures::of(&watch, &accepted, &surfaced)?;
    (lanes.readers, lanes.writers) = (readers, writers);
    Ok(figures)
}

async fn write(
    mut writer: Writer,
    load: Online,
    count: u64,
    sent: watch::Sender<Option<u64>>,
    watch: Watch,
    accepted: Notes,
) -> Result<Writer, LoadError> {
    let (mut put, mut answered) = (0, 0);
    let in_flight = load.in_flight.max(1);
    loop {
        let now = watch.nanoseconds();
        let goes_on = put < count && u128::from(now) < load.time.as_nanos();
        while goes_on && put < count && writer.unanswered() < in_flight {
            writer.put(load.size, now);
            put += 1;
        }
        if !goes_on && answered == put {
            break;
        }
        writer.wire.flush().await?;
        writer.wire.fill().await?;
        answered += writer.take(|| watch.nanoseconds(), &accepted)?;
    }
    let _reader_has_gone = sent.send(Some(put));
    Ok(writer)
}
