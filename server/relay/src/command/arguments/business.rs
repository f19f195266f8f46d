//! What may be said on the command line about the business wing.
//! Knows: commands, flags, examples. Never knows: what they do.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use partywall_business::Reason;

use super::Place;

/// `policy`.
#[derive(Debug, Args)]
pub struct Policy {
    /// What to do.
    #[command(subcommand)]
    pub command: PolicyCommand,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Say what is wrong with a policy file, line by line. Needs no relay.
    #[command(after_help = POLICY_EXAMPLES)]
    Check {
        /// The policy file
        file: PathBuf,
    },
    /// Print a policy file to begin with.
    #[command(after_help = POLICY_EXAMPLES)]
    Example {
        /// Which: the commented example, the strict one, or a reconstruction of what a large messenger shared
        #[arg(default_value = "example", value_parser = ["example", "strict", "wa2016", "wa2021"])]
        name: String,
    },
    /// Show a policy in words: a published one, or a file's, which needs no relay.
    #[command(after_help = POLICY_EXAMPLES)]
    Show {
        /// A policy file
        #[arg(conflicts_with = "version")]
        file: Option<PathBuf>,
        /// Which version; the one that holds now if nothing is said
        #[arg(long, value_name = "N")]
        version: Option<u32>,
        /// Show the rows with their names, as a policy file writes them, and no sentences
        #[arg(long)]
        table: bool,
    },
    /// Say what changes from one policy to another. Files need no relay.
    #[command(after_help = POLICY_EXAMPLES)]
    Diff {
        /// A policy file, or the number of a published version
        old: String,
        /// A policy file, or the number of a published version
        new: String,
    },
    /// Publish a policy file: it is signed, entered in the ledger, and every customer is told.
    #[command(after_help = POLICY_EXAMPLES)]
    Publish {
        /// The policy file
        file: PathBuf,
    },
    /// List the published policies and how many customers accepted each.
    #[command(after_help = POLICY_EXAMPLES)]
    Status,
}

/// `business`.
#[derive(Debug, Args)]
pub struct Business {
    /// What to do.
    #[command(subcommand)]
    pub command: BusinessCommand,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

/// What can be done with businesses.
#[derive(Debug, Subcommand)]
pub enum BusinessCommand {
    /// List the businesses: who asked, who is verified, who is not any more.
    #[command(after_help = BUSINESS_EXAMPLES)]
    List,
    /// Verify what a business says of itself; from then on customers find it.
    #[command(after_help = BUSINESS_EXAMPLES)]
    Verify {
        /// The business's domain, or its id
        business: String,
        /// What you saw that proves it, in your own words; it is kept
        #[arg(
            long,
            value_name = "TEXT",
            conflicts_with = "well_known",
            required_unless_present = "well_known"
        )]
        evidence: Option<String>,
        /// Look at https://DOMAIN/.well-known/partywall-business, which has to name the business
        #[arg(long)]
        well_known: bool,
        /// Believe the certificates of this file (PEM), and let the domain lead into this network
        #[arg(
            long,
            value_name = "FILE",
            requires = "well_known",
            conflicts_with = "evidence"
        )]
        ca: Option<PathBuf>,
    },
    /// Suspend a business: nothing goes to it or from it until it is unsuspended.
    #[command(after_help = BUSINESS_EXAMPLES)]
    Suspend {
        /// The business's domain, or its id
        business: String,
        /// Why; customers are told
        #[arg(long, value_name = "WORD", value_parser = reasons())]
        reason: String,
        /// Until the beginning of this day (UTC); until it is unsuspended if nothing is said
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        until: Option<u64>,
    },
    /// End a suspension.
    #[command(after_help = BUSINESS_EXAMPLES)]
    Unsuspend {
        /// The business's domain, or its id
        business: String,
    },
    /// Revoke a business, for good: mail that waits is withdrawn, everybody is told.
    #[command(after_help = BUSINESS_EXAMPLES)]
    Revoke {
        /// The business's domain, or its id
        business: String,
        /// Why; customers are told
        #[arg(long, value_name = "WORD", value_parser = reasons())]
        reason: String,
    },
}

