//! What may be said on the command line.
//! Knows: commands, flags. Never knows: what they do. The examples of `--help` are in `arguments/examples.rs`.

pub(crate) mod business;
pub(crate) mod customer;
mod examples;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Sealed messages over a relay that can neither read them nor tell who wrote to whom.
#[derive(Debug, Parser)]
#[command(name = "partywall", version, after_help = examples::ALL, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Your store: one file with your keys, contacts and messages, sealed [default: me.store in the
    /// platform's data folder; for `business` shop.store; for `customer` the file beside it that
    /// ends with .business]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PARTYWALL_STORE",
        hide_env_values = true
    )]
    pub(crate) store: Option<PathBuf>,
    /// Read the passphrase from the first line of this file. Otherwise it is taken from the
    /// variable PARTYWALL_PASSPHRASE, or asked for on the terminal
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Print one JSON object per line on standard output, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print no colours (the variable NO_COLOR says the same)
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an invitation: a link that lets one person write to you.
    #[command(after_help = examples::INVITE)]
    Invite(Invite),
    /// Make a link of yours worthless.
    #[command(after_help = examples::REVOKE)]
    Revoke(Revoke),
    /// Use somebody's link: from then on they are your contact.
    #[command(after_help = examples::ADD)]
    Add(Add),
    /// Send a text, or one message for each line of standard input.
    #[command(after_help = examples::SEND)]
    Send(Send),
    /// Show what has arrived, once each, in order.
    #[command(after_help = examples::RECEIVE)]
    Receive(Receive),
    /// Talk with a contact on the terminal.
    #[command(after_help = examples::CHAT)]
    Chat(Named),
    /// List your contacts and open links.
    #[command(after_help = examples::CONTACTS)]
    Contacts,
    /// Show what was said with a contact.
    #[command(after_help = examples::HISTORY)]
    History(History),
    /// Show the safety number of a contact, to be compared with theirs.
    #[command(after_help = examples::SAFETY)]
    Safety(Named),
    /// Keep that you compared a contact's safety number and it was equal.
    #[command(after_help = examples::VERIFY)]
    Verify(Verify),
    /// Erase a contact: history, keys, unsent messages.
    #[command(after_help = examples::FORGET)]
    Forget(Forget),
    /// Look at a relay from here: reachability, TLS, identity, clock, latency.
    #[command(after_help = examples::DOCTOR)]
    Doctor(Doctor),
    /// Talk with businesses: know before what may be told of you, switch it off, leave.
    #[command(after_help = examples::customer::ALL)]
    Customer(customer::Customer),
    /// Be a business: answer customers, by hand or by a bot.
    #[command(after_help = examples::business::ALL)]
    Business(business::Business),
    /// Change the passphrase of your store.
    #[command(after_help = examples::PASSPHRASE)]
    Passphrase(NewPassphrase),
    /// Watch two people talk over a relay of their own, and see all that the relay wrote down.
    #[command(after_help = examples::TOUR)]
    Tour(Tour),
}

/// A contact.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The contact's name
    pub(crate) name: String,
}

/// `invite`.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The relay's link, which the relay prints when it starts (`-` reads it from standard input)
    #[arg(long, value_name = "LINK")]
    pub(crate) relay: String,
    /// What you will call whoever uses the invitation
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Make a contact link, which many people may use: they become NAME, NAME-2, NAME-3, …
    #[arg(long)]
    pub(crate) reusable: bool,
}

/// `revoke`.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The link (`-` reads it from standard input)
    pub(crate) link: String,
}

/// `add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The invitation or contact link that you were given (`-` reads it from standard input)
    pub(crate) link: String,
    /// What you will call its maker
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// The link of the relay at which you want to receive answers [default: the one used last,
    /// otherwise the one in the link]
    #[arg(long, value_name = "RELAYLINK")]
    pub(crate) relay: Option<String>,
}

/// `send`.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The contact's name
    pub(crate) name: String,
    /// The text, at most 60,000 bytes
    #[arg(required_unless_present = "lines", conflicts_with_all = ["lines", "run", "anew"])]
    pub(crate) text: Option<String>,
    /// Send each line of standard input as a message
    #[arg(long)]
    pub(crate) lines: bool,
    /// Send these lines once only, ever, under this name of your choice, however often it is called
    #[arg(long, value_name = "ID", requires = "lines")]
    pub(crate) run: Option<String>,
    /// Do not go on with an interrupted run; begin with the first line again
    #[arg(long, requires = "lines", conflicts_with = "run")]
    pub(crate) anew: bool,
    /// Give up after so many seconds without the relay's word; what was taken leaves the next time
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: Option<Duration>,
}

/// `receive`.
#[derive(Debug, Args)]
pub(crate) struct Receive {
    /// End when nothing has arrived for so many seconds [default: go on until Ctrl-C]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) until_idle: Option<Duration>,
}

/// `history`.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// The contact's name
    pub(crate) name: String,
    /// How many messages at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) limit: u32,
    /// Only those before the message of this id
    #[arg(long, value_name = "ID")]
    pub(crate) before: Option<String>,
}

/// `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The contact's name
    pub(crate) name: String,
    /// Do not ask on the terminal
    #[arg(long)]
    pub(crate) yes: bool,
    /// Take it back
    #[arg(long, conflicts_with = "yes")]
    pub(crate) undo: bool,
}

/// `forget`.
#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// The contact's name
    pub(crate) name: String,
    /// Do not ask on the terminal
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The relay's link (`-` reads it from standard input)
    #[arg(value_name = "RELAY")]
    pub(crate) relay: String,
}

/// `passphrase`.
#[derive(Debug, Args)]
pub(crate) struct NewPassphrase {
    /// Read the new passphrase from the first line of this file. Otherwise it is taken from the
    /// variable PARTYWALL_NEW_PASSPHRASE, or asked for twice on the terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
}

/// `tour`.
#[derive(Debug, Args)]
pub(crate) struct Tour {
    /// The relay's program [default: partywall-relay beside this one]
    #[arg(long, value_name = "FILE")]
    pub(crate) relay_binary: Option<PathBuf>,
    /// Leave the folder with everything in it, to be looked at
    #[arg(long)]
    pub(crate) keep: bool,
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "a number of seconds between 0 and 1,000,000, such as 5 or 0.5".to_owned();
    let seconds: f64 = text.parse().map_err(|_not_a_number| wrong())?;
    if (0.0..=1e6).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests;
