//! Runs the binary: once to its end, or as a relay that is stopped when the test ends.
//! Knows: processes. Never knows: what a test wants to show.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// The binary, in an environment without settings of this machine.
pub(crate) fn relay(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partywall-relay"));
    command.args(words).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PARTYWALL_RELAY_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end.
pub(crate) fn run(folder: &Path, words: &[&str]) -> Output {
    relay(folder, words).output().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A relay that is ready.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) ready: Value,
}

/// Picks free ports.
pub(crate) const FREE: [&str; 4] = ["--peer", "127.0.0.1:0", "--operator", "127.0.0.1:0"];

impl Running {
    /// Starts it with `--json` and free ports, and waits for its line.
    pub(crate) fn start(folder: &Path, words: &[&str]) -> Self {
        let words = [words, &FREE, &["--json"]].concat();
        Self::ready(relay(folder, &words))
    }

    /// As `start`, but no file of it can grow beyond so many blocks of 512 bytes: a disk that fills up.
    pub(crate) fn start_cramped(folder: &Path, words: &[&str], blocks: u32) -> Self {
        let mut shell = Command::new("sh");
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_partywall-relay")]);
        shell
            .args([words, &FREE, &["--json"]].concat())
            .current_dir(folder)
            .stdin(Stdio::null());
        Self::ready(shell)
    }

    fn ready(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or(Value::Null);
        Self {
            child,
            stdout,
            ready,
        }
    }

    pub(crate) fn said(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end: exit code (none after a signal), the rest of its output, its log.
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        let (mut rest, mut log) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.child.wait().unwrap().code(), rest, log)
    }

    /// Stops it as an operator would.
    pub(crate) fn stop(self) -> (Option<i32>, String, String) {
        self.signal(Signal::TERM);
        self.end()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `end` there is nothing left to kill.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// What a command answers in JSON, one line, on the relay whose folder is `d`.
pub(crate) fn said(folder: &Path, words: &[&str]) -> Value {
    let output = run(folder, &[words, &["--data", "d", "--json"]].concat());
    assert!(output.status.success(), "{words:?}: {}", err(&output));
    let text = out(&output);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}
