//! How many instructions a message costs, and whether that is what it cost when the baseline was accepted.
//! Knows: what is counted, and valgrind. Never knows: how a message goes its way.

mod baseline;
mod count;
mod program;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::baseline::Baseline;
use crate::count::{Counted, Size, growth, small};
use crate::program::Program;

/// Counts what a message costs under valgrind's callgrind, and fails when that is more than a tenth above the
/// accepted baseline. Seeds are fixed, so that two runs differ by less than a hundredth.
#[derive(Parser)]
#[command(name = "cargo xtask instructions", after_help = EXAMPLES)]
struct Arguments {
    /// Writes what was counted as the new baseline.
    #[arg(long)]
    accept: bool,
    #[command(subcommand)]
    instead: Option<Instead>,
}

#[derive(Subcommand)]
enum Instead {
    /// Counts deposit and deliver beside so many mailboxes and stored envelopes. Judges nothing.
    Size(Size),
    /// What is counted; valgrind calls this.
    #[command(subcommand, hide = true)]
    Do(Program),
}

const EXAMPLES: &str = "examples:
  cargo xtask instructions                    counts beside the baseline
  cargo xtask instructions --accept           these counts are the new baseline: commit the file
  cargo xtask instructions size --mailboxes 10000 --stored 1000000
                                              a message's cost in a full relay (takes minutes)";

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.instead {
        Some(Instead::Do(program)) => program.run()?,
        Some(Instead::Size(size)) => {
            for Counted { what, instructions } in size.count()? {
                println!("{what}: {instructions}");
            }
        }
        None if arguments.accept => Baseline::of(&everything()?).write()?,
        None => return judge(),
    }
    Ok(ExitCode::SUCCESS)
}

fn everything() -> Result<Vec<Counted>> {
    let mut counted = small()?;
    counted.extend(growth()?);
    Ok(counted)
}

fn judge() -> Result<ExitCode> {
    let baseline = Baseline::read()?;
    let judged = baseline.judge(&everything()?);
    print!("{judged}");
    Ok(if judged.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
