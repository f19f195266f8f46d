//! What may be said to `partywall customer`.
//! Knows: its commands and flags. Never knows: what they do.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use partywall_business::field::{Field, Region};
use partywall_business::table::Row;
use partywall_business::value::Value;
use partywall_business::{Category, Why};

use super::examples::customer as examples;
use super::seconds;
use crate::counter::item::{self, Line};
use crate::counter::{names, row, value};

/// `customer`.
#[derive(Debug, Args)]
pub(crate) struct Customer {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: CustomerCommand,
}

/// What a customer does.
#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Look a business up: who it is, who hosts the chat, and what of that is proven.
    #[command(after_help = examples::FIND)]
    Find(Find),
    /// Read what may be told of you, to whom and what for, before you begin or after.
    #[command(after_help = examples::TERMS)]
    Terms(Terms),
    /// Begin a conversation. Everything optional is off until you switch it on.
    #[command(after_help = examples::BEGIN)]
    Begin(Begin),
    /// Say a text, and wait until the relay has it.
    #[command(after_help = examples::SAY)]
    Say(Say),
    /// Order items.
    #[command(after_help = examples::ORDER)]
    Order(Order),
    /// Press a button, or choose a row of a list, that the business sent.
    #[command(after_help = examples::CHOOSE)]
    Choose(Choose),
    /// Ask for a person instead of a machine.
    #[command(after_help = examples::AGENT)]
    Agent(Ask),
    /// Show what has arrived, once each, in order.
    #[command(after_help = examples::RECEIVE)]
    Receive(super::Receive),
    /// Show what may be told of you, and everything that was, with proofs.
    #[command(after_help = examples::SHARED)]
    Shared(Shared),
    /// Change your mind about what may be told.
    #[command(after_help = examples::CONSENT)]
    Consent(Consent),
    /// Say values that the business may be told where you switched that on.
    #[command(after_help = examples::DECLARE)]
    Declare(Declare),
    /// Let templates of a category come outside the 24 hours, or not any more.
    #[command(after_help = examples::OPT)]
    Opt(Opt),
    /// Get everything that the relay holds of a conversation, in a file for other programs.
    #[command(after_help = examples::EXPORT)]
    ExportMyData(Export),
    /// Have everything erased that can be. It ends the conversation.
    #[command(after_help = examples::ERASE)]
    Erase(End),
    /// End a conversation, at once and for good.
    #[command(after_help = examples::LEAVE)]
    Leave(End),
    /// Hear a business no more. It is not told.
    #[command(after_help = examples::BLOCK)]
    Block(Chat),
    /// Hear it again.
    #[command(after_help = examples::UNBLOCK)]
    Unblock(Chat),
    /// Show the operator one message of a business, and no other.
    #[command(after_help = examples::REPORT)]
    Report(Report),
    /// See new terms and a changed certificate, and accept the certificate.
    #[command(after_help = examples::CHANGES)]
    Changes(Changes),
    /// List your conversations with businesses.
    #[command(after_help = examples::CHATS)]
    Chats,
    /// Show what was said with a business.
    #[command(after_help = examples::HISTORY)]
    History(History),
}

/// A conversation.
#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// The business's domain
    pub(crate) domain: String,
}

/// `find`.
#[derive(Debug, Args)]
pub(crate) struct Find {
    /// The link to the relay's business wing, or to one business (`-` reads it from standard input)
    pub(crate) link: String,
    /// The business's domain [default: the one in the link]
    pub(crate) domain: Option<String>,
}

/// `terms`.
#[derive(Debug, Args)]
pub(crate) struct Terms {
    /// The business's domain
    pub(crate) domain: String,
    /// The link to the relay's business wing; needed before a conversation was begun
    #[arg(long, value_name = "LINK")]
    pub(crate) link: Option<String>,
    /// Where you live: eu, uk, us_ca, in, other [default: unknown, which allows least]
    #[arg(long, value_parser = names::region)]
    pub(crate) region: Option<Region>,
    /// Print how exactly, how long, on what ground, and the hash of the table as well
    #[arg(long)]
    pub(crate) details: bool,
}

/// What is chosen, when something is begun or accepted.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Switch this on, if the terms offer it (may be said again)
    #[arg(long, value_name = "FIELD/RECIPIENT/PURPOSE", value_parser = row::row)]
    pub(crate) share: Vec<Row>,
    /// Where you live: eu, uk, us_ca, in, other [default: unknown, which allows least]
    #[arg(long, value_parser = names::region)]
    pub(crate) region: Option<Region>,
    /// Let templates of this category come: marketing, utility, authentication (may be said again)
    #[arg(long, value_name = "CATEGORY", value_parser = names::category)]
    pub(crate) opt_in: Vec<Category>,
    /// Object to personalisation, advertising and analytics
    #[arg(long, conflicts_with = "gpc")]
    pub(crate) object: bool,
    /// Say that you use Global Privacy Control, which does the same
    #[arg(long)]
    pub(crate) gpc: bool,
}

/// `begin`.
#[derive(Debug, Args)]
pub(crate) struct Begin {
    /// The business's domain [default: the one in the link]
    pub(crate) domain: Option<String>,
    /// The link to the relay's business wing, or to one business (`-` reads it from standard input)
    #[arg(long, value_name = "LINK")]
    pub(crate) link: String,
    /// What you choose.
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// Your initials, one to three letters: the same as --declare display_name=AB
    #[arg(long, value_name = "AB", value_parser = value::initials)]
    pub(crate) initials: Option<Value>,
    /// Say a value; it is told only where a switch or a need asks for it (may be said again)
    #[arg(long, value_name = "FIELD=VALUE", value_parser = value::declared)]
    pub(crate) declare: Vec<Value>,
}

