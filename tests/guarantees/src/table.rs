//! The published table, and the sums over it. Generated from a run, never by hand.
//! Knows: rows and verdicts. Never knows: tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use partywall_test_street::machine::Machine;
use serde::Serialize;

use crate::catalogue::{CHAPTERS, Catalogue, Row, State};
use crate::setting::Setting;
use crate::verdict::Verdict;

/// Sums over some chapters.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Sum {
    pub(crate) rows: usize,
    /// Their test passes and fails with the defence broken.
    pub(crate) counted: usize,
    pub(crate) demonstrated: usize,
    pub(crate) removed: usize,
    pub(crate) bounded: usize,
    pub(crate) not_built: usize,
    pub(crate) open: usize,
    /// Their test, or its mutant, did not do what it has to.
    pub(crate) wrong: usize,
}

impl Sum {
    pub(crate) fn over(
        catalogue: &Catalogue,
        verdicts: &BTreeMap<String, Verdict>,
        chapters: &str,
    ) -> Self {
        let mut sum = Self::default();
        for (id, row) in &catalogue.0 {
            if !id.starts_with(|letter| chapters.contains(letter)) {
                continue;
            }
            sum.rows += 1;
            let verdict = verdicts.get(id);
            let counts = verdict.is_some_and(Verdict::counts);
            sum.counted += usize::from(counts);
            sum.wrong += usize::from(verdict.is_some_and(|verdict| !verdict.is_well()));
            match row.state {
                State::Demonstrated => sum.demonstrated += usize::from(counts),
                State::Removed => sum.removed += usize::from(counts),
                State::Bounded => sum.bounded += usize::from(counts),
                State::NotBuilt => sum.not_built += 1,
                State::Open => sum.open += 1,
            }
        }
        sum
    }
}

/// The page in Markdown.
pub(crate) fn page(
    setting: &Setting,
    machine: &Machine,
    catalogue: &Catalogue,
    verdicts: &BTreeMap<String, Verdict>,
) -> String {
    let mut out = String::from(include_str!("page/before.md"));
    let depth = if setting.full { "--full" } else { "--quick" };
    let _infallible = writeln!(
        out,
        "\nRun on {} at commit {}: {} × {}, {} GiB, Linux {}; `cargo xtask guarantees {depth} --seed {}`.\n",
        machine.date,
        machine.commit,
        machine.cores,
        machine.model,
        machine.memory_gib,
        machine.kernel,
        setting.seed
    );
    let _infallible = writeln!(out, "{}\n", headline(catalogue, verdicts));
    out.push_str(&sums(catalogue, verdicts));
    for (letter, _, title) in CHAPTERS {
        let _infallible = writeln!(out, "\n## {letter}: {title}\n");
        out.push_str("| row | attack or fault | what is said | tried | broken on purpose | the test then | seen | test |\n");
        out.push_str("|---|---|---|---|---|---|---|---|\n");
        for (id, row) in catalogue.0.iter().filter(|(id, _)| id.starts_with(letter)) {
            let _infallible = writeln!(out, "{}", line(id, row, verdicts.get(id)));
        }
    }
    out
}

/// What the README says on its first screen: the sums, and three figures.
pub(crate) fn headline(catalogue: &Catalogue, verdicts: &BTreeMap<String, Verdict>) -> String {
    let of = |chapters| Sum::over(catalogue, verdicts, chapters);
    let (attacks, wall, faults) = (of("ABDEF"), of("P"), of("X"));
    let mut out = format!(
        "**{} of {} attacks, {} of {} crossings of the wall and {} of {} faults are tried and shown to fail, each with a break of its defence under which its test goes red.**",
        attacks.counted, attacks.rows, wall.counted, wall.rows, faults.counted, faults.rows
    );
    for row in HEADLINE {
        let figures = verdicts.get(row).map(|seen| seen.figures.join("; "));
        if let Some(words) = figures.filter(|words| !words.is_empty()) {
            let _infallible = write!(out, " {row}: {words}.");
        }
    }
    out
}

/// Rows whose figures the headline gives: mutations, pairs of worlds with planted leaks, kills.
const HEADLINE: [&str; 4] = ["B08", "P14", "X01", "X03"];

/// A line for each group of chapters.
pub(crate) fn sums(catalogue: &Catalogue, verdicts: &BTreeMap<String, Verdict>) -> String {
    let mut out = String::from(
        "| rows | of | tried, with a failing mutant | demonstrated | nothing there to attack | bounded | not built yet | not shown yet | wrong |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for (name, chapters) in [
        ("A, B, D, E, F", "ABDEF"),
        ("C (groups)", "C"),
        ("P (the wall)", "P"),
        ("X (faults)", "X"),
        ("G (guarantees)", "G"),
        ("S (strangers, models)", "S"),
    ] {
        let sum = Sum::over(catalogue, verdicts, chapters);
        let _infallible = writeln!(
            out,
            "| {name} | {} | **{}** | {} | {} | {} | {} | {} | {} |",
            sum.rows,
            sum.counted,
            sum.demonstrated,
            sum.removed,
            sum.bounded,
            sum.not_built,
            sum.open,
            sum.wrong
        );
    }
    out
}

fn line(id: &str, row: &Row, verdict: Option<&Verdict>) -> String {
    let tests: Vec<String> = row
        .tests
        .iter()
        .map(|test| format!("`{} {}`", test.package, test.name))
        .collect();
    let mutant = row.mutant.as_deref().unwrap_or("–");
    let (tried, found, mut seen) = match verdict {
        Some(verdict) => (
            if verdict.passed {
                verdict.tried.to_string()
            } else {
                "**its test fails**".to_owned()
            },
            match verdict.found {
                Some(true) => "fails",
                Some(false) => "**passes**",
                None => "–",
            },
            verdict.figures.clone(),
        ),
        None => ("–".to_owned(), "–", Vec::new()),
    };
    seen.extend(row.why.clone());
    format!(
        "| {id} | {} | {} | {tried} | {mutant} | {found} | {} | {} |",
        row.attack,
        row.state.word(),
        seen.join("; ").replace('|', "\\|"),
        tests.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_cells_whatever_a_figure_says() {
        let row: Row = toml::from_str("attack = 'a'\nstate = 'bounded'\nmutant = 'm'").unwrap();
        let verdict = Verdict {
            passed: true,
            tried: 1,
            figures: vec!["|t| 1.8".to_owned()],
            found: Some(true),
            wrong: Vec::new(),
        };
        let line = line("S12", &row, Some(&verdict)).replace("\\|", "");
        assert_eq!(line.matches('|').count(), 9, "{line}");
    }
}
