//! The command line: what was said becomes one command, its outcome an exit code and at most one sentence on standard error.
//! Knows: arguments and exit codes. Never knows: how anything is done.

mod check;
mod run;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use partywall_process::{CoreImages, harden, internal_error};

use crate::config::EXAMPLE;

/// Carries what customers permitted to the sinks: files and webhooks.
#[derive(Debug, Parser)]
#[command(
    name = "partywall-exporter",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  partywall-exporter config example > exporter.toml        a commented configuration to begin with
  partywall-exporter config check --config exporter.toml   whether it, its secrets and its certificates are in order
  partywall-exporter --config exporter.toml --socket /run/partywall/exporter.sock
                                                           carry, until SIGTERM

It ends within 10 s of SIGTERM or SIGINT, at once with a second one. What was not finished is offered again by the relay."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    carry: Carry,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print or check a configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print a commented configuration to begin with.
    Example,
    /// Say whether a configuration, its secrets and its certificates are in order.
    #[command(after_help = "\
Examples:
  partywall-exporter config check --config exporter.toml
  partywall-exporter config check --config exporter.toml --json")]
    Check {
        #[command(flatten)]
        file: ConfigFile,
        /// Print one JSON object on standard output, and nothing else there
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// The configuration
    #[arg(
        long,
        value_name = "FILE",
        env = "PARTYWALL_EXPORTER_CONFIG",
        default_value = "exporter.toml"
    )]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct Carry {
    #[command(flatten)]
    file: ConfigFile,
    /// The relay's exporter socket
    #[arg(long, value_name = "PATH", env = "PARTYWALL_EXPORTER_SOCKET")]
    socket: Option<PathBuf>,
    /// Print one JSON line on standard output when ready and nothing else there; log lines are JSON objects as well
    #[arg(long)]
    json: bool,
    /// Let core images of this process be taken; only for a test that searches one.
    #[arg(long, hide = true)]
    allow_core_dumps: bool,
}

/// Runs the command that this process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wanted = match arguments.carry.allow_core_dumps {
        true => CoreImages::Allowed,
        false => CoreImages::Refused,
    };
    let core_images = harden(wanted, |place| internal_error("partywall-exporter", place));
    // Not compiled otherwise: the row's test looks for the words in the binary.
    #[cfg(mutants)]
    if partywall_mutant::is("P40") {
        eprintln!("CREATE TABLE partywall_peer");
    }
    let outcome = match arguments.command {
        None => run::run(&arguments.carry, core_images),
        Some(Command::Config {
            command: ConfigCommand::Example,
        }) => print(EXAMPLE.trim_end()),
        Some(Command::Config {
            command: ConfigCommand::Check { file, json },
        }) => check::run(&file.config, json),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("partywall-exporter: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Lines on standard output, written through.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_in_order_and_its_help_has_examples() {
        let mut command = Arguments::command();
        command.clone().debug_assert();
        let help = command.render_long_help().to_string();
        for word in [
            "--config",
            "--socket",
            "--json",
            "config example",
            "config check",
            "Examples:",
            "SIGTERM",
        ] {
            assert!(help.contains(word), "{word}: {help}");
        }
    }
}
