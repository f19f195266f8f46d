//! The two tasks of a shop: one says what waits and keeps the shelf full, one takes in what comes.
//! Knows: whose turn it is. Never knows: what is said.

use std::sync::Arc;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::frank::Speaker;
use partywall_business::request::Say;
use partywall_business::{Role, Rule};
use tokio::sync::{Notify, mpsc};
use zeroize::Zeroizing;

use super::{EventKind, MessageId, Progress, Pseudonym, enrol, news, shelf};
use crate::core::{Core, Work};
use crate::error::{AskError, Refusal, SayError, Stopped};
use crate::line::{Caller, Delivery, Line};
use crate::outbox::{self, Next, Words};
use crate::records::{self, Guest, Relay, Sealing};
use crate::store::{StoreTrouble, Table};
use crate::talks::Open;

/// The one line of a shop.
pub(super) const SHOP: i64 = 0;
/// How long to wait where a rule names no time.
const A_WHILE: Duration = Duration::from_secs(5);
/// The longest wait before a rule is tried again.
const LONGEST: Duration = Duration::from_secs(60);

/// Goes on, if the shop enrolled before.
pub(super) async fn resume(core: &Arc<Core>) -> Result<(), Stopped> {
    if core.work(enrol::shop).await?.is_some() {
        line(core).await.map_err(|_stopped| core.why())?;
    }
    Ok(())
}

/// The shop's line, with its two tasks; begun if it is not there.
pub(super) async fn line(core: &Arc<Core>) -> Result<Line, AskError> {
    if let Some(open) = core.talks.find(SHOP) {
        return Ok(open.line);
    }
    let found = core
        .work(|work| {
            let Some(shop) = enrol::shop(work)? else {
                return Ok(None);
            };
            let relay: Relay = records::must(work, Table::Relay, shop.relay)?;
            Ok(Some((shop, relay)))
        })
        .await?;
    let Some((shop, relay)) = found else {
        return Err(AskError::Refused(Refusal::by(Rule::NoSuchBusiness)));
    };
    let (line, events) = Line::begin(
        core.dialler.clone(),
        relay.place(),
        Caller::Proven(Role::Business, Zeroizing::new(*shop.account.bytes())),
        core.stream("business/shop"),
    );
    let wake = Arc::new(Notify::new());
    let open = Open {
        line: line.clone(),
        wake: Arc::clone(&wake),
    };
    core.talks.open(SHOP, open);
    core.spawn(hearing(Arc::clone(core), line.clone(), events));
    core.spawn(saying(Arc::clone(core), line.clone(), wake));
    Ok(line)
}

/// Puts words into the outbox.
pub(super) async fn say(
    core: &Arc<Core>,
    to: Pseudonym,
    words: Words,
) -> Result<MessageId, SayError> {
    let put = core
        .work(move |work| {
            let Some((row, mut guest)) = guest(work, to)? else {
                return Ok(Err(SayError::NoSuchConversation));
            };
            if guest.left {
                return Ok(Err(SayError::Ended));
            }
            if outbox::newest_session(work, row)?.is_none() {
                return Ok(Err(SayError::NotSpokenYet));
            }
            let put = outbox::put(work, row, &mut guest.thread, words, Speaker::Business)?;
            if put.is_ok() {
                records::update(work, Table::Talk, row, &guest)?;
            }
            Ok(put)
        })
        .await??;
    core.talks.wake(SHOP);
    Ok(put)
}

/// A conversation's row and record.
pub(super) fn guest(
    work: &mut Work<'_>,
    of: Pseudonym,
) -> Result<Option<(i64, Guest)>, StoreTrouble> {
    let found = records::by_key(work, "talk", of.0.as_bytes())?;
    found
        .map(|(row, plain)| Ok((row, records::read(&plain)?)))
        .transpose()
}

async fn hearing(core: Arc<Core>, line: Line, mut events: mpsc::Receiver<Delivery>) {
    while let Some(delivery) = events.recv().await {
        let (connection, tag) = (delivery.connection, delivery.event.tag);
        let Ok(()) = news::take(&core, delivery.event).await else {
            return;
        };
        line.ack(connection, tag).await;
        core.talks.wake(SHOP);
    }
}

