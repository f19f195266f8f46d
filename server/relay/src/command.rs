//! The command line: what was said becomes one command, its outcome an exit code and at most one sentence on standard error.
//! Knows: arguments and exit codes. Never knows: how anything is done.

pub mod arguments;
pub mod flags;

mod announce;
mod serve;

mod asking;
mod bench;
mod configuration;
mod pass;
mod status;
mod vouch;

mod audit;
mod business;
mod policy;
mod report;
mod template;
mod well_known;

use std::process::ExitCode;

use clap::Parser;

use crate::config::{self, Configuration, Said};
use arguments::{Arguments, Command, Place, Serve};

/// Runs the command that this process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        None => serve::run(&arguments.serve),
        Some(Command::Serve(serve)) => serve::run(&serve),
        Some(Command::Pass(pass)) => pass::run(pass),
        Some(Command::Vouch(vouch)) => vouch::run(vouch),
        Some(Command::Config(config)) => configuration::run(&config.command),
        Some(Command::Status(status)) => status::run(&status.place),
        Some(Command::Bench(bench)) => bench::run(&bench),
        Some(Command::Policy(policy)) => policy::run(policy),
        Some(Command::Business(business)) => business::run(business),
        Some(Command::Template(template)) => template::run(template),
        Some(Command::Report(report)) => report::run(&report),
        Some(Command::Audit(audit)) => audit::run(&audit),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("partywall-relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is in force for `serve` and whoever looks through its eyes.
fn gather_for(serve: &Serve) -> Result<Configuration, config::ConfigError> {
    let flags = serve.knobs.said().clone();
    config::gather(&Said {
        flags,
        file: serve.config.clone(),
        ..Said::by_environment()
    })
}

/// What is in force for a command that names no more than a place.
fn gather_at(place: &Place) -> Result<Configuration, config::ConfigError> {
    let mut said = Said {
        file: place.config.clone(),
        ..Said::by_environment()
    };
    if let Some(data) = &place.data {
        said.flags.insert("data", data.clone());
    }
    config::gather(&said)
}

/// One JSON object on one line of standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string(value)?)
}

/// Lines on standard output, written through.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// A stranger's words, with nothing in them that a terminal would obey.
fn on_one_line(text: &str) -> String {
    let tame = |letter: char| match letter {
        letter if letter.is_control() || partywall_business::deceives(letter) => ' ',
        letter => letter,
    };
    text.chars().map(tame).collect()
}
