//! `partywall customer`: the customer's side of the counter.
//! Knows: which commands there are. Never knows: how one does its work.

mod begin;
mod changes;
mod chats;
mod choosing;
mod ending;
mod export;
mod find;
mod history;
mod receive;
mod say;
mod shared;
mod terms;
mod told;

use partywall_client::business::{BusinessLink, Customer};

use crate::arguments::Common;
use crate::arguments::customer::{Customer as Arguments, CustomerCommand as Command};
use crate::counter::opening::{customer as open, link};
use crate::opening::Absent;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Reads the link, if there is one, before anything is made; opens the store; does it; closes.
pub(super) async fn run(common: &Common, what: Arguments, screen: &Screen) -> Result<(), Trouble> {
    let command = what.command;
    let link = match &command {
        Command::Find(find) => Some(link(&find.link)?),
        Command::Begin(begin) => Some(link(&begin.link)?),
        Command::Terms(terms) => terms.link.as_deref().map(link).transpose()?,
        _ => None,
    };
    let absent = match link {
        Some(_) => Absent::Made,
        None => Absent::Said,
    };
    if let Command::Erase(end) | Command::Leave(end) = &command {
        ending::must_be_askable(end, screen)?;
    }
    let customer = open(common, absent).await?;
    let done = Box::pin(work(&customer, command, link, screen)).await;
    let closed = customer.close().await;
    done?;
    Ok(closed?)
}

async fn work(
    customer: &Customer,
    command: Command,
    link: Option<BusinessLink>,
    screen: &Screen,
) -> Result<(), Trouble> {
    match (command, link) {
        (Command::Find(what), Some(link)) => find::run(customer, &what, &link, screen).await,
        (Command::Begin(what), Some(link)) => begin::run(customer, what, &link, screen).await,
        (Command::Find(_) | Command::Begin(_), None) => Err(Trouble::usage(
            "there is no link",
            "give the link that the relay prints",
        )),
        (Command::Terms(what), link) => terms::run(customer, &what, link.as_ref(), screen).await,
        (Command::Say(what), _) => say::text(customer, &what, screen).await,
        (Command::Order(what), _) => say::order(customer, &what, screen).await,
        (Command::Choose(what), _) => say::choose(customer, &what, screen).await,
        (Command::Agent(what), _) => say::agent(customer, &what, screen).await,
        (Command::Receive(what), _) => receive::run(customer, &what, screen).await,
        (Command::Shared(what), _) => shared::run(customer, &what, screen).await,
        (Command::Consent(what), _) => choosing::consent(customer, what, screen).await,
        (Command::Declare(what), _) => choosing::declare(customer, what, screen).await,
        (Command::Opt(what), _) => choosing::opt(customer, &what, screen).await,
        (Command::ExportMyData(what), _) => export::run(customer, &what, screen).await,
        (Command::Erase(what), _) => ending::erase(customer, &what, screen).await,
        (Command::Leave(what), _) => ending::leave(customer, &what, screen).await,
        (Command::Block(what), _) => ending::block(customer, &what.domain, screen).await,
        (Command::Unblock(what), _) => ending::unblock(customer, &what.domain, screen).await,
        (Command::Report(what), _) => ending::report(customer, &what, screen).await,
        (Command::Changes(what), _) => changes::run(customer, &what, screen).await,
        (Command::Chats, _) => chats::run(customer, screen).await,
        (Command::History(what), _) => history::run(customer, &what, screen).await,
    }
}
