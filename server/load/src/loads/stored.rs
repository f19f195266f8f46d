//! Envelopes for readers who are not there.
//! Knows: counts and a time. Never knows: frames.

use std::time::Duration;

use super::{Watch, all};
use crate::figures::Notes;
use crate::writer::Writer;
use crate::{Figures, LoadError, Mailboxes};

/// How much, bounded in count and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Messages of one writer that wait for `accepted` at once.
    pub in_flight: usize,
    /// Bytes of an envelope.
    pub size: usize,
    /// Messages of all writers together, as many for each mailbox.
    pub count: u64,
    /// After which no more are sent.
    pub time: Duration,
}

/// Runs it, with a writer for each mailbox. Opening the connections is not measured.
///
/// # Errors
/// A connection breaks, or nothing comes any more.
pub async fn stored(mailboxes: &Mailboxes, load: Stored) -> Result<Figures, LoadError> {
    let mut writers = Vec::with_capacity(mailboxes.count());
    for share in mailboxes.shares(1) {
        writers.push(share.writer().await?);
    }
    let each = load.count.div_ceil(writers.len().max(1) as u64);
    let watch = Watch::start(mailboxes.target().process)?;
    let accepted = Notes::default();
    let writing = writers
        .into_iter()
        .map(|writer| write(writer, load, each, watch.clone(), accepted.clone()));
    // Writers stay until all are measured: that one leaves costs something, too.
    let writers: Vec<Writer> = all(writing, load.time).await?;
    let figures = Figures::of(&watch, &accepted, &Notes::default())?;
    drop(writers);
    Ok(figures)
}

async fn write(
    mut writer: Writer,
    load: Stored,
    count: u64,
    watch: Watch,
    accepted: Notes,
) -> Result<Writer, LoadError> {
    let mut put = 0;
    loop {
        let now = watch.nanoseconds();
        let goes_on = put < count && u128::from(now) < load.time.as_nanos();
        while goes_on && put < count && writer.unanswered() < load.in_flight.max(1) {
            writer.put(load.size, now);
            put += 1;
        }
        if writer.unanswered() == 0 {
            return Ok(writer);
        }
        writer.wire.flush().await?;
        writer.wire.fill().await?;
        writer.take(|| watch.nanoseconds(), &accepted)?;
    }
}
