//! One test in one build, in a process of its own, with a limit on its time.
//! Knows: the program, the name, what it printed. Never knows: whether that is good.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use partywall_world::{Clock, SystemClock};

use crate::builds::Build;
use crate::catalogue::{Row, Test};
use crate::setting::{Setting, depth, limit};

/// How often a running test is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// It failed by itself, as a test does.
    Failed,
    /// It did not end in time and was ended.
    Hung,
    /// There is no such test, or its process died without a verdict.
    Nothing,
}

/// What was seen of one test.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) outcome: Outcome,
    /// Whether the broken line was reached.
    pub(crate) reached: bool,
    /// All that it printed.
    pub(crate) said: String,
}

impl Seen {
    /// How often it tried, as it says of this row, and its figures. A test that speaks for another row, and is
    /// the sharpest for this one too, speaks for both; one that says nothing tried once.
    pub(crate) fn told(&self, id: &str, broken: &str) -> (u64, Vec<String>) {
        let lines = |row: &str, what: &str| -> Vec<String> {
            let head = format!("guarantee {row} {what} ");
            let words = self
                .said
                .lines()
                .filter_map(|line| line.strip_prefix(&head));
            words.map(str::to_owned).collect()
        };
        let speaks = self.said.contains(&format!("guarantee {id} "));
        let speaker = if speaks { id } else { broken };
        let counts = lines(speaker, "tried");
        let tried = match counts.is_empty() {
            true => 1,
            false => counts
                .iter()
                .filter_map(|words| words.parse::<u64>().ok())
                .sum(),
        };
        (tried, lines(speaker, "figure"))
    }
}

/// The tests of the house as it ships that were run already: rows share some.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<Test, Arc<Mutex<Option<Seen>>>>>);

impl Known {
    /// Runs it, or waits for whoever runs it now.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn attempt(
        &self,
        setting: &Setting,
        build: &Build,
        test: &Test,
        (id, row): (&str, &Row),
    ) -> Result<Seen> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = Arc::clone(all.entry(test.clone()).or_default());
        drop(all);
        let mut one = one.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = &*one {
            return Ok(seen.clone());
        }
        let seen = attempt(setting, build, test, (id, row), false)?;
        *one = Some(seen.clone());
        Ok(seen)
    }
}

/// Runs a test; with a mutant, in a process where that row's defence is broken.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn attempt(
    setting: &Setting,
    build: &Build,
    test: &Test,
    (id, row): (&str, &Row),
    mutant: bool,
) -> Result<Seen> {
    let broken = row.broken(id);
    // A mutant is found by few tries as well as by many, unless few are none.
    let full = setting.full && (!mutant || row.only_in_full);
    let program = build.program(test)?;
    let folder = tempfile::tempdir()?;
    let (reached, said) = (folder.path().join("reached"), folder.path().join("said"));
    let output = File::create(&said)?;
    let mut command = Command::new(&program.path);
    command
        .args([
            "--exact",
            &test.name,
            "--nocapture",
            "--test-threads=1",
            "--include-ignored",
        ])
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .env("PARTYWALL_BINARIES", &build.binaries)
        .env("PARTYWALL_DEPTH", depth(full))
        .env("PARTYWALL_SEED", setting.seed.to_string())
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stderr(output.try_clone()?)
        .stdout(output);
    if mutant {
        command
            .env("PARTYWALL_MUTANT", broken)
            .env("PARTYWALL_MUTANT_REACHED", &reached);
    }
    let ended = wait(
        command
            .spawn()
            .with_context(|| format!("starting {}", test.name))?,
        limit(full),
    )?;
    let said = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
    let outcome = match ended {
        None => Outcome::Hung,
        Some(true) if said.contains("test result: ok. 1 passed") => Outcome::Passed,
        Some(false) if said.contains("test result: FAILED. 0 passed; 1 failed") => Outcome::Failed,
        Some(_) => Outcome::Nothing,
    };
    Ok(Seen {
        outcome,
        reached: exists(&reached),
        said,
    })
}

fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether it ended well; nothing if it had to be ended.
fn wait(mut child: std::process::Child, limit: Duration) -> Result<Option<bool>> {
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if clock.monotonic().since(begin) > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}
