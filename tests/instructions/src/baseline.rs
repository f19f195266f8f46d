//! What was accepted, and how what was counted compares.
//! Knows: names and numbers. Never knows: how they were counted.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::count::Counted;

/// How much more than was accepted is still let pass, in parts of a hundred.
const SLACK: u64 = 10;
/// What grows no faster than that with the relay: the second beside the first.
const GROWTH: [(&str, &str); 2] = [
    (
        "deposit, 10 mailboxes, 1000 stored",
        "deposit, 10000 mailboxes, 1000 stored",
    ),
    (
        "deliver, 10 mailboxes, 1000 stored",
        "deliver, 10000 mailboxes, 1000 stored",
    ),
];

/// Instructions by name.
pub(crate) struct Baseline(BTreeMap<String, u64>);

/// The table, line by line.
pub(crate) struct Judged(Vec<Line>);

struct Line {
    what: String,
    accepted: Option<u64>,
    counted: u64,
}

impl Baseline {
    pub(crate) fn of(counted: &[Counted]) -> Self {
        let pair = |one: &Counted| (one.what.clone(), one.instructions);
        Self(counted.iter().map(pair).collect())
    }

    pub(crate) fn read() -> Result<Self> {
        let text = std::fs::read_to_string(path()).context("there is no baseline")?;
        Ok(Self(serde_json::from_str(&text).context("the baseline")?))
    }

    pub(crate) fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.0)? + "\n";
        std::fs::write(path(), &text)?;
        print!("{text}");
        println!("accepted: tests/instructions/baseline.json is to be committed");
        Ok(())
    }

    /// Beside the baseline, and the larger relay beside the smaller.
    pub(crate) fn judge(&self, counted: &[Counted]) -> Judged {
        let mut lines: Vec<Line> = counted
            .iter()
            .map(|one| Line {
                what: one.what.clone(),
                accepted: self.0.get(&one.what).copied(),
                counted: one.instructions,
            })
            .collect();
        let now = Self::of(counted).0;
        for (small, large) in GROWTH {
            if let (Some(small), Some(counted)) = (now.get(small), now.get(large)) {
                lines.push(Line {
                    what: format!("growth: {large}"),
                    accepted: Some(*small),
                    counted: *counted,
                });
            }
        }
        Judged(lines)
    }
}

impl Judged {
    pub(crate) fn holds(&self) -> bool {
        self.0.iter().all(Line::holds)
    }
}

impl Line {
    fn holds(&self) -> bool {
        let most = |accepted: u64| accepted.saturating_mul(100 + SLACK) / 100;
        self.accepted
            .is_some_and(|accepted| self.counted <= most(accepted))
    }
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| instructions of | baseline | now | ratio |")?;
        writeln!(f, "|---|---|---|---|")?;
        for line in &self.0 {
            let Line { what, counted, .. } = line;
            let mark = if line.holds() { "" } else { " **more**" };
            match line.accepted {
                Some(accepted) => {
                    let ratio = *counted as f64 / accepted as f64;
                    writeln!(f, "| {what} | {accepted} | {counted} | {ratio:.3}{mark} |")?;
                }
                None => writeln!(f, "| {what} | | {counted} |{mark} |")?,
            }
        }
        if self.holds() {
            return Ok(());
        }
        writeln!(
            f,
            "\nSomething costs more than {SLACK} % above the baseline, or has none. If it is worth it, say so in the \
             commit and accept it: cargo xtask instructions --accept"
        )
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baseline.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(what: &str, instructions: u64) -> Counted {
        let what = what.to_owned();
        Counted { what, instructions }
    }

    #[test]
    fn a_tenth_more_passes_and_anything_above_it_or_unknown_does_not() {
        let baseline = Baseline::of(&[counted("seal", 1_000)]);
        assert!(baseline.judge(&[counted("seal", 1_100)]).holds());
        assert!(baseline.judge(&[counted("seal", 10)]).holds());
        assert!(!baseline.judge(&[counted("seal", 1_101)]).holds());
        assert!(!baseline.judge(&[counted("open", 1)]).holds());
    }

    #[test]
    fn a_larger_relay_is_held_against_the_smaller_one_of_the_same_run() {
        let (small, large) = GROWTH[0];
        let seen = |now| [counted(small, 1_000), counted(large, now)];
        let baseline = Baseline::of(&seen(5_000));
        assert!(baseline.judge(&seen(1_100)).holds());
        assert!(!baseline.judge(&seen(1_101)).holds());
    }
}
