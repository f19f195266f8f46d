//! A relay for a measurement: this same program as a process of its own, in a private folder that goes with it.
//! Knows: a process, a folder. Never knows: any other relay's folder, beyond the disk that it lies on.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use partywall_load::{Process, Target};
use partywall_store::free_space;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::config::knob::ENVIRONMENT_PREFIX;
use crate::opening::PEER_DATABASE;
use crate::words::in_words;

/// How long the relay may take to be ready, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest line that a relay says when it is ready.
const LINE: u64 = 64 * 1024;

/// What has to be free on the disk before anything starts.
const ROOM: u64 = 2 << 30;

/// A private folder on the disk that is measured. Dropped, it is removed.
pub(super) struct Ground {
    folder: TempDir,
    /// The folder that was there before.
    pub(super) disk: PathBuf,
}

impl Ground {
    /// In `data`, or, if that is not there yet, in the nearest folder above it that is.
    pub(super) fn on(data: &Path) -> anyhow::Result<Self> {
        let data = std::path::absolute(data).context("the data folder has no place")?;
        let Some(disk) = data.ancestors().find(|above| above.exists()) else {
            bail!("there is no folder above {}", data.display());
        };
        let free = free_space(disk)?;
        if free < ROOM {
            bail!(
                "less than 2 GiB are free on the disk of {}; make room, or name another folder with `--data DIR`",
                disk.display()
            );
        }
        let made = tempfile::Builder::new()
            .prefix("bench-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(disk);
        let folder = made.map_err(|error| {
            anyhow::anyhow!(
                "cannot make a folder in {}: {}; name another with `--data DIR`, or run this as the relay's user",
                disk.display(),
                in_words(error.kind())
            )
        })?;
        Ok(Self {
            folder,
            disk: disk.to_owned(),
        })
    }

    /// The private folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where its relay keeps everything.
    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// The write-ahead log of its relay's peer wing: empty when every deletion is done.
    pub(super) fn write_ahead_log(&self) -> PathBuf {
        self.data().join(format!("{PEER_DATABASE}-wal"))
    }

    /// Removes it.
    pub(super) fn remove(self) -> anyhow::Result<()> {
        let place = self.folder.path().to_owned();
        self.folder
            .close()
            .with_context(|| format!("could not remove {}; remove it by hand", place.display()))
    }
}

/// A relay that runs for this.
pub(super) struct Own {
    child: Child,
    process: Process,
    log: PathBuf,
}

/// The line that `serve --json` says.
#[derive(Deserialize)]
struct Ready {
    peer: std::net::SocketAddr,
    relay: String,
}

impl Own {
    /// Starts it.
    pub(super) fn spawn(ground: &Ground, connections: u32) -> anyhow::Result<Self> {
        let log = ground.folder().join("relay.log");
        let said = std::fs::File::create(&log).context("cannot write into a new folder")?;
        let program = std::env::current_exe().context("this program does not know where it is")?;
        let mut command = std::process::Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(ENVIRONMENT_PREFIX) {
                command.env_remove(name);
            }
        }
        // Its memory can be looked at only if core images may be taken; nobody's secrets are in it.
        command
            .args(["serve", "--json", "--allow-core-dumps", "--only", "peer"])
            .args(["--peer", "127.0.0.1:0", "--operator", "127.0.0.1:0"])
            .arg("--data")
            .arg(ground.data())
            .args(["--max-connections", &connections.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said)
            // Ctrl-C is for this process, which then stops the relay itself.
            .process_group(0);
        let child = Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .context("this program could not start itself once more")?;
        let process = Process::of(child.id().context("the relay ended at once")?);
        Ok(Self {
            child,
            process,
            log,
        })
    }

    /// Waits until it is ready; how it is reached.
    pub(super) async fn ready(&mut self) -> anyhow::Result<Target> {
        let ready = timeout(PATIENCE, ready(&mut self.child)).await;
        let Ok(Some(ready)) = ready else {
            bail!("the relay did not start{}", last_words(&self.log));
        };
        Ok(Target::relay(&ready.relay, ready.peer)?.served_by(self.process))
    }

    /// Its process.
    pub(super) fn process(&self) -> Process {
        self.process
    }

    /// Waits until it ends by itself, which it should not. Cancel safe.
    pub(super) async fn ended(&mut self) -> anyhow::Error {
        let ended = self.child.wait().await;
        let how = ended.map_or_else(
            |error| error.to_string(),
            |status: ExitStatus| status.to_string(),
        );
        anyhow::anyhow!("the relay ended by itself ({how}){}", last_words(&self.log))
    }

    /// Stops it as an operator would, and by force if that does not help.
    pub(super) async fn stop(mut self) {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            // If it is gone already, waiting ends at once.
            let _gone = Pid::from_raw(id).map(|id| kill_process(id, Signal::TERM));
        }
        if timeout(PATIENCE, self.child.wait()).await.is_err() {
            let _gone = self.child.kill().await;
        }
    }
}

async fn ready(child: &mut Child) -> Option<Ready> {
    let out = child.stdout.take()?;
    let mut line = String::new();
    let mut out = BufReader::new(out).take(LINE);
    out.read_line(&mut line).await.ok()?;
    serde_json::from_str(&line).ok()
}

/// The last line of its log, as the end of a sentence.
fn last_words(log: &Path) -> String {
    let log = std::fs::read_to_string(log).unwrap_or_default();
    match log.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => format!("; it said: {}", crate::command::on_one_line(line)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::Ground;

    #[test]
    fn a_folder_that_is_not_there_yet_is_measured_on_the_disk_where_it_would_be() {
        let there = tempfile::tempdir().unwrap();
        let ground = Ground::on(&there.path().join("not/yet")).unwrap();
        assert_eq!(ground.disk, there.path());
        assert!(ground.folder().starts_with(there.path()));
        let place = ground.folder().to_owned();
        ground.remove().unwrap();
        assert!(!place.exists() && !there.path().join("not").exists());
    }

    #[test]
    fn a_data_folder_that_is_there_holds_the_private_one_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let there = tempfile::tempdir().unwrap();
        let ground = Ground::on(there.path()).unwrap();
        assert_eq!(ground.folder().parent(), Some(there.path()));
        let mode = ground.folder().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_refused_with_a_sentence() {
        let there = tempfile::tempdir().unwrap();
        let file = there.path().join("file");
        std::fs::write(&file, "").unwrap();
        let refused = Ground::on(&file).err().unwrap().to_string();
        assert!(refused.contains("not a folder"), "{refused}");
    }
}
