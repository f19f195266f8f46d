//! A person at the command line: one store, one passphrase.
//! Knows: how the binary is started and what it printed. Never knows: how it works.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use partywall_test_relay::TestRelay;
use partywall_world::{Clock, SystemClock};
use serde_json::Value;
use tempfile::TempDir;

/// A relay's link that is whole, to a place where nobody listens.
pub(crate) const NOBODY: &str =
    "https://127.0.0.1:1/#AaEAWCBEebi7a8nq1KqWPfGrdbCEmjI_HqSZMTFczyuuJKahXj4fV-g";

/// How long a test waits for what it waits for: one that hangs must end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody with a store in a folder of their own.
pub(crate) struct Person {
    folder: TempDir,
    passphrase: String,
}

/// What a run of the command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Person {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            passphrase: "open sesame".to_owned(),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("me.store")
    }

    /// The command with this person's store and passphrase.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = bare(words);
        command
            .arg("--store")
            .arg(self.store())
            .env("PARTYWALL_PASSPHRASE", &self.passphrase);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::of(self.command(words).output().expect("the binary runs"))
    }

    /// Runs with this on standard input.
    pub(crate) fn run_with(&self, words: &[&str], input: &str) -> Ran {
        let mut child = self.start(words);
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that ends early closes its end.
        let _closed = stdin.write_all(input.as_bytes());
        drop(stdin);
        Ran::of(child.wait_with_output().expect("it ends"))
    }

    /// Starts it, with pipes.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        let piped = Stdio::piped;
        let mut command = self.command(words);
        command
            .stdin(piped())
            .stdout(piped())
            .stderr(piped())
            .spawn()
            .expect("the binary runs")
    }

    /// Runs, must succeed, and the one object that it printed.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let mut objects = self.objects(words);
        assert_eq!(objects.len(), 1, "{words:?} {objects:?}");
        objects.remove(0)
    }

    /// Runs, must succeed, and the objects that it printed, one a line and nothing else.
    pub(crate) fn objects(&self, words: &[&str]) -> Vec<Value> {
        let ran = self.run(&[words, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{words:?} {ran:?}");
        ran.out
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON object"))
            .collect()
    }

    /// What has arrived, until it is quiet.
    pub(crate) fn receives(&self) -> Vec<Value> {
        self.objects(&["receive", "--until-idle", "0.5"])
    }

    /// The texts among what has arrived.
    pub(crate) fn reads(&self) -> Vec<String> {
        let objects = self.receives();
        let texts = objects.iter().filter_map(|object| object["text"].as_str());
        texts.map(str::to_owned).collect()
    }

    /// Waits until the files of the store have so many bytes.
    pub(crate) fn store_grows_to(&self, bytes: u64) {
        until("the store grows", || {
            let files = std::fs::read_dir(self.folder.path()).expect("a folder");
            let sizes = files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len()));
            sizes.sum::<u64>() >= bytes
        });
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// It ended with this code, one error and one hint on standard error, nothing on standard output.
    pub(crate) fn is_refused(&self, code: i32, error: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        let errors: Vec<&str> = self
            .err
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        assert!(errors.len() == 1 && errors[0].contains(error), "{self:?}");
        assert_eq!(self.err.matches("\nhint: ").count(), 1, "{self:?}");
    }
}

/// The command without a store or passphrase, and with nobody at a terminal.
pub(crate) fn bare(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partywall"));
    command
        .args(words)
        .env_remove("PARTYWALL_PASSPHRASE")
        .env_remove("PARTYWALL_STORE")
        .stdin(Stdio::null());
    command
}

/// Two people who are each other's contacts, `ben` and `anna`, and have both heard of the other.
pub(crate) async fn acquainted() -> (TestRelay, Person, Person) {
    let relay = TestRelay::start().await;
    let (anna, ben) = (Person::new(), Person::new());
    let link = anna.json(&["invite", "--relay", &relay.relay_link(), "--name", "ben"]);
    let link = link["link"].as_str().expect("a link");
    assert_eq!(ben.run(&["add", link, "--name", "anna"]).code, 0);
    ben.json(&["send", "anna", "first"]);
    assert_eq!(anna.reads(), ["first"]);
    anna.json(&["send", "ben", "second"]);
    assert_eq!(ben.reads(), ["second"]);
    (relay, anna, ben)
}

/// Looks again and again until it is so; fails when it takes too long.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let clock = SystemClock::new();
    while !so() {
        assert!(clock.monotonic().elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
