//! The relay of a tour: `partywall-relay` as a child process, and what its operator says to it.
//! Knows: how a relay is started, what it prints, how it is stopped. Never knows: its insides.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use partywall_client::RelayLink;
use partywall_client::business::BusinessLink;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::folder::Folder;
use crate::trouble::Trouble;
use crate::words::{in_words, one_line};

const NAME: &str = "partywall-relay";
/// How long it may take to start; the first start draws keys and makes a certificate.
const START: Duration = Duration::from_secs(10);
/// How long it may take to stop: it promises ten seconds.
const STOP: Duration = Duration::from_secs(12);
/// The variables that would set the relay up in another way than the tour says.
const SETTINGS: &str = "PARTYWALL_RELAY_";

/// A running relay. Ended when dropped.
pub(crate) struct Relay {
    child: Child,
    binary: PathBuf,
    folder: PathBuf,
    link: RelayLink,
    business_link: BusinessLink,
}

impl Relay {
    /// Starts it on free ports of this machine, with its log in the folder, and waits until it is ready.
    ///
    /// # Errors
    /// The program is not there, or did not start.
    pub(crate) async fn start(binary: Option<&Path>, folder: &Folder) -> Result<Self, Trouble> {
        let binary = binary.map_or_else(beside_us, |given| Ok(given.to_owned()))?;
        let mut command = Command::new(&binary);
        command
            .args([
                "serve",
                "--peer",
                "127.0.0.1:0",
                "--business",
                "127.0.0.1:0",
                "--operator",
                "127.0.0.1:0",
                "--json",
                "--data",
            ])
            .arg(folder.relay_data())
            .current_dir(folder.path())
            .env_remove("PARTYWALL_PASSPHRASE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log(folder)?)
            .kill_on_drop(true);
        for (name, _value) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(SETTINGS) {
                command.env_remove(name);
            }
        }
        let mut child = command
            .spawn()
            .map_err(|error| absent(&binary, &in_words(error.kind())))?;
        let ready = timeout(START, ready(&mut child)).await;
        match ready.ok().flatten() {
            Some((link, business_link)) => Ok(Self {
                child,
                folder: folder.path().to_owned(),
                binary,
                link,
                business_link,
            }),
            None => {
                let _ended_already = child.kill().await;
                Err(did_not_start(folder))
            }
        }
    }

    /// Its link.
    pub(crate) fn link(&self) -> &RelayLink {
        &self.link
    }

    /// The link to its business wing.
    pub(crate) fn business_link(&self) -> &BusinessLink {
        &self.business_link
    }

    /// What its operator says to it, and the object that it answers.
    ///
    /// # Errors
    /// The command fails.
    pub(crate) async fn operator(&self, words: &[&str]) -> Result<Value, Trouble> {
        let output = Command::new(&self.binary)
            .args(words)
            .args(["--json", "--data"])
            .arg(self.folder.join("relay"))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| absent(&self.binary, &in_words(error.kind())))?;
        let said = serde_json::from_slice(&output.stdout).ok();
        said.filter(|_| output.status.success()).ok_or_else(|| {
            Trouble::failure(
                format!(
                    "`partywall-relay {}` failed: {}",
                    words.join(" "),
                    one_line(String::from_utf8_lossy(&output.stderr).trim())
                ),
                "use both programs of the same version",
            )
        })
    }

    /// Asks it to end, and waits. Whether it ended well.
    ///
    /// # Errors
    /// It did not end in time; it is ended then.
    pub(crate) async fn stop(mut self) -> Result<bool, Trouble> {
        let pid = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ended_already = kill_process(pid, Signal::TERM);
        }
        match timeout(STOP, self.child.wait()).await {
            Ok(Ok(status)) => Ok(status.success()),
            Ok(Err(_)) | Err(_) => {
                let _ended_already = self.child.kill().await;
                Ok(false)
            }
        }
    }
}

/// Reads the line that it prints when ready.
async fn ready(child: &mut Child) -> Option<(RelayLink, BusinessLink)> {
    let stdout = child.stdout.take()?;
    let mut line = String::new();
    let mut reader = BufReader::new(stdout.take(16_384));
    reader.read_line(&mut line).await.ok()?;
    let said: Value = serde_json::from_str(&line).ok()?;
    let link = said["relay"].as_str()?.parse().ok()?;
    Some((link, said["business_link"].as_str()?.parse().ok()?))
}

fn beside_us() -> Result<PathBuf, Trouble> {
    let here =
        std::env::current_exe().map_err(|error| absent(Path::new(NAME), &error.to_string()))?;
    let beside = here.with_file_name(NAME);
    if beside.is_file() {
        Ok(beside)
    } else {
        Err(absent(&beside, "it is not there"))
    }
}

fn absent(binary: &Path, why: &str) -> Trouble {
    Trouble::failure(
        format!(
            "the relay's program {} cannot be started: {why}",
            binary.display()
        ),
        "build it (cargo build --bin partywall-relay), or say where it is with --relay-binary FILE",
    )
}

fn did_not_start(folder: &Folder) -> Trouble {
    let log = std::fs::read_to_string(folder.relay_log()).unwrap_or_default();
    let last = log.lines().last().unwrap_or("it said nothing").to_owned();
    Trouble::failure(
        format!("the relay did not start: {last}"),
        "start it by hand with `partywall-relay serve` to see more",
    )
}

fn log(folder: &Folder) -> Result<File, Trouble> {
    OpenOptions::new()
        .create_new(true)
        .append(true)
        .open(folder.relay_log())
        .map_err(|error| {
            Trouble::failure(
                format!("the relay's log cannot be written ({error})"),
                "say where there is room in the variable TMPDIR",
            )
        })
}
