//! What every section is given: how much to do, where to put files, and somebody to tell how far it is.
//! Knows: rounds, a folder, a clock. Never knows: what is measured.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use partywall_world::{Clock, Monotonic, SystemClock};

/// The setting of a run.
pub(crate) struct Setting {
    /// How often each server is measured.
    pub(crate) rounds: usize,
    /// A tenth of everything.
    pub(crate) quick: bool,
    folder: tempfile::TempDir,
    folders: Cell<u32>,
    clock: SystemClock,
    began: Monotonic,
    /// Seconds that all sections take about, and those that were begun so far.
    expected: u64,
    begun: u64,
    now: &'static str,
}

impl Setting {
    pub(crate) fn new(rounds: usize, quick: bool) -> Result<Self> {
        let clock = SystemClock::new();
        Ok(Self {
            rounds,
            quick,
            folder: tempfile::Builder::new()
                .prefix("partywall-bench")
                .tempdir()?,
            folders: Cell::new(0),
            began: clock.monotonic(),
            clock,
            expected: 0,
            begun: 0,
            now: "",
        })
    }

    /// So much, or a tenth of it in a quick run.
    pub(crate) fn many(&self, whole: u64) -> u64 {
        if self.quick {
            (whole / 10).max(1)
        } else {
            whole
        }
    }

    /// A new folder, gone with the run.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        self.folders.set(self.folders.get() + 1);
        let folder = self
            .folder
            .path()
            .join(format!("{name}-{}", self.folders.get()));
        std::fs::create_dir(&folder)?;
        Ok(folder)
    }

    /// Forgets what a section left on disk.
    pub(crate) fn forget(&self, folder: &Path) {
        let _gone_with_the_run_at_the_latest = std::fs::remove_dir_all(folder);
    }

    /// About how many seconds each section takes.
    pub(crate) fn expect(&mut self, sections: impl Iterator<Item = u64>) {
        self.expected = sections.map(|seconds| self.scaled(seconds)).sum();
    }

    pub(crate) fn begins(&mut self, section: &'static str, seconds: u64) {
        (self.now, self.begun) = (section, self.begun + self.scaled(seconds));
        self.tell("begins");
    }

    /// Says on standard error how far it is, and about how long the rest takes.
    pub(crate) fn tell(&self, what: &str) {
        let spent = self.clock.monotonic().since(self.began);
        let left = Duration::from_secs(self.expected)
            .saturating_sub(spent)
            .as_secs();
        let mut out = std::io::stderr();
        let (begin, end) = if out.is_terminal() {
            ("\r\x1b[K", "")
        } else {
            ("", "\n")
        };
        let line = format!(
            "{begin}▸ {:>4} s · {} · {what} · about {left} s left{end}",
            spent.as_secs(),
            self.now
        );
        let _nobody_may_be_looking = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    }

    fn scaled(&self, seconds: u64) -> u64 {
        let of_five = seconds * self.rounds as u64 / 5;
        if self.quick { of_five / 4 } else { of_five }
    }
}
