//! Rows as a table, and the page that a whole run writes.
//! Knows: rows, the words around them. Never knows: how anything was measured.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use partywall_test_street::house;
use serde::{Deserialize, Serialize};

use crate::row::{Limit, Row};
use crate::sections::{SECTIONS, Section};
use partywall_test_street::machine::Machine;

/// Before and after the table, for people.
const BEFORE: &str = include_str!("page/before.md");
const AFTER: &str = include_str!("page/after.md");

/// A table in Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| target | what | relay | beside | ratio | limit | met |\n|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let ratio = row
            .ratio
            .map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let limit = match row.limit {
            Some(Limit::AtMost(most)) => format!("≤ {most}"),
            Some(Limit::AtLeast(least)) => format!("≥ {least}"),
            None => String::new(),
        };
        let met = match row.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        let Row {
            target,
            what,
            measured,
            yardstick,
            ..
        } = row;
        let _infallible = writeln!(
            out,
            "| {target} | {what} | {measured} | {yardstick} | {ratio} | {limit} | {met} |"
        );
    }
    out
}

/// One section as it was last measured. Its ratios are of one run; two sections may be of two.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) section: String,
    pub(crate) machine: Machine,
    pub(crate) rounds: usize,
    pub(crate) rows: Vec<Row>,
}

#[derive(Default, Serialize, Deserialize)]
struct Whole {
    #[serde(default)]
    sections: Vec<Part>,
}

impl Whole {
    /// What the page said, with the sections that were measured now in place of what they said then.
    fn renewed(self, measured: Vec<Part>) -> Self {
        let latest = |section: &Section| {
            let named = |part: &&Part| part.section == section.name;
            let now = measured.iter().find(named);
            now.or_else(|| self.sections.iter().find(named)).cloned()
        };
        Self {
            sections: SECTIONS.iter().filter_map(latest).collect(),
        }
    }

    /// Which sections were measured when, of what, and how much of what was promised holds.
    fn head(&self) -> String {
        let mut runs: Vec<(String, Vec<&str>)> = Vec::new();
        for part in &self.sections {
            let Machine {
                date,
                commit,
                cores,
                model,
                memory_gib,
                kernel,
            } = &part.machine;
            let run = format!(
                "on {date} at commit {commit}: {cores} × {model}, {memory_gib} GiB, Linux {kernel}; \
                 medians over {} interleaved rounds",
                part.rounds
            );
            match runs.iter_mut().find(|(known, _)| *known == run) {
                Some((_, sections)) => sections.push(&part.section),
                None => runs.push((run, vec![&part.section])),
            }
        }
        let mut out = String::new();
        for (run, sections) in runs {
            let _infallible = writeln!(
                out,
                "- Measured {run}: `cargo xtask bench {}`.",
                sections.join(" ")
            );
        }
        let met = || self.sections.iter().flat_map(|part| &part.rows);
        let promised = met().filter(|row| row.met.is_some()).count();
        let held = met().filter(|row| row.met == Some(true)).count();
        let _infallible = writeln!(out, "\nOf {promised} promises {held} hold.");
        out
    }
}

/// What people wrote about single targets, in the order of the files' names.
fn further(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    let mut out = String::new();
    for file in files {
        // Their links begin in a folder of their own, the page's in the one above it.
        out.push_str(&std::fs::read_to_string(file)?.replace("](../", "]("));
        out.push('\n');
    }
    Ok(out)
}

/// Writes docs/performance.md and docs/performance.json: what was measured now, and of other sections what
/// stands there.
pub(crate) fn write(measured: Vec<Part>) -> Result<()> {
    let docs = house::root().join("docs");
    let said = std::fs::read_to_string(docs.join("performance.json")).unwrap_or_default();
    let whole: Whole = serde_json::from_str(&said).unwrap_or_default();
    let whole = whole.renewed(measured);
    let rows: Vec<Row> = whole
        .sections
        .iter()
        .flat_map(|part| part.rows.clone())
        .collect();
    let further = further(&docs.join("performance"))?;
    let text = format!(
        "{BEFORE}\n{}\n{}\n{further}{AFTER}",
        whole.head(),
        table(&rows)
    );
    std::fs::write(docs.join("performance.md"), text).context("docs/performance.md")?;
    let json = serde_json::to_string_pretty(&whole)? + "\n";
    std::fs::write(docs.join("performance.json"), json).context("docs/performance.json")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_that_was_measured_again_replaces_what_was_said_of_it_and_nothing_else() {
        let part = |section: &str, rounds| Part {
            section: section.to_owned(),
            machine: Machine::here(),
            rounds,
            rows: vec![Row::seen("what", rounds.to_string())],
        };
        let said = Whole {
            sections: vec![part("idle", 1), part("gone", 1), part("online", 1)],
        };
        let whole = said.renewed(vec![part("online", 2)]);
        let rounds: Vec<_> = whole
            .sections
            .iter()
            .map(|part| (part.section.as_str(), part.rounds))
            .collect();
        assert_eq!(rounds, [("online", 2), ("idle", 1)]);
        let head = whole.head();
        assert!(head.contains("`cargo xtask bench online`"), "{head}");
        assert!(head.contains("`cargo xtask bench idle`"), "{head}");
    }
}
