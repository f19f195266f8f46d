//! The relay beside its yardsticks, in one run: every target of docs/performance.md.
//! Knows: which sections there are, and in which order. Never knows: how any of them measures.

mod page;
mod row;
mod sections;
mod servers;
mod setting;
mod wings;

use std::num::NonZeroUsize;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use partywall_test_street::machine::Machine;

use crate::page::Part;
use crate::row::Row;
use crate::sections::{SECTIONS, Section};
use crate::setting::Setting;

/// Measures the relay beside a bare forwarder and one with a plain group-commit table: the same load, the
/// same envelopes, one after the other in turn, medians over rounds.
#[derive(Parser)]
#[command(name = "cargo xtask bench", after_help = EXAMPLES)]
struct Arguments {
    /// Which sections; all of them if none is named.
    sections: Vec<String>,
    /// A tenth of everything: to see that it works, not how fast.
    #[arg(long)]
    quick: bool,
    /// How often each server is measured (5; 2 with --quick).
    #[arg(long, value_name = "N")]
    rounds: Option<NonZeroUsize>,
    /// Writes docs/performance.md and docs/performance.json although not every section ran: what they say of the
    /// others stays.
    #[arg(long)]
    write: bool,
    /// Says which sections there are.
    #[arg(long)]
    list: bool,
}

const EXAMPLES: &str = "examples:
  cargo xtask bench                    everything; writes docs/performance.md (some thirty minutes)
  cargo xtask bench online paced       two sections, printed only
  cargo xtask bench --quick            everything, a tenth of it, printed only";

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.list {
        for section in SECTIONS {
            println!("{:<10} {}", section.name, section.says);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = chosen(&arguments.sections)?;
    let rounds = arguments
        .rounds
        .map_or(if arguments.quick { 2 } else { 5 }, NonZeroUsize::get);
    let mut setting = Setting::new(rounds, arguments.quick)?;
    setting.expect(chosen.iter().map(|section| section.seconds));
    let (mut parts, machine) = (Vec::new(), Machine::here());
    for section in &chosen {
        setting.begins(section.name, section.seconds);
        let seen = measure(section, &setting)
            .with_context(|| format!("section `{}` did not come to its end", section.name))?;
        print!("{}", page::table(&seen));
        parts.push(Part {
            section: section.name.to_owned(),
            machine: machine.clone(),
            rounds,
            rows: seen,
        });
    }
    let whole = chosen.len() == SECTIONS.len() && !arguments.quick;
    if whole || arguments.write {
        page::write(parts)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen(names: &[String]) -> Result<Vec<&'static Section>> {
    if names.is_empty() {
        return Ok(SECTIONS.iter().collect());
    }
    let find = |name: &String| {
        let found = SECTIONS.iter().find(|section| section.name == name);
        found
            .with_context(|| format!("there is no section `{name}`; `--list` says which there are"))
    };
    names.iter().map(find).collect()
}

/// On one thread: the load shares the machine with what it measures, and must be cheap.
fn measure(section: &Section, setting: &Setting) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let rows = runtime.block_on((section.run)(setting))?;
    if rows.is_empty() {
        bail!("it saw nothing");
    }
    Ok(rows)
}
