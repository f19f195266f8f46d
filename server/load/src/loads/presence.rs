//! Whether the time until `accepted` tells a writer that somebody reads. (SPEC P-15)
//! Knows: two mailboxes, one with a reader. Never knows: frames.

use std::num::NonZeroUsize;
use std::time::Duration;

use partywall_world::Dice;
use tokio::time::{sleep, timeout};

use super::Watch;
use crate::figures::Notes;
use crate::reader::Reader;
use crate::writer::Writer;
use crate::{LoadError, Mailboxes, Target};

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Messages to either mailbox, one at a time.
    pub count: u32,
    /// Bytes of an envelope.
    pub size: usize,
    /// Rest after each.
    pub rest: Duration,
}

/// What a writer could learn from time alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// How often, of two messages, the one to the read mailbox took longer: 0.5 tells nothing.
    pub likelihood: f64,
    /// Half of those to the read mailbox were faster.
    pub attached: Duration,
    /// Half of those to the other were faster.
    pub detached: Duration,
}

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs it: one message to each in turn, which of them first by the toss of a coin.
///
/// # Errors
/// A connection breaks, or nothing comes any more.
pub async fn presence(target: &Target, load: Presence) -> Result<Told, LoadError> {
    let two = NonZeroUsize::MIN.saturating_add(1);
    let mailboxes = Mailboxes::make(target, two).await?;
    let shares = mailboxes.shares(1);
    let [read, unread] = shares.as_slice() else {
        return Err(LoadError::Nonsense);
    };
    let reader = read.reader().await?;
    let mut writers = [read.writer().await?, unread.writer().await?];
    let watch = Watch::start(None)?;
    let reading = tokio::spawn(keep_reading(reader, load.size, watch.clone()));
    let mut dice = Dice::from_os().map_err(|error| LoadError::Machine(error.to_string()))?;
    let mut times: [Vec<u64>; 2] = Default::default();
    for _ in 0..load.count {
        let first = usize::from(dice.below(2) == 1);
        for which in [first, 1 - first] {
            let asked = ask(&mut writers[which], load.size, &watch);
            let took = timeout(PATIENCE, asked).await;
            times[which].push(took.map_err(|_| LoadError::Stalled(PATIENCE))??);
            sleep(load.rest).await;
        }
    }
    reading.abort();
    let [mut attached, mut detached] = times;
    attached.sort_unstable();
    detached.sort_unstable();
    Ok(Told {
        likelihood: likelihood(&attached, &detached),
        attached: middle(&attached),
        detached: middle(&detached),
    })
}

async fn keep_reading(mut reader: Reader, size: usize, watch: Watch) -> Result<(), LoadError> {
    let notes = Notes::default();
    loop {
        reader.take(size, || watch.nanoseconds(), &notes)?;
        reader.acknowledge().await?;
        reader.wire.fill().await?;
    }
}

async fn ask(writer: &mut Writer, size: usize, watch: &Watch) -> Result<u64, LoadError> {
    let notes = Notes::default();
    let begin = watch.nanoseconds();
    writer.put(size, begin);
    writer.wire.flush().await?;
    while writer.unanswered() > 0 {
        writer.wire.fill().await?;
        writer.take(|| watch.nanoseconds(), &notes)?;
    }
    Ok(watch.nanoseconds().saturating_sub(begin))
}

fn middle(sorted: &[u64]) -> Duration {
    Duration::from_nanos(sorted.get(sorted.len() / 2).copied().unwrap_or(0))
}

/// How often one of `these` is above one of `those`, ties counted by half: the area under the curve of a
/// distinguisher. Both sorted.
fn likelihood(these: &[u64], those: &[u64]) -> f64 {
    let above: f64 = these
        .iter()
        .map(|value| {
            let below = those.partition_point(|other| other < value);
            let up_to = those.partition_point(|other| other <= value);
            (below + up_to) as f64 / 2.0
        })
        .sum();
    let pairs = these.len() * those.len();
    if pairs == 0 {
        0.5
    } else {
        above / pairs as f64
    }
}

#[cfg(test)]
mod tests {
    use super::likelihood;

    #[test]
    fn times_that_tell_nothing_are_one_half_and_times_that_tell_all_are_none_or_one() {
        assert_eq!(likelihood(&[1, 2, 3], &[1, 2, 3]), 0.5);
        assert_eq!(likelihood(&[4, 5], &[1, 2, 3]), 1.0);
        assert_eq!(likelihood(&[1, 2], &[3, 4, 5]), 0.0);
        assert_eq!(likelihood(&[], &[1]), 0.5);
    }
}
