//! Readers come for what lies there, and acknowledge it, until it is gone from the disk as well.
//! Knows: how much lies there, and which file is empty once nothing is left to forget. Never knows: frames.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::{Watch, all};
use crate::figures::Notes;
use crate::mailboxes::Share;
use crate::reader::Reader;
use crate::{Figures, LoadError, Mailboxes};

/// How much, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drain {
    /// Mailboxes that one connection reads, 1,000 at most.
    pub each: usize,
    /// Bytes of an envelope.
    pub size: usize,
    /// What lies in all mailboxes together.
    pub count: u64,
    /// The server's write-ahead log, if it can be looked at: it is empty when every delete is done.
    pub log: Option<PathBuf>,
    /// When to give up.
    pub time: Duration,
}

/// Runs it: from the first connection on, proofs of mailboxes included, until the last delete is on disk.
///
/// # Errors
/// A connection breaks, or less comes than lies there.
pub async fn drain(mailboxes: &Mailboxes, load: Drain) -> Result<Figures, LoadError> {
    let watch = Watch::start(mailboxes.target().process)?;
    let surfaced = Notes::default();
    let came = Arc::new(AtomicU64::new(0));
    let (done, told) = watch::channel(false);
    let done = Arc::new(done);
    let reading = mailboxes.shares(load.each).into_iter().map(|share| {
        let counted = Counted {
            came: Arc::clone(&came),
            wanted: load.count,
            done: Arc::clone(&done),
            told: told.clone(),
        };
        read(share, load.size, counted, watch.clone(), surfaced.clone())
    });
    let readers = all(reading, load.time).await?;
    let (elapsed, cpu) = match &load.log {
        Some(log) => emptied(log, &watch).await?,
        None => (watch.elapsed(), watch.cpu()?),
    };
    drop(readers);
    Ok(Figures {
        messages: came.load(Ordering::Relaxed),
        elapsed,
        cpu,
        surfaced: surfaced.read(),
        ..Figures::default()
    })
}

/// How much came to all readers together.
struct Counted {
    came: Arc<AtomicU64>,
    wanted: u64,
    done: Arc<watch::Sender<bool>>,
    told: watch::Receiver<bool>,
}

async fn read(
    share: Share,
    size: usize,
    mut counted: Counted,
    watch: Watch,
    surfaced: Notes,
) -> Result<Reader, LoadError> {
    let mut reader = share.reader().await?;
    loop {
        let taken = reader.take(size, || watch.nanoseconds(), &surfaced)?;
        reader.acknowledge().await?;
        let before = counted.came.fetch_add(taken, Ordering::Relaxed);
        if before + taken >= counted.wanted {
            counted.done.send_replace(true);
        }
        if *counted.told.borrow_and_update() {
            return Ok(reader);
        }
        tokio::select! {
            filled = reader.wire.fill() => filled?,
            _done = counted.told.changed() => {}
        }
    }
}

/// How often the log is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// An emptied log has at most a header and one page, of a commit with nothing in it.
const EMPTIED: u64 = 32 + 24 + 4_096;

/// How long it has to stay empty: deletes are gathered for less.
const QUIET: Duration = Duration::from_millis(700);

/// How long the last delete may take. (SPEC P-13)
const LAST: Duration = Duration::from_secs(6);

/// Time and cost at the moment from which on the log stayed empty.
async fn emptied(log: &Path, watch: &Watch) -> Result<(Duration, Option<Duration>), LoadError> {
    let begin = watch.elapsed();
    let mut empty: Option<(Duration, Option<Duration>)> = None;
    loop {
        let now = watch.elapsed();
        let length = std::fs::metadata(log).map_or(0, |file| file.len());
        match (&empty, length) {
            (None, ..=EMPTIED) => empty = Some((now, watch.cpu()?)),
            (Some(since), ..=EMPTIED) if now.saturating_sub(since.0) > QUIET => return Ok(*since),
            (Some(_), ..=EMPTIED) => {}
            _ => empty = None,
        }
        if now.saturating_sub(begin) > LAST + QUIET {
            return Err(LoadError::Stalled(LAST));
        }
        sleep(LOOK).await;
    }
}
