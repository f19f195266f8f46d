//! The exporter as a child of the relay: found, started with an empty environment, started again when it ends, ended when it must.
//! Knows: one process. Never knows: what it does.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partywall_business_plane::EndExporter;
use partywall_world::Clock;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;

use super::ExporterWatch;
use crate::admin::reach::is_short;
use crate::config::settings::ExporterSettings;
use crate::start_error::StartError;
use crate::stop::Watch;

/// The binary's name.
const NAME: &str = "partywall-exporter";
/// Between an end and the next start: at first, and at the most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Whoever lived so long is started again at once.
const LONG_LIFE: Duration = Duration::from_secs(60);
/// How long a child may take to end when it is asked to; then it is killed.
const FAREWELL: Duration = Duration::from_secs(4);

/// What is started.
pub(super) struct Child {
    binary: PathBuf,
    config: PathBuf,
    socket: PathBuf,
}

/// Holds the child that lives now, so that it can be known and killed.
#[derive(Clone, Default)]
pub(super) struct Leash(Arc<Mutex<Option<Pid>>>);

/// Looks after the child.
pub(super) struct Nursery {
    pub(super) child: Child,
    pub(super) leash: Leash,
    pub(super) watch: ExporterWatch,
    pub(super) clock: Arc<dyn Clock>,
}

impl Child {
    /// The child that the settings want, if they want one.
    pub(super) fn of(settings: &ExporterSettings, data: &Path) -> Result<Option<Self>, StartError> {
        let Some(config) = settings.config.clone() else {
            return Ok(None);
        };
        File::open(&config).map_err(|error| StartError::ExporterConfig {
            file: config.clone(),
            why: error.kind(),
        })?;
        let socket = absolute(settings.socket_in(data));
        if !is_short(&socket) {
            return Err(StartError::LongSocket { file: socket });
        }
        let child = Self {
            binary: binary(settings.binary.as_deref())?,
            config: absolute(config),
            socket,
        };
        Ok(Some(child))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--config")
            .arg(&self.config)
            .arg("--socket")
            .arg(&self.socket)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

impl Leash {
    /// Whether the process with this number is the child.
    pub(super) fn holds(&self, pid: Option<i32>) -> bool {
        let held = self.held().map(|child| child.as_raw_nonzero().get());
        held.is_some() && held == pid
    }

    fn signal(&self, signal: Signal) {
        if let Some(child) = *self.held() {
            // One that is gone already needs no signal.
            let _gone = kill_process(child, signal);
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<Pid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Kills the child at once: it must not send another byte. (SPEC X-4)
pub(super) struct KillChild(pub(super) Leash);

impl EndExporter for KillChild {
    fn end(&self) {
        self.0.signal(Signal::KILL);
    }
}

impl Nursery {
    /// Starts it, again and again, until `stop` says so.
    pub(super) async fn run(self, mut stop: Watch) {
        let mut pause = FIRST_PAUSE;
        loop {
            let born = self.clock.monotonic();
            let stopped = self.one_life(&mut stop).await;
            *self.leash.held() = None;
            if stopped {
                return;
            }
            if self.clock.monotonic().since(born) >= LONG_LIFE {
                pause = FIRST_PAUSE;
            }
            tracing::warn!(
                wing = "business",
                seconds = pause.as_secs(),
                "the exporter ended, and is started again"
            );
            tokio::select! {
                () = stop.raised() => return,
                () = tokio::time::sleep(pause) => pause = LONGEST_PAUSE.min(pause * 2),
            }
        }
    }

    /// One life of the child; whether it ended because the relay stops.
    async fn one_life(&self, stop: &mut Watch) -> bool {
        let mut process = match self.child.command().spawn() {
            Ok(process) => process,
            Err(error) => {
                let reason = crate::words::in_words(error.kind());
                tracing::warn!(
                    wing = "business",
                    reason = reason.as_str(),
                    "the exporter could not be started"
                );
                return false;
            }
        };
        self.watch.starts_one();
        let pid = process.id().and_then(|id| i32::try_from(id).ok());
        *self.leash.held() = pid.and_then(Pid::from_raw);
        tokio::select! {
            _ended = process.wait() => return false,
            () = stop.raised() => {}
        }
        self.leash.signal(Signal::TERM);
        if tokio::time::timeout(FAREWELL, process.wait())
            .await
            .is_err()
        {
            // It ends with this in any case, and what it held is offered again.
            let _killed = process.kill().await;
        }
        true
    }
}

/// The binary: the one that is named, or the one beside the relay's, or the first on PATH.
fn binary(named: Option<&Path>) -> Result<PathBuf, StartError> {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.join(NAME));
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        let mut places = std::env::split_paths(&path).map(|folder| folder.join(NAME));
        places.find(|place| place.is_file())
    };
    let found = match named {
        Some(named) => Some(named.to_owned()).filter(|place| place.is_file()),
        None => beside().filter(|place| place.is_file()).or_else(on_path),
    };
    found.map(absolute).ok_or_else(|| StartError::NoExporter {
        binary: named.unwrap_or(Path::new(OsStr::new(NAME))).to_owned(),
    })
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use partywall_business_plane::EndExporter;
    use rustix::process::Pid;

    use super::{KillChild, Leash};

    #[tokio::test]
    async fn ending_the_child_kills_it_at_once_and_nobody_else() {
        let mut child = tokio::process::Command::new("sleep")
            .arg("600")
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let pid = i32::try_from(child.id().unwrap()).unwrap();
        let leash = Leash::default();
        assert!(!leash.holds(Some(pid)) && !leash.holds(None));
        KillChild(leash.clone()).end();
        assert!(
            child.try_wait().unwrap().is_none(),
            "nobody was on the leash"
        );
        *leash.held() = Pid::from_raw(pid);
        assert!(leash.holds(Some(pid)) && !leash.holds(Some(pid + 1)) && !leash.holds(None));
        KillChild(leash).end();
        assert_eq!(child.wait().await.unwrap().signal(), Some(9));
    }
}
