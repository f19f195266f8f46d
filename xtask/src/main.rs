//! Every chore by one door: `cargo xtask <chore>`. Only calls commands that CONTRIBUTING prints too.
//! Knows: cargo, python3, the folders of this repository. Never knows: how anything works inside.

mod fuzz;
mod python;
mod run;
mod sharing;
mod strangers;
mod tests;

use run::{Failed, cargo};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <chore>

  test [FILTER…]   everything that must pass: unit, story, interop and doc tests
                   (the first build takes some minutes); --besides-guarantees leaves out what
                   `guarantees` runs
  check            formatting, clippy and docs, warnings are errors
  tour             two people meet on a relay, one of them orders at a bakery; then all that the
                   relay wrote down, in both wings
  demo-lines       10,000 lines to an offline reader, with and without kill -9 (part of `test` too)
  separation       thousands of worlds that differ on one side of the wall, the other compared;
                   [--pairs N] [--converse N] [--processes N] [--from SEED]
  guarantees       every attack and fault of the catalogue: its test, and the break under which the
                   test fails; [ROW…] [--quick | --full] [--list] [--write] [--seed N]
  bench [SECTION…] the relay beside its yardsticks, in one run; a whole run writes
                   docs/performance.md; [--quick] [--rounds N] [--list]
  instructions     what a message costs in instructions, beside the baseline; [--accept]
  vectors          write protocol/vectors anew from the Python implementation, and check both sides
  sharing          what leaves, and that nothing leaves after: 1,000 kills; [--kills N] [--seed N]
  fuzz [SECONDS]   each fuzz target for a minute, or so many seconds
  help             this text

examples:
  cargo xtask test
  cargo xtask test a_replayed_envelope
  cargo xtask fuzz 10";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => ("help", &[][..]),
    };
    let done = match chore {
        "test" => tests::test(rest),
        "check" => tests::check(),
        "tour" => tour(rest),
        "demo-lines" => tests::lines(),
        "separation" => tests::separation(rest),
        "guarantees" => tests::guarantees(rest),
        "bench" => tests::bench(rest),
        "instructions" => tests::instructions(rest),
        "vectors" => python::vectors(),
        "fuzz" => fuzz::fuzz(rest),
        "sharing" => sharing::sharing(rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => {
            eprintln!("error: there is no chore `{other}`\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(what)) => {
            eprintln!("error: {what}");
            ExitCode::FAILURE
        }
    }
}

fn tour(rest: &[String]) -> Result<(), Failed> {
    run::say("building both binaries (the first build takes some minutes)");
    // With the examples: they ask more of some dependencies, as tests do, and so nothing is built again when tests come.
    cargo(&[
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "partywall-relay",
        "--bin",
        "partywall",
        "--examples",
    ])?;
    let tour = run::binary("debug", "partywall");
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    run::run(&tour, &[&["tour"], rest.as_slice()].concat(), &[])
}
