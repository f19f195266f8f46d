//! Runs the guarantee catalogue: every row's tests in the house as it ships, then with the row's defence broken.
//! Knows: rows, two builds, verdicts. Never knows: how a test goes about it.

mod catalogue;
mod setting;

mod attempt;
mod builds;
mod verdict;

mod journal;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser as _;
use partywall_test_street::house;
use partywall_test_street::machine::Machine;
use partywall_world::{Clock as _, SystemClock};

use crate::attempt::Known;
use crate::builds::Build;
use crate::catalogue::{Catalogue, Row};
use crate::journal::Journal;
use crate::setting::Setting;
use crate::verdict::Verdict;

fn main() -> ExitCode {
    match run(&Setting::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(setting: &Setting) -> Result<bool> {
    let root = house::root();
    let catalogue = Catalogue::read(&root.join("tests/guarantees/catalogue"))?;
    let wanted: Vec<(&String, &Row)> = catalogue
        .0
        .iter()
        .filter(|(id, _)| setting.wants(id))
        .collect();
    let unknown = |name: &&String| !catalogue.0.keys().any(|id| id.starts_with(name.as_str()));
    if let Some(name) = setting.rows.iter().find(unknown) {
        bail!("no row or chapter is called `{name}`; `--list` names them");
    }
    if setting.list {
        for (id, row) in wanted {
            println!("{id}  {}  ({})", row.attack, row.state.word());
        }
        return Ok(true);
    }
    let shown: Vec<_> = wanted
        .into_iter()
        .filter(|(_, row)| row.state.is_shown() && (setting.full || !row.only_in_full))
        .collect();
    let tests: BTreeSet<_> = shown
        .iter()
        .flat_map(|(_, row)| row.tests.clone())
        .collect();
    if tests.is_empty() {
        bail!("nothing is shown of these rows yet; `--list` says what can be said of them");
    }
    eprintln!(
        "▸ building the tests of {} rows, twice (the first build takes some minutes)",
        shown.len()
    );
    let processes = shown.iter().any(|(_, row)| row.processes);
    let (whole, mutants) = Build::both(&root, &tests, processes, setting.full)?;
    let mutants = (!setting.no_mutants).then_some(&mutants);
    let journal = builds::folder(&root).join(if setting.full {
        "full.jsonl"
    } else {
        "quick.jsonl"
    });
    // A quick run is done again: it is over before one would look for what is left of it.
    let journal = Journal::open(&journal, setting.anew || !setting.full)?;
    let verdicts = judge(setting, (&whole, mutants), journal, &shown)?;

    let machine = Machine::here();
    let page = table::page(setting, &machine, &catalogue, &verdicts);
    let at = builds::folder(&root).join("table.md");
    fs::write(&at, &page).with_context(|| format!("writing {}", at.display()))?;
    println!("\n{}", table::sums(&catalogue, &verdicts));
    println!("{}\n", table::headline(&catalogue, &verdicts));
    println!("the whole table: {}", at.display());
    let wrong: Vec<&String> = verdicts
        .iter()
        .filter(|(_, seen)| !seen.is_well())
        .map(|(id, _)| id)
        .collect();
    let well = shown.len() - wrong.len();
    if !wrong.is_empty() {
        let names: Vec<&str> = wrong.iter().map(|id| id.as_str()).collect();
        println!("not as it should be: {}", names.join(", "));
    } else if setting.write {
        fs::write(root.join("docs/guarantees.md"), &page)?;
    }
    println!("{well} passed, {} failed", wrong.len());
    Ok(wrong.is_empty())
}

/// A row that took less is not kept for a run that goes on.
const WORTH_KEEPING: Duration = Duration::from_secs(10);

/// Every row, some at once, with progress and the time that is left.
fn judge(
    setting: &Setting,
    (whole, mutants): (&Build, Option<&Build>),
    journal: Journal,
    shown: &[(&String, &Row)],
) -> Result<BTreeMap<String, Verdict>> {
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    let known = Known::default();
    let state = Mutex::new((journal, shown.iter(), BTreeMap::new(), 0_u32));
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || -> Result<()> {
        loop {
            let next = lock().1.next();
            let Some((id, row)) = next else { return Ok(()) };
            let prints = [Some(whole), mutants].map(|build| {
                build.map_or(Ok(String::new()), |build| {
                    build.print(&row.tests, row.processes)
                })
            });
            let [of_whole, of_mutants] = prints;
            let depth = setting::depth(setting.full);
            let of = format!("{} {} {depth} {}", of_whole?, of_mutants?, setting.seed);
            let earlier = lock().0.seen(&of, id).cloned();
            let verdict = match earlier {
                Some(earlier) => earlier,
                None => {
                    let from = clock.monotonic();
                    let verdict = Verdict::of(setting, (whole, mutants), &known, id, row)?;
                    let took = clock.monotonic().since(from);
                    let mut state = lock();
                    // What is short is done again: some of it reads documents. What failed is, too.
                    if took > WORTH_KEEPING && verdict.is_well() {
                        state.0.keep(&of, id, &verdict)?;
                    }
                    state.3 += 1;
                    verdict
                }
            };
            let mut state = lock();
            state.2.insert((*id).clone(), verdict.clone());
            let (done, run) = (state.2.len(), state.3);
            let each = clock.monotonic().since(begin) / run.max(1);
            let left = each * u32::try_from(shown.len() - done).unwrap_or(u32::MAX);
            report(id, row, &verdict);
            eprintln!(
                "  {done}/{} rows, about {} s left",
                shown.len(),
                left.as_secs()
            );
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..setting.at_once.max(1))
            .map(|_| scope.spawn(work))
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| match worker.join() {
                Ok(done) => done,
                Err(_) => bail!("a worker died"),
            })
    })?;
    let (.., verdicts, _) = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(verdicts)
}

fn report(id: &str, row: &Row, verdict: &Verdict) {
    let passed = if verdict.passed { "pass" } else { "FAIL" };
    let found = match verdict.found {
        Some(true) => "its mutant fails",
        Some(false) => "ITS MUTANT IS NOT FOUND",
        None => "not broken",
    };
    println!(
        "{id}  {passed}  tried {}  {found}  {}",
        verdict.tried, row.attack
    );
    for wrong in &verdict.wrong {
        println!("    {wrong}");
    }
}
