//! Rows as a table, and the page that a whole run writes.
//! Knows: rows, the words around them. Never knows: how anything was measured.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use partywall_test_street::house;
use serde::Serialize;

use crate::row::{Limit, Row};
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

#[derive(Serialize)]
struct Whole<'a> {
    machine: &'a Machine,
    rounds: usize,
    rows: &'a [Row],
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
        out.push_str(&std::fs::read_to_string(file)?);
        out.push('\n');
    }
    Ok(out)
}

/// Writes docs/performance.md and docs/performance.json.
pub(crate) fn write(rows: &[Row], rounds: usize) -> Result<()> {
    let machine = Machine::here();
    let docs = house::root().join("docs");
    let unmet = rows.iter().filter(|row| row.met == Some(false)).count();
    let promised = rows.iter().filter(|row| row.met.is_some()).count();
    let head = format!(
        "Measured on {} at commit {}: {} × {}, {} GiB, Linux {}; medians over {rounds} interleaved \
         rounds; `cargo xtask bench`. Of {promised} promises {} hold.\n",
        machine.date,
        machine.commit,
        machine.cores,
        machine.model,
        machine.memory_gib,
        machine.kernel,
        promised - unmet
    );
    let further = further(&docs.join("performance"))?;
    let text = format!("{BEFORE}\n{head}\n{}\n{further}{AFTER}", table(rows));
    std::fs::write(docs.join("performance.md"), text).context("docs/performance.md")?;
    let whole = Whole {
        machine: &machine,
        rounds,
        rows,
    };
    let json = serde_json::to_string_pretty(&whole)? + "\n";
    std::fs::write(docs.join("performance.json"), json).context("docs/performance.json")?;
    Ok(())
}
