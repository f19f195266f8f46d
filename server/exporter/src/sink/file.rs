//! A file of JSON lines: appended and fsynced, a torn last line cut off, no batch written twice. (SPEC X-6)
//! Knows: one path. Never knows: what the lines say.

mod append;
mod tail;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

use super::{Attempt, Left, Lines, Why};
use append::append;

/// How long a write that was told to stop may take to do so.
const STOPPING: Duration = Duration::from_secs(2);

/// One file.
pub(crate) struct FileSink {
    path: Arc<PathBuf>,
    /// Held by whoever writes, also after its attempt was given up: two never do.
    writing: Arc<Mutex<()>>,
}

/// Says to a write that it should stop. Dropping the asker's side says it as well.
#[derive(Clone, Default)]
struct Halt(Arc<AtomicBool>);

impl Halt {
    fn is_said(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

struct HaltOnDrop(Halt);

impl Drop for HaltOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

impl FileSink {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path: Arc::new(path),
            writing: Arc::default(),
        }
    }

    /// Writes what is not there yet. Whoever gives up in the middle takes back what it wrote.
    pub(super) async fn attempt(
        &self,
        lines: Arc<Lines>,
        until: impl Future<Output = ()>,
    ) -> Attempt {
        let Ok(writing) = Arc::clone(&self.writing).try_lock_owned() else {
            return Attempt::Failed(Left::Perhaps, Why::FileSlow);
        };
        let halt = Halt::default();
        let guard = HaltOnDrop(halt.clone());
        let path = Arc::clone(&self.path);
        let mut written = tokio::task::spawn_blocking(move || {
            let written = append(&path, &lines, &halt);
            drop(writing);
            written
        });
        let ended = tokio::select! {
            biased;
            ended = &mut written => Some(ended),
            () = until => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                drop(guard);
                match tokio::time::timeout(STOPPING, written).await {
                    Ok(ended) => ended,
                    Err(_still_writing) => return Attempt::Failed(Left::Perhaps, Why::FileSlow),
                }
            }
        };
        match ended {
            Ok(Ok(())) => Attempt::Taken,
            Ok(Err((left, why))) => Attempt::Failed(left, why),
            Err(_broken) => Attempt::Failed(Left::Perhaps, Why::File(std::io::ErrorKind::Other)),
        }
    }
}

#[cfg(test)]
mod tests;
