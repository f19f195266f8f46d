//! A relay as a process of its own, in the clear on loopback, with the shim loaded or without.
//! Knows: the command line, the line that it prints when ready. Never knows: what is in its folder.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use partywall_test_street::house;

use crate::disk::{Disk, until};

/// A running relay. Killed when dropped.
pub struct Relay {
    child: Child,
    folder: PathBuf,
    log: PathBuf,
    /// `host:port` of the peer listener.
    pub peer: String,
    /// `host:port` of the business listener.
    pub business: String,
}

impl Relay {
    /// Starts one. A folder that is not there is made, and the relay vouches for a proxy's certificate.
    ///
    /// # Errors
    /// What it said instead of being ready.
    pub fn start(folder: &Path, disk: Option<&Disk>) -> Result<Self, String> {
        let log = folder.with_extension("log");
        let text = |error: std::io::Error| error.to_string();
        let to = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(text)?;
        if !folder.exists() {
            settle(folder)?;
        }
        let folder = folder.canonicalize().map_err(text)?;
        let mut command = command()?;
        command
            .args([
                "serve",
                "--json",
                "--peer",
                "127.0.0.1:0",
                "--business",
                "127.0.0.1:0",
            ])
            .args([
                "--operator",
                "127.0.0.1:0",
                "--tls",
                "proxy",
                "--business-tls",
                "proxy",
                "--host",
                "localhost",
                "--admission",
                "open",
                "--data",
            ])
            .arg(&folder)
            .stdout(Stdio::piped())
            .stderr(to);
        if let Some(disk) = disk {
            disk.watch(&mut command, &folder);
        }
        let mut child = command.spawn().map_err(text)?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(text)?;
        }
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let field = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let relay = Self {
            child,
            peer: field("peer"),
            business: field("business"),
            folder,
            log,
        };
        if ready["ready"] != true {
            return Err(format!("{line}{}", relay.said()));
        }
        if disk.is_some_and(|disk| !disk.is_here()) {
            return Err(
                "the relay runs without the shim: LD_PRELOAD has no effect here".to_owned(),
            );
        }
        Ok(relay)
    }

    /// All that it wrote into its log.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// When it does not.
    pub fn ended(&mut self) -> Result<ExitStatus, String> {
        let mut status = None;
        until("the relay ends", || {
            status = self.child.try_wait().ok().flatten();
            status.is_some()
        })?;
        status.ok_or_else(|| "it has no status".to_owned())
    }

    /// Runs an operator's command on its folder.
    ///
    /// # Errors
    /// What it said.
    pub fn operator(&self, words: &[&str]) -> Result<(), String> {
        run(words, &self.folder)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Vouches for a certificate that stands for a proxy's, in both wings.
fn settle(folder: &Path) -> Result<(), String> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
    let certificate = folder.with_extension("pem");
    let pem = made.map_err(|error| error.to_string())?.cert.pem();
    std::fs::write(&certificate, pem).map_err(|error| error.to_string())?;
    let certificate = certificate.to_string_lossy();
    run(&["vouch", &certificate], folder)?;
    run(&["vouch", "--business", &certificate], folder)
}

fn run(words: &[&str], folder: &Path) -> Result<(), String> {
    let done = command()?.args(words).arg("--data").arg(folder).output();
    let done = done.map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("{words:?}: {said}"))
}

fn command() -> Result<Command, String> {
    Ok(Command::new(house::binary("partywall-relay")?))
}
