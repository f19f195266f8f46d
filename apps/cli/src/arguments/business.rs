//! What may be said to `partywall business`.
//! Knows: its commands and flags. Never knows: what they do.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use partywall_business::certificate::{Hosting, Industry};
use partywall_business::template::Parameter;

use super::customer::Patience;
use super::examples::business as examples;
use super::{NewPassphrase, Receive, seconds};
use crate::counter::buttons::{self, Labelled};
use crate::counter::{hosting, names, parameter};

/// `business`.
#[derive(Debug, Args)]
pub(crate) struct Business {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: BusinessCommand,
}

/// What a business does.
#[derive(Debug, Subcommand)]
pub(crate) enum BusinessCommand {
    /// Ask to be a business at a relay, or change what you are there.
    #[command(after_help = examples::ENROL)]
    Enrol(Enrol),
    /// Show how you stand with the operator, and your certificate.
    #[command(after_help = examples::STATUS)]
    Status,
    /// Print the text that proves that the domain is yours.
    #[command(after_help = examples::WELL_KNOWN)]
    WellKnown,
    /// Answer every text with itself: a bot to try things with.
    #[command(after_help = examples::ECHO)]
    Echo(Echo),
    /// Answer a customer, within 24 hours of what they last said.
    #[command(after_help = examples::SEND)]
    Send(Send),
    /// Texts for outside the 24 hours, which the operator approves first.
    #[command(after_help = examples::TEMPLATE)]
    Template(Template),
    /// Show what has arrived, once each, in order: messages, beginnings, what was disclosed to you.
    #[command(after_help = examples::INBOX)]
    Inbox(Receive),
    /// List your conversations with customers.
    #[command(after_help = examples::CONVERSATIONS)]
    Conversations,
    /// Change the passphrase of the shop's store.
    #[command(after_help = examples::PASSPHRASE)]
    Passphrase(NewPassphrase),
}

/// `enrol`.
#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The link to the relay's business wing, which the relay prints when it starts (`-` reads it
    /// from standard input)
    pub(crate) link: String,
    /// The name of the business, 1 to 80 characters
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// The DNS name by which customers find it
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: String,
    /// What it does: retail, food, travel, health, finance, education, public_service, media,
    /// services, manufacturing, non_profit, other
    #[arg(long, value_parser = names::industry)]
    pub(crate) industry: Industry,
    /// On whose machines the chats are answered: `self`, `provider NAME` (in quotes), or `operator`
    #[arg(long, value_name = "self|provider NAME|operator", default_value = "self", value_parser = hosting::hosting)]
    pub(crate) hosting: Hosting,
}

/// `echo`.
#[derive(Debug, Args)]
pub(crate) struct Echo {
    /// End when nothing has arrived for so many seconds [default: go on until Ctrl-C]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) until_idle: Option<Duration>,
}

/// `send`.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The conversation, or the first digits of it if no other begins like that
    pub(crate) conversation: String,
    /// The text, at most 4,096 bytes
    pub(crate) text: String,
    /// Up to three buttons under it, as ID=TITLE, separated by commas
    #[arg(long, value_name = "ID=TITLE", value_delimiter = ',', value_parser = buttons::button)]
    pub(crate) buttons: Vec<Labelled>,
    /// How long to wait.
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// `template`.
#[derive(Debug, Args)]
pub(crate) struct Template {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: TemplateCommand,
}

/// What is done with templates.
#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Hand a template in, and see what the rules find.
    #[command(after_help = examples::TEMPLATE_SUBMIT)]
    Submit {
        /// The file; `template example` prints one
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// List your templates and how they stand.
    #[command(after_help = examples::TEMPLATE_LIST)]
    List,
    /// Send an approved template.
    #[command(after_help = examples::TEMPLATE_SEND)]
    Send(SendTemplate),
    /// Print a commented file to begin with.
    #[command(after_help = examples::TEMPLATE_EXAMPLE)]
    Example,
}

/// `template send`.
#[derive(Debug, Args)]
pub(crate) struct SendTemplate {
    /// The conversation, or the first digits of it if no other begins like that
    pub(crate) conversation: String,
    /// The template's name or id, or the first digits of the id
    pub(crate) template: String,
    /// What is set into the places: 3, '12.50 EUR', 2026-11-22, option:1, code:7XK2
    #[arg(value_name = "PARAM", value_parser = parameter::parameter, allow_negative_numbers = true)]
    pub(crate) parameters: Vec<Parameter>,
    /// How long to wait.
    #[command(flatten)]
    pub(crate) patience: Patience,
}
