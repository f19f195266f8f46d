//! A crash: what lies on the disk at one moment, copied while the writer stands still in a gap.
//! Knows: files of one folder, names of gaps. Never knows: what a transaction is about.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partywall_business_plane::{Failpoints, Gap};
use tempfile::TempDir;
use tokio::sync::Notify;

const DATABASE: &str = "business.db";
const LOG: &str = "business.db-wal";

/// Where the relay is to die.
#[derive(Clone, Copy, Debug)]
pub enum Plan {
    /// When so many gaps of this kind were passed.
    At(Gap, u32),
    /// In the middle of writing a commit, of which this many thousandths are on the disk.
    InCommit(u32, u64),
    /// In the next gap, whatever it is.
    Now,
}

/// Kills one relay, once.
pub struct Crash {
    state: Mutex<State>,
    rung: Arc<Notify>,
}

struct State {
    folder: PathBuf,
    plan: Option<Plan>,
    /// Length of the log before the commit.
    log: u64,
    image: Option<TempDir>,
}

impl Crash {
    /// Of the relay in this folder; `rung` hears of it.
    #[must_use]
    pub fn of(folder: &Path, rung: Arc<Notify>) -> Arc<Self> {
        let state = State {
            folder: folder.to_owned(),
            plan: None,
            log: 0,
            image: None,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            rung,
        })
    }

    /// The relay is to die so.
    pub fn plan(&self, plan: Plan) {
        self.state().plan = Some(plan);
    }

    /// Nothing is to happen.
    pub fn forget(&self) {
        self.state().plan = None;
    }

    /// Whether it has happened.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.state().image.is_some()
    }

    /// What lay on the disk then. Once.
    #[must_use]
    pub fn image(&self) -> Option<TempDir> {
        self.state().image.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn copy(&mut self, cut: Option<u64>) -> io::Result<()> {
        let to = tempfile::tempdir()?;
        std::fs::copy(self.folder.join(DATABASE), to.path().join(DATABASE))?;
        let log = self.folder.join(LOG);
        if log.exists() {
            let copy = to.path().join(LOG);
            std::fs::copy(log, &copy)?;
            if let Some(cut) = cut {
                let length = std::fs::metadata(&copy)?.len();
                let torn = self.log + length.saturating_sub(self.log) * cut / 1_000;
                let file = std::fs::File::options().write(true).open(&copy)?;
                file.set_len(torn.min(length))?;
            }
        }
        self.image = Some(to);
        self.plan = None;
        Ok(())
    }

    fn length_of_log(&self) -> u64 {
        std::fs::metadata(self.folder.join(LOG)).map_or(0, |log| log.len())
    }
}

impl Failpoints for Crash {
    fn reach(&self, gap: Gap) -> Result<(), io::ErrorKind> {
        let mut state = self.state();
        if state.image.is_some() {
            return Err(io::ErrorKind::Other);
        }
        if gap == Gap::BeforeCommit {
            state.log = state.length_of_log();
        }
        let dies = match &mut state.plan {
            Some(Plan::Now) => Some(None),
            Some(Plan::At(at, after)) if *at == gap => count_down(after).then_some(None),
            Some(Plan::InCommit(after, part)) if gap == Gap::AfterCommit => {
                let part = *part;
                count_down(after).then_some(Some(part))
            }
            _ => None,
        };
        let Some(cut) = dies else { return Ok(()) };
        state.copy(cut).map_err(|error| error.kind())?;
        self.rung.notify_one();
        Err(io::ErrorKind::Other)
    }
}

fn count_down(left: &mut u32) -> bool {
    let reached = *left == 0;
    *left = left.saturating_sub(1);
    reached
}
