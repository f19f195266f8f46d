//! The servers of a run: a relay and both yardsticks, each a process of its own, on fresh folders.
//! Knows: how each is started and where it keeps its log. Never knows: what is asked of them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use partywall_load::{Process, Target};
use partywall_test_street::house;
use partywall_test_street::relay::Relay;

use crate::setting::Setting;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Relay,
    /// Forwards, commits to a plain table.
    Table,
    /// Forwards.
    Bare,
}

impl Kind {
    /// What rows call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Relay => "the relay",
            Self::Table => "group-commit yardstick",
            Self::Bare => "bare forwarder",
        }
    }
}

/// How it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Street {
    Tls,
    Plain,
}

/// A running server. Ends when dropped.
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    /// Its write-ahead log, if it keeps anything.
    pub(crate) log: Option<PathBuf>,
    running: Running,
    folder: PathBuf,
}

enum Running {
    Relay(Box<Relay>),
    Yardstick(Child),
}

/// What no bench may run into.
const ROOM: [&str; 8] = [
    "--only",
    "peer",
    "--max-connections",
    "100000",
    "--quota-envelopes",
    "1000000",
    "--quota-bytes",
    "64 GiB",
];

impl Server {
    pub(crate) fn start(setting: &Setting, kind: Kind, street: Street) -> Result<Self> {
        let folder = setting.folder(match kind {
            Kind::Relay => "relay",
            Kind::Table => "table",
            Kind::Bare => "bare",
        })?;
        match kind {
            Kind::Relay => Self::relay(folder, street, Vec::new()),
            Kind::Table | Kind::Bare => Self::yardstick(folder, kind, street),
        }
    }

    /// A relay with TLS on a disk that takes so long before an fsync begins.
    ///
    /// # Errors
    /// There is no C compiler, or the relay does not start.
    pub(crate) fn relay_on_a_slow_disk(setting: &Setting, fsync: Duration) -> Result<Self> {
        let folder = setting.folder("relay")?;
        let library = folder.join("slow.so");
        let made = Command::new("cc")
            .args([
                "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o",
            ])
            .arg(&library)
            .arg(house::root().join("tests/bench/shim/slow.c"))
            .arg("-ldl")
            .status()
            .context("no C compiler called `cc`; install gcc or clang")?;
        if !made.success() {
            bail!("`cc` refused tests/bench/shim/slow.c");
        }
        let environment = vec![
            ("LD_PRELOAD".to_owned(), library.display().to_string()),
            (
                "PARTYWALL_FSYNC_MICROSECONDS".to_owned(),
                fsync.as_micros().to_string(),
            ),
        ];
        Self::relay(folder, Street::Tls, environment)
    }

    fn relay(folder: PathBuf, street: Street, environment: Vec<(String, String)>) -> Result<Self> {
        let data = folder.join("data");
        let behind_proxy = ["--tls", "proxy", "--host", "localhost"];
        let further: &[&str] = match street {
            Street::Tls => &[],
            Street::Plain => &behind_proxy,
        };
        let relay = Relay::start_in(&data, &[&ROOM, further].concat(), environment)
            .map_err(|said| anyhow!(said))?;
        let address: SocketAddr = relay.peer.parse().context("the relay's address")?;
        let mut target = Target::relay(&relay.link, address)?;
        if street == Street::Plain {
            vouch(&folder, &data)?;
            target = target.plain();
        }
        Ok(Self {
            kind: Kind::Relay,
            target: target.served_by(Process::of(relay.id())),
            log: Some(data.join("peer.db-wal")),
            running: Running::Relay(Box::new(relay)),
            folder,
        })
    }

    fn yardstick(folder: PathBuf, kind: Kind, street: Street) -> Result<Self> {
        let binary = house::binary("partywall-yardstick").map_err(|said| anyhow!(said))?;
        let mut command = Command::new(binary);
        let log = match kind {
            Kind::Table => {
                let db = folder.join("table.db");
                command.arg("--group-commit").arg("--db").arg(&db);
                Some(folder.join("table.db-wal"))
            }
            _ => {
                command.arg("--bare");
                None
            }
        };
        if street == Street::Tls {
            command.arg("--tls");
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let address: SocketAddr = ready["address"]
            .as_str()
            .and_then(|address| address.parse().ok())
            .context("the yardstick did not start")?;
        let target = Target::yardstick(address, street == Street::Tls);
        Ok(Self {
            kind,
            target: target.served_by(Process::of(child.id())),
            log,
            running: Running::Yardstick(child),
            folder,
        })
    }

    /// All three.
    pub(crate) fn all(setting: &Setting, street: Street) -> Result<Vec<Self>> {
        [Kind::Relay, Kind::Table, Kind::Bare]
            .into_iter()
            .map(|kind| Self::start(setting, kind, street))
            .collect()
    }

    /// Its process.
    pub(crate) fn process(&self) -> Process {
        match &self.running {
            Running::Relay(relay) => Process::of(relay.id()),
            Running::Yardstick(child) => Process::of(child.id()),
        }
    }

    /// A number on the relay's page of metrics; zero where there is none.
    pub(crate) fn metric(&self, name: &str) -> Result<u64> {
        let Running::Relay(relay) = &self.running else {
            return Ok(0);
        };
        let page = relay.page("/metrics").map_err(|said| anyhow!(said))?;
        let named = |line: &&str| line.split(' ').next() == Some(name);
        let line = page.lines().find(named);
        let line = line.with_context(|| format!("the relay counts no `{name}`"))?;
        let number = line.rsplit(' ').next().unwrap_or_default();
        number.parse().context("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Yardstick(child) = &mut self.running {
            let _gone = child.kill();
            let _gone = child.wait();
        }
        if let Running::Relay(relay) = &mut self.running {
            relay.kill();
        }
        let _gone_with_the_run_at_the_latest = std::fs::remove_dir_all(&self.folder);
    }
}

/// A relay behind a proxy has to vouch for the proxy's certificate: one that nobody shows.
fn vouch(folder: &Path, data: &Path) -> Result<()> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let file = folder.join("proxy.pem");
    std::fs::write(&file, made.cert.pem())?;
    let binary = house::binary("partywall-relay").map_err(|said| anyhow!(said))?;
    let vouched = Command::new(binary)
        .arg("vouch")
        .arg(&file)
        .arg("--data")
        .arg(data)
        .stdout(Stdio::null())
        .status()?;
    if !vouched.success() {
        bail!("the relay does not vouch for a proxy's certificate");
    }
    Ok(())
}
