//! What may be said on the command line.
//! Knows: commands, flags, examples. Never knows: what they do.

pub mod bench;
pub mod business;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::flags::KnobFlags;
use bench::Bench;
use business::{Audit, Business, Policy, Report, Template};

/// A self-hosted relay for sealed messages: it can neither read them nor tell who wrote to whom.
#[derive(Debug, Parser)]
#[command(
    name = "partywall-relay",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  partywall-relay                                     on this machine only, everything at its default
  partywall-relay --host relay.example --peer 0.0.0.0:7443
                                                      for everybody who has a pass
  partywall-relay pass                                a link that lets somebody in
  partywall-relay config init                         a commented file with every setting"
)]
pub struct Arguments {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`, for the bare binary.
    #[command(flatten)]
    pub serve: Serve,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the relay (what the bare binary does).
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(Serve),
    /// Print a relay link that carries a fresh pass: whoever has it can make mailboxes here.
    #[command(after_help = PASS_EXAMPLES)]
    Pass(Pass),
    /// Vouch for the certificate of a proxy that terminates TLS in front of this relay.
    #[command(after_help = VOUCH_EXAMPLES, subcommand_negates_reqs = true)]
    Vouch(Vouch),
    /// Write, check or show the configuration.
    #[command(after_help = CONFIG_EXAMPLES)]
    Config(Config),
    /// Say how the relay on this folder is.
    #[command(after_help = STATUS_EXAMPLES)]
    Status(Status),
    /// Measure how many messages and connections this machine carries.
    #[command(after_help = bench::BENCH_EXAMPLES)]
    Bench(Bench),
    /// Check, show, compare and publish what may be shared.
    #[command(after_help = business::POLICY_EXAMPLES)]
    Policy(Policy),
    /// List, verify, suspend and revoke businesses.
    #[command(after_help = business::BUSINESS_EXAMPLES)]
    Business(Business),
    /// List, approve, reject and pause templates.
    #[command(after_help = business::TEMPLATE_EXAMPLES)]
    Template(Template),
    /// List what customers reported.
    #[command(after_help = business::REPORT_EXAMPLES)]
    Report(Report),
    /// Compare what a sink has with what the ledger says it was told.
    #[command(after_help = business::AUDIT_EXAMPLES)]
    Audit(Audit),
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Every knob as a flag.
    #[command(flatten)]
    pub knobs: KnobFlags,
    /// Read this file instead of the `partywall.toml` in the data folder [env: PARTYWALL_RELAY_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print one JSON line on standard output when ready, and nothing else there
    #[arg(long)]
    pub json: bool,
    /// Let core images of this process be taken; only for a test that searches one.
    #[arg(long, hide = true)]
    pub allow_core_dumps: bool,
}

/// Which relay a command is about.
#[derive(Debug, Args)]
pub struct Place {
    /// The relay's data folder [env: PARTYWALL_RELAY_DATA] [default: ./partywall-data]
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<String>,
    /// The configuration file, if it is not the one in the data folder [env: PARTYWALL_RELAY_CONFIG]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Print one JSON object on standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
}

/// `pass`.
#[derive(Debug, Args)]
pub struct Pass {
    /// What to do with passes; make one when nothing is said.
    #[command(subcommand)]
    pub command: Option<PassCommand>,
    /// How many mailboxes the pass is good for
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub mailboxes: u32,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

/// What can be done with passes that there are.
#[derive(Debug, Subcommand)]
pub enum PassCommand {
    /// List the passes that still have something left.
    List,
    /// Make a pass worthless from now on. Mailboxes made with it stay.
    Revoke {
        /// The pass's id, as `pass list` shows it
        id: String,
    },
}

/// `vouch`.
#[derive(Debug, Args)]
pub struct Vouch {
    /// What to do with vouches; make one when nothing is said.
    #[command(subcommand)]
    pub command: Option<VouchCommand>,
    /// The proxy's certificate, PEM
    #[arg(value_name = "CERT.pem", required = true)]
    pub certificate: Option<PathBuf>,
    /// For how many days clients may rely on it
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    /// Of the proxy before the business listener
    #[arg(id = "of_business", long = "business", global = true)]
    pub business: bool,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

/// What can be done with vouches that there are.
#[derive(Debug, Subcommand)]
pub enum VouchCommand {
    /// List the certificates that are vouched for.
    List,
    /// No longer vouch for a certificate.
    Revoke {
        /// The certificate's id, as `vouch list` shows it
        id: String,
    },
}

/// `config`.
#[derive(Debug, Args)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a commented partywall.toml with every setting into the data folder.
    Init {
        /// Which relay.
        #[command(flatten)]
        place: Place,
    },
    /// Print what is in force and where each value came from; fail if it cannot be used.
    Check(Serve),
    /// Print the configuration in force as a file.
    Show(Serve),
}

/// `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  partywall-relay serve                               on this machine only
  partywall-relay serve --data /srv/relay --host relay.example --peer 0.0.0.0:7443
  partywall-relay serve --tls files --tls-certificate fullchain.pem --tls-key privkey.pem --host relay.example --peer 0.0.0.0:443
  partywall-relay serve --tls proxy --host relay.example
  partywall-relay serve --only business --business-host shops.example --business 0.0.0.0:7444
  partywall-relay serve --exporter-config /etc/partywall/exporter.toml
  partywall-relay serve --peer 127.0.0.1:0 --business 127.0.0.1:0 --operator 127.0.0.1:0 --json

A flag beats the environment, which beats the file, which beats the default.
SIGTERM or Ctrl-C stops the relay within 10 seconds, SIGHUP makes it read its certificates again.";

const PASS_EXAMPLES: &str = "\
Examples:
  partywall-relay pass                                a link good for 50 mailboxes
  partywall-relay pass --mailboxes 500 --data /srv/relay
  partywall-relay pass list
  partywall-relay pass revoke 3f9a01c2

Works while the relay runs, and without it.";

const VOUCH_EXAMPLES: &str = "\
Examples:
  partywall-relay vouch /etc/proxy/fullchain.pem      vouch for it for a year
  partywall-relay vouch /etc/proxy/fullchain.pem --days 90
  partywall-relay vouch list
  partywall-relay vouch revoke 3f9a01c2
  partywall-relay vouch --business /etc/proxy/business.pem
                                                      for the proxy before the business listener

A vouch is about the certificate's key: renewing with the same key needs no new one.";

const CONFIG_EXAMPLES: &str = "\
Examples:
  partywall-relay config init                         write ./partywall-data/partywall.toml
  partywall-relay config check                        what is in force, and why
  partywall-relay config show > partywall.toml        what is in force, as a file";

const STATUS_EXAMPLES: &str = "\
Examples:
  partywall-relay status
  partywall-relay status --data /srv/relay --json";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Arguments, Command};

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_bare_binary_takes_the_flags_of_serve() {
        let bare =
            Arguments::try_parse_from(["partywall-relay", "--peer", "127.0.0.1:0", "--json"])
                .unwrap();
        assert!(bare.command.is_none() && bare.serve.json);
        assert_eq!(bare.serve.knobs.said()["peer"], "127.0.0.1:0");
        let named =
            Arguments::try_parse_from(["partywall-relay", "serve", "--retention-days", "3"])
                .unwrap();
        let Some(Command::Serve(serve)) = named.command else {
            panic!("serve")
        };
        assert_eq!(serve.knobs.said()["retention_days"], "3");
    }

