//! A person at the command line: one store, one passphrase.
//! Knows: `partywall`'s command line. Never knows: how it keeps its promises.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::house;

/// Somebody with a store.
pub struct Person {
    store: PathBuf,
    /// What their store is locked with.
    pub passphrase: String,
}

/// A line that `receive --json` printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who wrote it.
    pub from: String,
    /// Under which id.
    pub id: String,
    /// What it says.
    pub text: String,
}

impl Person {
    /// Somebody whose store lies in this folder.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        Self {
            store: folder.join(format!("{name}.store")),
            passphrase: format!("the passphrase of {name}"),
        }
    }

    /// Where the store lies.
    #[must_use]
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// The command with the store and the passphrase.
    ///
    /// # Errors
    /// When the binary is not built.
    pub fn command(&self, words: &[&str]) -> Result<Command, String> {
        let mut command = Command::new(house::binary("partywall")?);
        command
            .arg("--store")
            .arg(&self.store)
            .args(words)
            .env("PARTYWALL_PASSPHRASE", &self.passphrase)
            .stdin(Stdio::null());
        Ok(command)
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self, words: &[&str]) -> Result<Output, String> {
        self.command(words)?
            .output()
            .map_err(|error| error.to_string())
    }

    /// Runs to the end and takes the one JSON object that it printed.
    ///
    /// # Errors
    /// What it said on stderr when it failed.
    pub fn json(&self, words: &[&str]) -> Result<Value, String> {
        let output = self.run(&[words, &["--json"]].concat())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
    }

    /// Makes an invitation.
    ///
    /// # Errors
    /// What it said.
    pub fn invite(&self, relay: &str, name: &str) -> Result<String, String> {
        let answer = self.json(&["invite", "--relay", relay, "--name", name])?;
        answer["link"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| answer.to_string())
    }

    /// Uses an invitation.
    ///
    /// # Errors
    /// What it said.
    pub fn add(&self, link: &str, name: &str) -> Result<(), String> {
        self.succeed(&["add", link, "--name", name]).map(drop)
    }

    /// Sends one text.
    ///
    /// # Errors
    /// What it said.
    pub fn send(&self, name: &str, text: &str) -> Result<(), String> {
        self.succeed(&["send", name, text]).map(drop)
    }

    /// Runs and expects success.
    ///
    /// # Errors
    /// What it said on stderr.
    pub fn succeed(&self, words: &[&str]) -> Result<String, String> {
        let output = self.run(words)?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!(
                "{words:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }

    /// Starts sending a file's lines.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_lines(&self, name: &str, lines: &Path) -> Result<Child, String> {
        let input = File::open(lines).map_err(|error| error.to_string())?;
        self.command(&["send", name, "--lines"])?
            .stdin(input)
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())
    }

    /// Starts receiving into a file, which grows with each run.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_receive(&self, into: &Path, idle: &str) -> Result<Child, String> {
        let output = File::options()
            .create(true)
            .append(true)
            .open(into)
            .map_err(|error| error.to_string())?;
        self.command(&["receive", "--json", "--until-idle", idle])?
            .stdout(output)
            .spawn()
            .map_err(|error| error.to_string())
    }

    /// Receives until it is quiet; the messages.
    ///
    /// # Errors
    /// What it said.
    pub fn receive(&self, idle: &str) -> Result<Vec<Line>, String> {
        let said = self.succeed(&["receive", "--json", "--until-idle", idle])?;
        messages(&said)
    }
}

/// The messages among the lines that `receive --json` printed; a last line cut short by a kill is left out.
///
/// # Errors
/// A whole line that is not a JSON object.
pub fn messages(printed: &str) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for line in printed
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
    {
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        if let (Some(from), Some(text)) = (value["from"].as_str(), value["text"].as_str()) {
            lines.push(Line {
                from: from.to_owned(),
                id: value["id"].to_string(),
                text: text.to_owned(),
            });
        }
    }
    Ok(lines)
}
