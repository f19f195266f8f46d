//! A relay as a process of its own, in the clear on loopback, with the shim loaded or without.
//! Knows: the command line, the line that it prints when ready. Never knows: what is in its folder.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use partywall_test_street::house;
use partywall_test_street::relay::page;

use crate::date::Date;
use crate::disk::{Disk, PATIENCE, until};
use crate::power::Journal;

/// A running relay. Killed when dropped.
pub struct Relay {
    child: Child,
    folder: PathBuf,
    log: PathBuf,
    /// `host:port` of the peer listener.
    pub peer: String,
    /// `host:port` of the business listener.
    pub business: String,
    /// `host:port` of the operator listener.
    pub operator: String,
}

/// How a relay is to be started.
pub struct Start<'a> {
    folder: &'a Path,
    disk: Option<&'a Disk>,
    environment: Vec<(&'static str, OsString)>,
    limits: &'a str,
    more: Vec<&'a str>,
    errors: Option<Stdio>,
}

/// A process that has not said yet that it is ready. Killed when dropped.
pub struct Starting {
    child: Child,
    folder: PathBuf,
    log: PathBuf,
}

impl<'a> Start<'a> {
    /// Both wings, in the clear on loopback. A folder that is not there is made, and the relay vouches
    /// for a proxy's certificate.
    #[must_use]
    pub fn over(folder: &'a Path) -> Self {
        Self {
            folder,
            disk: None,
            environment: Vec::new(),
            limits: "",
            more: Vec::new(),
            errors: None,
        }
    }

    /// With the shim.
    #[must_use]
    pub fn watched_by(mut self, disk: &'a Disk) -> Self {
        self.disk = Some(disk);
        self
    }

    /// With a journal of what is written and synced; needs the shim.
    #[must_use]
    pub fn noted_in(mut self, journal: &'a Journal) -> Self {
        let named = ("PARTYWALL_DISK_JOURNAL", journal.path().into());
        self.environment.push(named);
        self
    }

    /// The operating system has no randomness for it; needs the shim.
    #[must_use]
    pub fn without_randomness(mut self) -> Self {
        let named = ("PARTYWALL_DISK_NO_RANDOMNESS", "1".into());
        self.environment.push(named);
        self
    }

    /// Seeing this date; not with the shim.
    #[must_use]
    pub fn on(mut self, date: &Date) -> Self {
        self.environment.extend(date.environment());
        self
    }

    /// Under limits that a shell sets, for example `ulimit -n 64`.
    #[must_use]
    pub fn under(mut self, limits: &'a str) -> Self {
        self.limits = limits;
        self
    }

    /// With these words more on its command line.
    #[must_use]
    pub fn with(mut self, more: &[&'a str]) -> Self {
        self.more.extend(more);
        self
    }

    /// With its log there and not in a file.
    #[must_use]
    pub fn logging_to(mut self, errors: impl Into<Stdio>) -> Self {
        self.errors = Some(errors.into());
        self
    }

    /// Starts the process.
    ///
    /// # Errors
    /// When there is none.
    pub fn begin(self) -> Result<Starting, String> {
        let log = self.folder.with_extension("log");
        let text = |error: std::io::Error| error.to_string();
        if !self.folder.exists() {
            settle(self.folder)?;
        }
        let folder = self.folder.canonicalize().map_err(text)?;
        let errors = match self.errors {
            Some(errors) => errors,
            None => File::options()
                .create(true)
                .append(true)
                .open(&log)
                .map_err(text)?
                .into(),
        };
        let mut command = match self.limits {
            "" => command()?,
            limits => {
                let mut shell = Command::new("sh");
                let script = format!("{limits}; exec \"$@\"");
                shell.args(["-c", &script, "sh"]);
                shell.arg(house::binary("partywall-relay")?);
                shell
            }
        };
        command
            .args(SERVE)
            .args(self.more)
            .arg("--data")
            .arg(&folder)
            .envs(self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        if let Some(disk) = self.disk {
            disk.watch(&mut command, &folder);
        }
        let child = command.spawn().map_err(text)?;
        Ok(Starting { child, folder, log })
    }
}

const SERVE: [&str; 16] = [
    "serve",
    "--json",
    "--peer",
    "127.0.0.1:0",
    "--business",
    "127.0.0.1:0",
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
];

impl Starting {
    /// Waits until it is ready. (It is reaped with what it becomes.)
    ///
    /// # Errors
    /// What it said instead.
    pub fn ready(mut self) -> Result<Relay, String> {
        let mut line = String::new();
        if let Some(stdout) = self.child.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| error.to_string())?;
        }
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let field = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let relay = Relay {
            child: self.child,
            peer: field("peer"),
            business: field("business"),
            operator: field("operator"),
            folder: self.folder,
            log: self.log,
        };
        if ready["ready"] == true {
            return Ok(relay);
        }
        Err(format!("{line}{}", relay.said()))
    }

    /// As [`Starting::ready`], for a process that may never say anything.
    ///
    /// # Errors
    /// What it said instead, or that it says nothing.
    pub fn ready_within_patience(self) -> Result<Relay, String> {
        let id = self.child.id();
        let (told, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // Nobody listens any more: then it was ended.
            let _late = told.send(self.ready());
        });
        heard.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let _gone = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .status();
            Err("it says nothing".to_owned())
        })
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

impl Relay {
    /// Starts one. A folder that is not there is made, and the relay vouches for a proxy's certificate.
    ///
    /// # Errors
    /// What it said instead of being ready.
    pub fn start(folder: &Path, disk: Option<&Disk>) -> Result<Self, String> {
        let mut start = Start::over(folder);
        start.disk = disk;
        let relay = start.begin()?.ready()?;
        if disk.is_some_and(|disk| !disk.is_here()) {
            return Err(
                "the relay runs without the shim: LD_PRELOAD has no effect here".to_owned(),
            );
        }
        Ok(relay)
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }

    /// Whether it has ended by itself.
    pub fn is_gone(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Sends it a signal by name.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn signal(&self, name: &str) -> Result<(), String> {
        let (signal, id) = (format!("-{name}"), self.id().to_string());
        let sent = Command::new("kill").args([&signal, &id]).status();
        match sent.map_err(|error| error.to_string())?.success() {
            true => Ok(()),
            false => Err(format!("{name} could not be sent")),
        }
    }

    /// All that it wrote into its log.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// How many groups of the peer wing it has committed since its start, as its operator's page says.
    ///
    /// # Errors
    /// When the page does not answer, or does not say so.
    pub fn commits(&self) -> Result<u64, String> {
        let said = page(&self.operator, "/metrics")?;
        let mut lines = said.lines();
        let counted = lines.find_map(|line| line.strip_prefix("partywall_peer_commits_total "));
        let counted = counted.ok_or("the page does not count commits")?;
        counted.trim().parse().map_err(|_| counted.to_owned())
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
