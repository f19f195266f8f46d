//! The reader's half of a load that goes on while messages are sent.
//! Knows: when all that was sent has come. Never knows: who sends.

use tokio::sync::watch;

use super::Watch;
use crate::LoadError;
use crate::figures::Notes;
use crate::reader::Reader;

/// Reads and acknowledges until as many came as, in the end, were `sent`.
pub(super) async fn read(
    mut reader: Reader,
    size: usize,
    mut sent: watch::Receiver<Option<u64>>,
    watch: Watch,
    surfaced: Notes,
) -> Result<Reader, LoadError> {
    let mut came = 0;
    loop {
        came += reader.take(size, || watch.nanoseconds(), &surfaced)?;
        reader.acknowledge().await?;
        let known = *sent.borrow();
        if known.is_some_and(|sent| came >= sent) {
            return Ok(reader);
        }
        tokio::select! {
            filled = reader.wire.fill() => filled?,
            told = sent.changed(), if known.is_none() => {
                told.map_err(|_| LoadError::Nonsense)?;
            }
        }
    }
}