/// `template`.
#[derive(Debug, Args)]
pub struct Template {
    /// What to do.
    #[command(subcommand)]
    pub command: TemplateCommand,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

/// What can be done with templates.
#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// List templates with what lint found.
    #[command(after_help = TEMPLATE_EXAMPLES)]
    List {
        /// Only those that wait for you
        #[arg(long)]
        pending: bool,
    },
    /// Approve a template that waits or is paused.
    #[command(after_help = TEMPLATE_EXAMPLES)]
    Approve {
        /// The template's id, as `template list` shows it
        id: String,
    },
    /// Reject a template that waits.
    #[command(after_help = TEMPLATE_EXAMPLES)]
    Reject {
        /// The template's id, as `template list` shows it
        id: String,
        /// Why; the business is told
        #[arg(long, value_name = "WORD", value_parser = reasons())]
        because: String,
    },
    /// Pause an approved template.
    #[command(after_help = TEMPLATE_EXAMPLES)]
    Pause {
        /// The template's id, as `template list` shows it
        id: String,
        /// Why; the business is told
        #[arg(long, value_name = "WORD", default_value = Reason::Other.word(), value_parser = reasons())]
        because: String,
        /// Until the beginning of this day (UTC); until it is approved again if nothing is said
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        until: Option<u64>,
    },
}

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// What to do.
    #[command(subcommand)]
    pub command: ReportCommand,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

/// What can be done with reports.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// List what customers reported, the newest first.
    #[command(after_help = REPORT_EXAMPLES)]
    List,
}

/// `audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// A sink's file of JSON lines; - for standard input
    #[arg(long, value_name = "FILE")]
    pub sink: PathBuf,
    /// Which relay.
    #[command(flatten)]
    pub place: Place,
}

fn reasons() -> PossibleValuesParser {
    PossibleValuesParser::new(Reason::ALL.map(Reason::word))
}

fn day(text: &str) -> Result<u64, String> {
    crate::admin::dates::beginning(text)
        .ok_or_else(|| "write the day as YYYY-MM-DD, such as 2030-01-31".to_owned())
}

/// Examples of `policy`.
pub const POLICY_EXAMPLES: &str = "\
Examples:
  partywall-relay policy example > policy.toml        a commented policy to begin with
  partywall-relay policy check policy.toml            what is wrong with it, and where
  partywall-relay policy diff 1 policy.toml           what customers would be asked
  partywall-relay policy publish policy.toml          sign it, and tell everybody
  partywall-relay policy show                         what holds now, in words
  partywall-relay policy show policy.toml             what a file comes to, in words
  partywall-relay policy show --version 1 --table --json
  partywall-relay policy status                       versions, dates, how many accepted";

/// Examples of `business`.
pub const BUSINESS_EXAMPLES: &str = "\
Examples:
  partywall-relay business list
  partywall-relay business verify bakery.example --well-known
  partywall-relay business verify bakery.example --evidence 'register entry 4711, seen today'
  partywall-relay business suspend bakery.example --reason spam --until 2030-01-31
  partywall-relay business unsuspend bakery.example
  partywall-relay business revoke bakery.example --reason impersonation";

/// Examples of `template`.
pub const TEMPLATE_EXAMPLES: &str = "\
Examples:
  partywall-relay template list --pending
  partywall-relay template approve 0f3c5a0e7b7f4e0c9a1d2b3c4d5e6f70
  partywall-relay template reject 0f3c5a0e7b7f4e0c9a1d2b3c4d5e6f70 --because spam
  partywall-relay template pause 0f3c5a0e7b7f4e0c9a1d2b3c4d5e6f70 --until 2030-01-31";

/// Examples of `report`.
pub const REPORT_EXAMPLES: &str = "\
Examples:
  partywall-relay report list
  partywall-relay report list --json";

/// Examples of `audit`.
pub const AUDIT_EXAMPLES: &str = "\
Examples:
  partywall-relay audit --sink archive.jsonl
  ssh sink.example cat archive.jsonl | partywall-relay audit --sink - --json

Exit code 1 when anything is extra, missing or without a proof.";
