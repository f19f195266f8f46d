//! Connections that received one message and now rest.
//! Knows: how to open thousands. Never knows: what they cost.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::figures::Notes;
use crate::mailboxes::{Mailboxes, Share};
use crate::reader::Reader;
use crate::{LoadError, Target};

/// Handshakes that go on at once.
const AT_ONCE: usize = 16;

/// Readers at rest, each with a connection and a mailbox of its own. Dropped, they go.
pub struct Idle(Vec<Reader>);

/// Opens so many, each of which is delivered and acknowledges one envelope of so many bytes. The
/// writers have gone when this returns.
///
/// # Errors
/// The target refuses or cannot be reached.
pub async fn attach_idle(
    target: &Target,
    count: NonZeroUsize,
    size: usize,
) -> Result<Idle, LoadError> {
    let mailboxes = Mailboxes::make(target, count).await?;
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut opening = JoinSet::new();
    for share in mailboxes.shares(1) {
        let turn = Arc::clone(&turns).acquire_owned().await;
        opening.spawn(async move {
            let reader = served_once(&share, size).await;
            drop(turn);
            reader
        });
    }
    let mut readers = Vec::with_capacity(count.get());
    while let Some(reader) = opening.join_next().await {
        readers.push(reader.map_err(|error| LoadError::Machine(error.to_string()))??);
    }
    Ok(Idle(readers))
}

async fn served_once(share: &Share, size: usize) -> Result<Reader, LoadError> {
    let notes = Notes::default();
    let mut reader = share.reader().await?;
    let mut writer = share.writer().await?;
    writer.put(size, 0);
    writer.wire.flush().await?;
    while reader.take(size, || 0, &notes)? == 0 {
        reader.wire.fill().await?;
    }
    reader.acknowledge().await?;
    while writer.unanswered() > 0 {
        writer.wire.fill().await?;
        writer.take(|| 0, &notes)?;
    }
    reader.wire.rest();
    Ok(reader)
}

impl Idle {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Each gives a sign of life, as clients do every 30 s; a relay closes after 100 s without one.
    ///
    /// # Errors
    /// A connection broke.
    pub async fn ping(&mut self) -> Result<(), LoadError> {
        for reader in &mut self.0 {
            reader.wire.ping();
            reader.wire.flush().await?;
        }
        Ok(())
    }

    /// Takes in so many more.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}
