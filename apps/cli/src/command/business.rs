//! `partywall business`: the shop's side of the counter.
//! Knows: which commands there are. Never knows: how one does its work.

mod conversations;
mod echo;
mod enrol;
mod inbox;
mod send;
mod standing;
mod template;
mod told;

use partywall_client::shop::Shop;

use crate::arguments::business::{Business, BusinessCommand as Command, TemplateCommand};
use crate::arguments::{Common, NewPassphrase};
use crate::counter::draft;
use crate::counter::opening::{link, shop as open};
use crate::opening::Absent;
use crate::passphrase::new_passphrase;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Reads files and links before anything is opened; opens the store; does it; closes.
pub(super) async fn run(common: &Common, what: Business, screen: &Screen) -> Result<(), Trouble> {
    if let Command::Template(template) = &what.command
        && let TemplateCommand::Example = template.command
    {
        return screen.either(
            &serde_json::json!({"toml": draft::EXAMPLE}),
            draft::EXAMPLE.trim_end(),
        );
    }
    if let Command::Enrol(enrol) = &what.command {
        let link = link(&enrol.link)?;
        let shop = open(common, Absent::Made).await?;
        let done = Box::pin(enrol::run(&shop, enrol, &link, screen)).await;
        let closed = shop.close().await;
        done?;
        return Ok(closed?);
    }
    let draft = match &what.command {
        Command::Template(template) => match &template.command {
            TemplateCommand::Submit { file } => Some(template::read(file)?),
            _ => None,
        },
        _ => None,
    };
    let shop = open(common, Absent::Said).await?;
    let done = Box::pin(work(&shop, what.command, draft, screen)).await;
    let closed = shop.close().await;
    done?;
    Ok(closed?)
}

async fn work(
    shop: &Shop,
    command: Command,
    draft: Option<partywall_client::shop::TemplateDraft>,
    screen: &Screen,
) -> Result<(), Trouble> {
    match command {
        // Was done before the store was opened as one that is there.
        Command::Enrol(_) => Ok(()),
        Command::Status => standing::status(shop, screen).await,
        Command::WellKnown => standing::well_known(shop, screen).await,
        Command::Echo(what) => echo::run(shop, &what, screen).await,
        Command::Send(what) => send::text(shop, what, screen).await,
        Command::Inbox(what) => inbox::run(shop, &what, screen).await,
        Command::Conversations => conversations::run(shop, screen).await,
        Command::Passphrase(what) => passphrase(shop, &what, screen).await,
        Command::Template(what) => match (what.command, draft) {
            (TemplateCommand::Submit { .. }, Some(draft)) => {
                template::submit(shop, draft, screen).await
            }
            (TemplateCommand::List, _) => template::list(shop, screen).await,
            (TemplateCommand::Send(what), _) => template::send(shop, what, screen).await,
            (TemplateCommand::Example | TemplateCommand::Submit { .. }, _) => Ok(()),
        },
    }
}

async fn passphrase(shop: &Shop, what: &NewPassphrase, screen: &Screen) -> Result<(), Trouble> {
    let new = new_passphrase(what.new_passphrase_file.as_deref())?;
    shop.change_passphrase(&new).await?;
    screen.either(
        &serde_json::json!({"changed": true}),
        "The passphrase is changed. Copies of the store made before still open with the old one.",
    )
}
