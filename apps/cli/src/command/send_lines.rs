//! `partywall send NAME --lines`: each line of standard input, once, until the relay has them all.
//! Knows: a contact, the run, patience. Never knows: how a line is read or how it gets there.

use std::sync::Mutex;
use std::time::Duration;

use partywall_client::MessageId;
use partywall_world::Dice;
use serde_json::json;

use super::send::{arrived, gave_up, interrupted, patience};
use super::watch::{self, Relays};
use crate::arguments::{Common, Send};
use crate::lines::bar::Bar;
use crate::lines::feed::{self, Tally, Wanted};
use crate::lines::mouth::ToContact;
use crate::lines::reading;
use crate::lines::record::RunId;
use crate::lines::run::Run;
use crate::opening::{Absent, Interrupts, Person, contact, open};
use crate::screen::{Screen, good};
use crate::trouble::Trouble;

/// How often the bar looks how far it is while everything has been taken.
const LOOK: Duration = Duration::from_millis(250);

/// Sends the lines. On success the client is left as it is: between the moment at which the run is
/// marked as complete and the exit code there is nothing that could be interrupted for long.
pub(super) async fn run(common: &Common, what: &Send, screen: &Screen) -> Result<(), Trouble> {
    let wanted = wanted(what)?;
    let client = open(common, Absent::Said).await?;
    let bar = Bar::on(screen);
    let done = Box::pin(send(&client, what, wanted, &bar, screen)).await;
    bar.gone();
    let ended = match done {
        Ok((mut mouth, run, tally)) => {
            tell(what, &tally, screen)?;
            let ended = feed::complete(&mut mouth, &run).await;
            if ended.is_ok() {
                return Ok(());
            }
            ended
        }
        Err(trouble) => Err(trouble),
    };
    let _stopped_already = client.close().await;
    ended
}

fn wanted(what: &Send) -> Result<Wanted, Trouble> {
    if let Some(name) = &what.run {
        return Ok(Wanted::Named(name.clone()));
    }
    let mut dice = Dice::from_os().map_err(partywall_client::OpenError::from)?;
    let id = RunId(dice.bytes());
    Ok(if what.anew {
        Wanted::Anew(id)
    } else {
        Wanted::Resumed(id)
    })
}

async fn send(
    client: &Person,
    what: &Send,
    wanted: Wanted,
    bar: &Bar,
    screen: &Screen,
) -> Result<(ToContact, Run, Tally), Trouble> {
    let contact = contact(client, &what.name).await?;
    let mut interrupts = Interrupts::listen()?;
    let known = Mutex::new(Relays::default());
    let events = client.peer().events();
    let mut mouth = ToContact {
        contact,
        bar: bar.clone(),
        screen: *screen,
    };
    let remark = |remark: &str| bar.aside(|| screen.remark(remark));
    let sent = tokio::select! {
        sent = Box::pin(all(&mut mouth, wanted)) => Some(sent?),
        () = watch::relays(events, &known, remark) => None,
        () = interrupts.next() => return Err(interrupted()),
        () = patience(what.wait) => return Err(gave_up(&known)),
    };
    match sent {
        Some((run, tally)) => Ok((mouth, run, tally)),
        None => {
            // The events end only when the client has failed; the contact knows why.
            mouth.contact.queued().await?;
            Err(interrupted())
        }
    }
}

/// Feeds the lines and waits until the relay has every one.
async fn all(mouth: &mut ToContact, wanted: Wanted) -> Result<(Run, Tally), Trouble> {
    let mut input = reading::standard_input()?;
    let (run, tally) = Box::pin(feed::feed(mouth, &mut input, wanted)).await?;
    let waiting = mouth.contact.wait_all_accepted();
    tokio::pin!(waiting);
    loop {
        tokio::select! {
            accepted = &mut waiting => {
                accepted?;
                break;
            }
            () = tokio::time::sleep(LOOK) => {
                mouth.bar.shows(tally.ids.len(), mouth.contact.queued().await?);
            }
        }
    }
    all_arrived(mouth, &tally.ids).await?;
    Ok((run, tally))
}

/// An empty outbox also follows from a mailbox that has ended: each line, also one of an earlier
/// start, is asked after by its id.
async fn all_arrived(mouth: &ToContact, ids: &[MessageId]) -> Result<(), Trouble> {
    for id in ids {
        arrived(mouth.contact.wait_accepted(*id).await?)?;
    }
    Ok(())
}

fn tell(what: &Send, tally: &Tally, screen: &Screen) -> Result<(), Trouble> {
    let count = tally.ids.len();
    let object = json!({
        "to": what.name,
        "accepted": count,
        "taken_before": tally.repeated,
    });
    let mut words = good(&match count {
        1 => "accepted: 1 message".to_owned(),
        count => format!("accepted: {count} messages"),
    });
    if tally.repeated > 0 {
        words.push_str(&format!(
            ", {} of them taken before and not sent again",
            tally.repeated
        ));
    }
    screen.either(&object, &words)
}
