//! A relay as a process of its own: started, stopped, killed, started again on the same folder and ports.
//! Knows: the command line and the line that it prints when ready. Never knows: what is in its folder.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::house;

/// A running relay. Killed when dropped.
pub struct Relay {
    child: Child,
    folder: PathBuf,
    log: PathBuf,
    more: Vec<String>,
    environment: Vec<(String, String)>,
    /// `host:port` of the peer listener.
    pub peer: String,
    /// `host:port` of the business listener.
    pub business: String,
    /// `host:port` of the operator listener.
    pub operator: String,
    /// The relay link.
    pub link: String,
}

impl Relay {
    /// Starts one on free ports; the folder is made if it is not there.
    ///
    /// # Errors
    /// What it said instead of being ready.
    pub fn start(folder: &Path, more: &[&str]) -> Result<Self, String> {
        Self::start_in(folder, more, Vec::new())
    }

    /// The same with more in its environment.
    ///
    /// # Errors
    /// As [`Relay::start`].
    pub fn start_in(
        folder: &Path,
        more: &[&str],
        environment: Vec<(String, String)>,
    ) -> Result<Self, String> {
        let more: Vec<String> = more.iter().map(|word| (*word).to_owned()).collect();
        Self::start_at(folder, ["127.0.0.1:0"; 3], more, environment)
    }

    fn start_at(
        folder: &Path,
        [peer, business, operator]: [&str; 3],
        more: Vec<String>,
        environment: Vec<(String, String)>,
    ) -> Result<Self, String> {
        let log = folder.with_extension("log");
        let to = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(|error| error.to_string())?;
        let mut child = Command::new(house::binary("partywall-relay")?)
            .args([
                "serve",
                "--json",
                "--peer",
                peer,
                "--business",
                business,
                "--operator",
                operator,
                "--data",
            ])
            .arg(folder)
            .args(&more)
            .envs(environment.iter().cloned())
            .stdout(Stdio::piped())
            .stderr(to)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| error.to_string())?;
        }
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if ready["ready"] != true {
            let _ = child.kill();
            let _ = child.wait();
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            return Err(format!("{line}{said}"));
        }
        let field = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            child,
            folder: folder.to_path_buf(),
            log,
            more,
            environment,
            peer: field("peer"),
            business: field("business"),
            operator: field("operator"),
            link: field("relay"),
        })
    }

    /// Its data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that takes its log.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, then waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; the exit status once it has drained.
    ///
    /// # Errors
    /// When it cannot be signalled or waited for.
    pub fn stop(&mut self) -> Result<ExitStatus, String> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        sent.map_err(|error| error.to_string())?;
        self.child.wait().map_err(|error| error.to_string())
    }

    /// The same folder and ports again, after a kill or a stop.
    ///
    /// # Errors
    /// What it said instead of being ready.
    pub fn again(&mut self) -> Result<(), String> {
        let ports = [&*self.peer, &*self.business, &*self.operator];
        let (more, environment) = (self.more.clone(), self.environment.clone());
        let next = Self::start_at(&self.folder, ports, more, environment)?;
        *self = next;
        Ok(())
    }

    /// The text of an operator page.
    ///
    /// # Errors
    /// When the listener does not answer.
    pub fn page(&self, path: &str) -> Result<String, String> {
        page(&self.operator, path)
    }
}

/// The text of a page of an operator listener at `host:port`.
///
/// # Errors
/// When it does not answer.
pub fn page(operator: &str, path: &str) -> Result<String, String> {
    let read = || {
        let mut stream = TcpStream::connect(operator)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {operator}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    read().map_err(|error: io::Error| error.to_string())
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.kill();
    }
}
