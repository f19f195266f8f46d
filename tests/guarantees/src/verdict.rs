//! What a row has shown: its tests pass in the house as it ships, and one of them fails when its defence is broken.
//! Knows: outcomes. Never knows: how they are printed.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::attempt::{Known, Outcome, Seen, attempt};
use crate::builds::Build;
use crate::catalogue::Row;
use crate::setting::Setting;

/// What is known of a row after its run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Verdict {
    pub(crate) passed: bool,
    pub(crate) tried: u64,
    pub(crate) figures: Vec<String>,
    /// Whether the break was found; nothing if none was made.
    pub(crate) found: Option<bool>,
    /// What went wrong, for whoever has to mend it.
    pub(crate) wrong: Vec<String>,
}

/// How often a broken defence is tried, each time from another seed.
const TRIES: u64 = 3;

/// Lines of a failed test's output that are shown.
const SHOWN: usize = 30;

impl Verdict {
    /// Runs all tests of a row, then breaks its defence.
    ///
    /// # Errors
    /// When a test program is not there.
    pub(crate) fn of(
        setting: &Setting,
        (whole, mutants): (&Build, Option<&Build>),
        known: &Known,
        id: &str,
        row: &Row,
    ) -> Result<Self> {
        let mut verdict = Self {
            passed: true,
            tried: 0,
            figures: Vec::new(),
            found: None,
            wrong: Vec::new(),
        };
        for test in &row.tests {
            let seen = known.attempt(setting, whole, test, (id, row))?;
            let (tried, figures) = seen.told(id, row.broken(id));
            verdict.tried += tried;
            verdict.figures.extend(figures);
            if seen.outcome != Outcome::Passed {
                verdict.passed = false;
                verdict
                    .wrong
                    .push(told(&test.name, &seen, "its test does not pass"));
            }
        }
        if verdict.tried == 0 {
            verdict.passed = false;
            verdict.wrong.push("its tests tried nothing".to_owned());
        }
        if let Some(mutants) = mutants.filter(|_| verdict.passed) {
            let mut seen = Vec::new();
            // Some breaks need a moment that does not come every time.
            let tries = (0..TRIES).flat_map(|at| row.tests.iter().map(move |test| (at, test)));
            for (at, test) in tries {
                let setting = Setting {
                    seed: setting.seed + at,
                    ..setting.clone()
                };
                let broken = attempt(&setting, mutants, test, (id, row), true)?;
                let found = is_found(&broken);
                seen.push((test, broken));
                if found {
                    break;
                }
            }
            let found = seen.last().is_some_and(|(_, last)| is_found(last));
            verdict.found = Some(found);
            if !found {
                for (test, seen) in seen {
                    let why = why_not_found(&seen);
                    verdict.wrong.push(told(&test.name, &seen, why));
                }
            }
        }
        Ok(verdict)
    }

    /// Whether the row counts: a check that cannot fail is worth nothing.
    pub(crate) fn counts(&self) -> bool {
        self.passed && self.found == Some(true)
    }

    /// Whether nothing that was looked at was wrong.
    pub(crate) fn is_well(&self) -> bool {
        self.passed && self.found != Some(false)
    }
}

fn is_found(seen: &Seen) -> bool {
    seen.outcome == Outcome::Failed && seen.reached
}

fn why_not_found(seen: &Seen) -> &'static str {
    match seen.outcome {
        Outcome::Failed => "it fails, but the broken line was not reached",
        Outcome::Passed if seen.reached => "it passes although the defence is broken",
        Outcome::Passed => "it passes, and the broken line was not reached",
        Outcome::Hung => "with the defence broken it hangs, which is no verdict",
        Outcome::Nothing => "with the defence broken its process dies without a verdict",
    }
}

fn told(name: &str, seen: &Seen, why: &str) -> String {
    let lines: Vec<&str> = seen.said.lines().collect();
    let tail = lines[lines.len().saturating_sub(SHOWN)..].join("\n    ");
    format!("{name}: {why} ({:?})\n    {tail}", seen.outcome)
}
