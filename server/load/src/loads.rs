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

/// Runs tasks to their end; the first that fails ends all of them. What they give is in their own order,
/// whichever ended first: the reader of one pair has to stay with its writer.
async fn all<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = Result<T, LoadError>> + Send + 'static>,
    time: Duration,
) -> Result<Vec<T>, LoadError> {
    let patience = time.saturating_add(PATIENCE);
    let mut set: JoinSet<Result<(usize, T), LoadError>> = JoinSet::new();
    for (number, task) in tasks.into_iter().enumerate() {
        set.spawn(async move { Ok((number, task.await?)) });
    }
    let joined = timeout(patience, async {
        let mut results = Vec::new();
        while let Some(ended) = set.join_next().await {
            let ended = ended.map_err(|error| LoadError::Machine(error.to_string()))?;
            results.push(ended?);
        }
        results.sort_unstable_by_key(|(number, _)| *number);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    });
    joined.await.map_err(|_| LoadError::Stalled(patience))?
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_tasks_give_is_in_their_own_order_whichever_ends_first() {
        let (tell, told) = oneshot::channel::<()>();
        let mut signals = [(None, Some(told)), (Some(tell), None)];
        let tasks = (0..2).map(|number| {
            let (tell, told) = std::mem::take(&mut signals[number]);
            async move {
                if let Some(told) = told {
                    told.await.map_err(|_| LoadError::Nonsense)?;
                }
                if let Some(tell) = tell {
                    tell.send(()).map_err(|()| LoadError::Nonsense)?;
                }
                Ok(number)
            }
        });
        let tasks: Vec<_> = tasks.collect();
        assert_eq!(all(tasks, Duration::ZERO).await.unwrap(), [0, 1]);
    }
}