async fn saying(core: Arc<Core>, mut line: Line, wake: Arc<Notify>) {
    let mut last = None;
    while let Some(connection) = line.up(last).await {
        loop {
            let waits = match say_all(&core, &line).await {
                Ok(waits) => waits,
                Err(AskError::Down(_)) => break,
                Err(AskError::Stopped(_)) => return,
                Err(_) => Some(A_WHILE),
            };
            tokio::select! {
                () = wake.notified() => {}
                () = for_a_while(waits) => {}
                up = line.up(Some(connection)) => {
                    if up.is_none() {
                        return;
                    }
                    break;
                }
            }
        }
        last = Some(connection);
    }
}

async fn for_a_while(waits: Option<Duration>) {
    match waits {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// Fills the shelf and says what waits in every conversation, one message of each at a time. Gives
/// the time after which a rule lets more be said.
async fn say_all(core: &Arc<Core>, line: &Line) -> Result<Option<Duration>, AskError> {
    match shelf::fill(core, line).await {
        Ok(()) | Err(AskError::Refused(_)) => {}
        Err(other) => return Err(other),
    }
    let mut waits: Option<Duration> = None;
    loop {
        let talks = core
            .work(|work| {
                let text = "SELECT DISTINCT talk FROM outbox ORDER BY talk";
                work.hands.rows(text, (), |row| row.get::<_, i64>(0))
            })
            .await?;
        let mut went_on = false;
        for row in talks {
            let next = core
                .work(move |work| {
                    let guest: Guest = records::must(work, Table::Talk, row)?;
                    outbox::next(work, row, &guest.thread)
                })
                .await?;
            if let Next::Say(out, sealing) = next {
                match say_one(core, row, line, out, *sealing).await? {
                    None => went_on = true,
                    Some(wait) => waits = Some(waits.map_or(wait, |before| before.min(wait))),
                }
            }
        }
        if !went_on {
            return Ok(waits);
        }
    }
}

async fn say_one(
    core: &Arc<Core>,
    row: i64,
    line: &Line,
    out: i64,
    sealing: Sealing,
) -> Result<Option<Duration>, AskError> {
    let guest: Guest = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    let conversation = guest.thread.conversation;
    let (clear, envelope) = (sealing.clear, sealing.envelope);
    let say = move |number| {
        Say {
            number,
            conversation,
            clear,
            envelope,
        }
        .into()
    };
    let to = Pseudonym(conversation);
    match line.ask(say).await {
        Ok(Answer::Accepted(accepted)) => {
            core.work(move |work| {
                let mut guest: Guest = records::must(work, Table::Talk, row)?;
                guest.thread.opens_until(accepted.window_expires_at);
                records::update(work, Table::Talk, row, &guest)?;
                let (event, at) = (Some(accepted.event), Some(accepted.at));
                if let Some(id) = outbox::settle(work, out, Progress::Accepted, event, at)? {
                    work.tell(&EventKind::Accepted {
                        to,
                        id,
                        event: accepted.event,
                        window_expires_at: guest.thread.window,
                    })?;
                }
                Ok(())
            })
            .await?;
            Ok(None)
        }
        Ok(_) => Err(AskError::Nonsense),
        Err(AskError::Refused(refusal)) => refused(core, to, out, refusal).await,
        Err(other) => Err(other),
    }
}

async fn refused(
    core: &Arc<Core>,
    to: Pseudonym,
    out: i64,
    refusal: Refusal,
) -> Result<Option<Duration>, AskError> {
    if matches!(refusal.rule, Rule::Pace | Rule::Busy) {
        let now = core.clock.wall().seconds();
        let wait = refusal.until.map_or(A_WHILE, |until| {
            Duration::from_secs(until.value().saturating_sub(now).max(1))
        });
        return Ok(Some(wait.min(LONGEST)));
    }
    core.work(move |work| {
        let progress = Progress::Refused(refusal.rule);
        if let Some(id) = outbox::settle(work, out, progress, None, None)? {
            work.tell(&EventKind::Refused {
                to,
                id,
                rule: refusal.rule,
                until: refusal.until,
            })?;
        }
        Ok(())
    })
    .await?;
    Ok(None)
}