    #[test]
    fn the_commands_that_scripts_rely_on_are_understood() {
        for line in [
            "pass",
            "pass --mailboxes 3 --data d",
            "pass list --json",
            "pass revoke abc",
            "vouch c.pem --days 3",
            "vouch list",
            "pass --data d list",
            "vouch --data d list",
            "vouch revoke abc --data d",
            "vouch --business c.pem",
            "vouch list --business",
            "serve --only peer --business 127.0.0.1:0",
            "policy check p.toml --json",
            "policy show --version 2 --table",
            "policy show p.toml --table --json",
            "policy example",
            "policy example wa2021 --json",
            "serve --first-policy p.toml",
            "policy diff 1 p.toml",
            "policy publish p.toml --data d",
            "policy status",
            "business list --json",
            "business verify bakery.example --well-known --ca c.pem",
            "business verify bakery.example --evidence seen",
            "business suspend bakery.example --reason spam --until 2030-01-01",
            "business unsuspend bakery.example",
            "business revoke bakery.example --reason terms",
            "template list --pending",
            "template approve 00",
            "template reject 00 --because spam",
            "template pause 00 --until 2030-01-01",
            "report list",
            "audit --sink s.jsonl",
            "config init --data d",
            "config check --peer 127.0.0.1:1",
            "config show",
            "status --json",
            "bench",
            "bench --quick --json - --plot b.svg",
            "bench --seconds 300 --pairs 50 --connections 10000 --data d",
            "bench --relay L --remote",
        ] {
            let words = std::iter::once("partywall-relay").chain(line.split(' '));
            assert!(Arguments::try_parse_from(words).is_ok(), "{line}");
        }
        for line in [
            "pass --mailboxes 0",
            "vouch",
            "config",
            "serve --nonsense 1",
            "business verify bakery.example",
            "business verify bakery.example --evidence seen --well-known",
            "business verify bakery.example --evidence seen --ca c.pem",
            "business suspend bakery.example",
            "business suspend bakery.example --reason dislike",
            "business revoke bakery.example",
            "template reject 00",
            "audit",
            "policy",
            "policy diff 1",
            "policy example wa2024",
            "policy show p.toml --version 2",
            "serv",
            "bench --quick --seconds 20",
            "bench --seconds 4",
            "bench --seconds 601",
            "bench --pairs 0",
            "bench --pairs 201",
            "bench --connections 10001",
            "bench --remote",
            "bench --relay L --connections 5",
        ] {
            let words = std::iter::once("partywall-relay").chain(line.split(' '));
            assert!(Arguments::try_parse_from(words).is_err(), "{line}");
        }
    }

    #[test]
    fn the_help_of_serve_names_every_knob_its_variable_and_an_example() {
        let mut command = Arguments::command();
        let help = command
            .find_subcommand_mut("serve")
            .unwrap()
            .render_long_help()
            .to_string();
        for knob in crate::config::knob::KNOBS {
            assert!(
                help.contains(&format!("--{} ", knob.flag())),
                "{}",
                knob.name
            );
            assert!(help.contains(&knob.environment()), "{}", knob.name);
        }
        for mut command in Arguments::command().get_subcommands().cloned() {
            assert!(
                command.render_help().to_string().contains("Examples:"),
                "{}",
                command.get_name()
            );
        }
    }
}