/// `agent`.
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// The business's domain
    pub(crate) domain: String,
    /// How long to wait.
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// How long is waited for the relay.
#[derive(Debug, Args)]
pub(crate) struct Patience {
    /// Give up after so many seconds without the relay's word; what was taken leaves the next time
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: Option<Duration>,
}

/// `say`.
#[derive(Debug, Args)]
pub(crate) struct Say {
    /// The business's domain
    pub(crate) domain: String,
    /// The text, at most 4,096 bytes
    pub(crate) text: String,
    /// How long to wait.
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// `order`.
#[derive(Debug, Args)]
pub(crate) struct Order {
    /// The business's domain
    pub(crate) domain: String,
    /// One line of the order, up to 30, prices in one currency
    #[arg(long, required = true, value_name = "ID,NAME,PRICE,QUANTITY", value_parser = item::line)]
    pub(crate) item: Vec<Line>,
    /// How long to wait.
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// `choose`.
#[derive(Debug, Args)]
pub(crate) struct Choose {
    /// The business's domain
    pub(crate) domain: String,
    /// The id of the button or row
    pub(crate) id: String,
    /// The sequence of the message that it belongs to [default: the newest that has such a button or row]
    #[arg(long, value_name = "SEQUENCE")]
    pub(crate) of: Option<u64>,
    /// How long to wait.
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// `shared`.
#[derive(Debug, Args)]
pub(crate) struct Shared {
    /// The business's domain
    pub(crate) domain: String,
    /// Print how exactly, how long, on what ground, and the places in the ledger as well
    #[arg(long)]
    pub(crate) details: bool,
}

/// `consent`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)
    .args(["on", "off", "withdraw_all", "object", "gpc", "accept_new_terms"])))]
pub(crate) struct Consent {
    /// The business's domain
    pub(crate) domain: String,
    /// Switch this on (may be said again)
    #[arg(long, value_name = "FIELD/RECIPIENT/PURPOSE", value_parser = row::row)]
    pub(crate) on: Vec<Row>,
    /// Switch this off (may be said again)
    #[arg(long, value_name = "FIELD/RECIPIENT/PURPOSE", value_parser = row::row)]
    pub(crate) off: Vec<Row>,
    /// Switch off everything that can be, and all templates
    #[arg(long, conflicts_with_all = ["on", "off", "object", "gpc", "accept_new_terms"])]
    pub(crate) withdraw_all: bool,
    /// Object to personalisation, advertising and analytics
    #[arg(long, conflicts_with_all = ["on", "gpc"])]
    pub(crate) object: bool,
    /// Say that you use Global Privacy Control, which does the same
    #[arg(long, conflicts_with = "on")]
    pub(crate) gpc: bool,
    /// Accept the newer terms that `changes` shows. What is on stays on if they still offer it
    #[arg(long)]
    pub(crate) accept_new_terms: bool,
    /// Where you live: eu, uk, us_ca, in, other. Counts with --accept-new-terms and --gpc
    /// [default: as you said it last; never said, it is unknown, which allows least]
    #[arg(long, value_parser = names::region)]
    pub(crate) region: Option<Region>,
}

/// `declare`.
#[derive(Debug, Args)]
pub(crate) struct Declare {
    /// The business's domain
    pub(crate) domain: String,
    /// Values, in place of earlier ones of the same field
    #[arg(value_name = "FIELD=VALUE", value_parser = value::declared, required_unless_present = "forget")]
    pub(crate) values: Vec<Value>,
    /// Take the value of this field back (may be said again)
    #[arg(long, value_name = "FIELD", value_parser = names::field)]
    pub(crate) forget: Vec<Field>,
}

/// `opt`.
#[derive(Debug, Args)]
pub(crate) struct Opt {
    /// The business's domain
    pub(crate) domain: String,
    /// Which templates: marketing, utility, authentication
    #[arg(value_parser = names::category)]
    pub(crate) category: Category,
    /// Whether they may come
    #[arg(value_name = "on|off")]
    pub(crate) to: Turned,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Turned {
    /// They may come.
    On,
    /// They may not.
    Off,
}

/// `export-my-data`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The business's domain
    pub(crate) domain: String,
    /// Write it into this file, which must not be there yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `erase`, `leave`.
#[derive(Debug, Args)]
pub(crate) struct End {
    /// The business's domain
    pub(crate) domain: String,
    /// Do not ask on the terminal
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The business's domain
    pub(crate) domain: String,
    /// The message's id, as `receive` and `history` show it
    pub(crate) message: String,
    /// What for: spam, fraud, abuse, impersonation, other
    #[arg(long, value_parser = names::why)]
    pub(crate) why: Why,
}

/// `changes`.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The business's domain
    pub(crate) domain: String,
    /// Accept the changed certificate: new keys, or another host
    #[arg(long)]
    pub(crate) accept_certificate: bool,
}

/// `history`.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// The business's domain
    pub(crate) domain: String,
    /// How many messages at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    /// Only those before the message of this id
    #[arg(long, value_name = "ID")]
    pub(crate) before: Option<String>,
}
