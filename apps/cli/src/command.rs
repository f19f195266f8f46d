//! The commands, one file each.
//! Knows: which there are. Never knows: how one does its work.

mod add;
mod business;
mod chat;
mod contacts;
mod customer;
mod doctor;
mod forget;
mod history;
mod invite;
mod passphrase;
mod receive;
mod revoke;
mod safety;
mod send;
mod send_lines;
mod told;
mod tour;
mod verify;
mod watch;

use crate::arguments::{Arguments, Command};
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Does what the command line says.
///
/// # Errors
/// It was not done; the sentence says why.
pub(crate) async fn run(arguments: Arguments, screen: &Screen) -> Result<(), Trouble> {
    let common = &arguments.common;
    match arguments.command {
        Command::Invite(what) => Box::pin(invite::run(common, &what, screen)).await,
        Command::Revoke(what) => Box::pin(revoke::run(common, &what, screen)).await,
        Command::Add(what) => Box::pin(add::run(common, &what, screen)).await,
        Command::Send(what) if what.lines => Box::pin(send_lines::run(common, &what, screen)).await,
        Command::Send(what) => Box::pin(send::run(common, &what, screen)).await,
        Command::Receive(what) => Box::pin(receive::run(common, &what, screen)).await,
        Command::Chat(what) => Box::pin(chat::run(common, &what, screen)).await,
        Command::Contacts => Box::pin(contacts::run(common, screen)).await,
        Command::History(what) => Box::pin(history::run(common, &what, screen)).await,
        Command::Safety(what) => Box::pin(safety::run(common, &what, screen)).await,
        Command::Verify(what) => Box::pin(verify::run(common, &what, screen)).await,
        Command::Forget(what) => Box::pin(forget::run(common, &what, screen)).await,
        Command::Doctor(what) => Box::pin(doctor::run(&what, screen)).await,
        Command::Customer(what) => Box::pin(customer::run(common, what, screen)).await,
        Command::Business(what) => Box::pin(business::run(common, what, screen)).await,
        Command::Passphrase(what) => Box::pin(passphrase::run(common, &what, screen)).await,
        Command::Tour(what) => Box::pin(tour::run(&what, screen)).await,
    }
}
