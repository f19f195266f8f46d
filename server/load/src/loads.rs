//! What can be done with connections: one file a load.
//! Knows: how tasks of a load begin and end together. Never knows: frames.

pub(crate) mod drain;
pub(crate) mod online;
pub(crate) mod paced;
pub(crate) mod presence;
pub(crate) mod stored;

mod reading;
mod watch;

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use self::reading::read;
pub(crate) use self::watch::Watch;
use crate::LoadError;

/// How long a load may go on beyond the time it was given.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs tasks to their end; the first that fails ends all of them.
async fn all<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = Result<T, LoadError>> + Send + 'static>,
    time: Duration,
) -> Result<Vec<T>, LoadError> {
    let patience = time.saturating_add(PATIENCE);
    let mut set: JoinSet<Result<T, LoadError>> = JoinSet::new();
    for task in tasks {
        set.spawn(task);
    }
    let joined = timeout(patience, async {
        let mut results = Vec::new();
        while let Some(ended) = set.join_next().await {
            let ended = ended.map_err(|error| LoadError::Machine(error.to_string()))?;
            results.push(ended?);
        }
        Ok(results)
    });
    joined.await.map_err(|_| LoadError::Stalled(patience))?
}
