//! `partywall invite`: a link that lets somebody write to you.
//! Knows: the relay's link and a name. Never knows: what the link is made of.

use serde_json::json;

use crate::arguments::{Common, Invite};
use crate::opening::{Absent, open, relay_link};
use crate::screen::{Screen, faint, strong};
use crate::trouble::Trouble;
use crate::words;

/// Makes the link and prints it: as JSON, as a page for people, or alone for a pipe.
pub(super) async fn run(common: &Common, what: &Invite, screen: &Screen) -> Result<(), Trouble> {
    let relay = relay_link(&what.relay)?;
    let client = open(common, Absent::Made).await?;
    let peer = client.peer();
    let invite = if what.reusable {
        peer.invite_reusable(&relay)
    } else {
        peer.invite(&relay)
    };
    let link = match invite.named(&what.name).await {
        Ok(link) => link,
        Err(error) => {
            let _stopped_already = client.close().await;
            return Err(error.into());
        }
    };
    if screen.json {
        screen.object(&json!({"link": link.as_str()}))?;
    } else if screen.terminal {
        screen.raw(&page(&link, what))?;
    } else {
        screen.line(link.as_str())?;
    }
    Ok(client.close().await?)
}

fn page(link: &partywall_client::Link, what: &Invite) -> String {
    let name = words::one_line(&what.name);
    let title = if what.reusable {
        format!("A contact link. Whoever uses it becomes {name}, {name}-2, {name}-3, …")
    } else {
        format!("An invitation for {name}. It is good once.")
    };
    let qr = drawn(&link.qr());
    let give =
        faint("Give it to them over a way you trust: whoever has it can write to you. They run");
    let they = "partywall add 'LINK' --name YOUR-NAME";
    let then = faint("and you see them with");
    format!(
        "{}\n\n{qr}{}\n\n{give}\n  {they}\n{then}\n  partywall receive\n",
        strong(&title),
        link.as_str(),
    )
}

/// The code in black on white, whatever the terminal's colours are; nothing where it does not fit.
fn drawn(qr: &str) -> String {
    let (_rows, columns) = console::Term::stdout().size();
    let fits = |row: &str| row.chars().count() <= usize::from(columns);
    if qr.is_empty() || !qr.lines().all(fits) {
        return String::new();
    }
    let ink = console::Style::new().black().on_white();
    let rows: Vec<String> = qr
        .lines()
        .map(|row| ink.apply_to(row).to_string())
        .collect();
    format!("{}\n\n", rows.join("\n"))
}
