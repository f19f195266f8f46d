//! The two tasks of a conversation: one says what waits, one takes in what comes.
//! Knows: whose turn it is. Never knows: what is said.
//!
//! Before each word the business is looked up again; what changed there stops everything until its
//! person has seen it. (SPEC B-8) What waits is said one at a time, with the same bytes until it
//! is answered. (SPEC B-25)

use std::sync::Arc;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::frank::Speaker;
use partywall_business::request::Say;
use partywall_business::{Role, Rule};
use tokio::sync::{Notify, mpsc};
use zeroize::Zeroizing;

use super::{EventKind, MessageId, Progress, Standing, begin, news, pending, tell};
use crate::core::Core;
use crate::error::{AskError, BeginError, FindError, Refusal, SayError, Stopped};
use crate::line::{Caller, Delivery, Line};
use crate::look;
use crate::outbox::{self, Next, Words};
use crate::records::{self, Relay, Sealing, Talk};
use crate::store::Table;
use crate::talks::Open;
use crate::trust::Wanted;

/// How long to wait where a rule names no time.
const A_WHILE: Duration = Duration::from_secs(5);
/// The longest wait before a rule is tried again.
const LONGEST: Duration = Duration::from_secs(60);

/// Goes on with all conversations of a store.
pub(super) async fn resume(core: &Arc<Core>) -> Result<(), Stopped> {
    let talks = core
        .work(|work| records::all::<Talk>(work, Table::Talk))
        .await?;
    for (row, talk) in talks {
        if matches!(talk.standing, Standing::Open | Standing::Leaving) {
            line(core, row, &talk).await?;
        }
    }
    Ok(())
}

/// The line of a conversation, with its two tasks; begun if it is not there.
pub(super) async fn line(core: &Arc<Core>, row: i64, talk: &Talk) -> Result<Line, Stopped> {
    if let Some(open) = core.talks.find(row) {
        return Ok(open.line);
    }
    let relay = talk.relay;
    let relay: Relay = core
        .work(move |work| records::must(work, Table::Relay, relay))
        .await?;
    let seed = Zeroizing::new(*talk.pairwise.bytes());
    let (line, events) = Line::begin(
        core.dialler.clone(),
        relay.place(),
        Caller::Proven(Role::Customer, seed),
        core.stream("business/talk"),
    );
    let wake = Arc::new(Notify::new());
    let open = Open {
        line: line.clone(),
        wake: Arc::clone(&wake),
    };
    core.talks.open(row, open);
    core.spawn(hearing(Arc::clone(core), row, events));
    core.spawn(saying(Arc::clone(core), row, line.clone(), wake));
    Ok(line)
}

/// A line with the rights key, for who has left.
pub(super) async fn rights_line(core: &Arc<Core>, talk: &Talk) -> Result<Line, Stopped> {
    let relay = talk.relay;
    let relay: Relay = core
        .work(move |work| records::must(work, Table::Relay, relay))
        .await?;
    let (line, _no_events) = Line::begin(
        core.dialler.clone(),
        relay.place(),
        Caller::Proven(Role::Rights, Zeroizing::new(*talk.rights.bytes())),
        core.stream("business/rights"),
    );
    Ok(line)
}

/// Puts words into the outbox.
pub(super) async fn say(core: &Arc<Core>, row: i64, words: Words) -> Result<MessageId, SayError> {
    let put = core
        .work(move |work| {
            let Some(mut talk) = records::one::<Talk>(work, Table::Talk, row)? else {
                return Ok(Err(SayError::NoSuchConversation));
            };
            if !talk.is_open() {
                return Ok(Err(SayError::Ended));
            }
            if talk.changed.is_some() {
                return Ok(Err(SayError::CertificateChanged));
            }
            let put = outbox::put(work, row, &mut talk.thread, words, Speaker::Customer)?;
            if put.is_ok() {
                records::update(work, Table::Talk, row, &talk)?;
            }
            Ok(put)
        })
        .await??;
    core.talks.wake(row);
    Ok(put)
}

/// Looks the business up and makes a session, as saying something would.
pub(super) async fn connect(core: &Arc<Core>, row: i64) -> Result<(), BeginError> {
    let talk: Talk = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    let line = line(core, row, &talk).await?;
    look_again(core, row, &line)
        .await
        .map_err(|why| match why {
            FindError::Ask(ask) => BeginError::Ask(ask),
            FindError::Distrust(distrust) => BeginError::Distrust(distrust),
            FindError::Domain(_) => BeginError::Ask(AskError::Nonsense),
        })?;
    begin::session(core, row, &line).await?;
    core.talks.wake(row);
    Ok(())
}

/// Takes in what comes, in order; an acknowledgement leaves after its commit. Holds no line of its
/// own, so that one that was closed ends.
async fn hearing(core: Arc<Core>, row: i64, mut events: mpsc::Receiver<Delivery>) {
    let mut broken = None;
    while let Some(delivery) = events.recv().await {
        let (connection, tag) = (delivery.connection, delivery.event.tag);
        if broken == Some(connection) {
            continue;
        }
        let Some(Open { line, .. }) = core.talks.find(row) else {
            return;
        };
        match news::take(&core, row, &line, delivery.event).await {
            Ok(()) => line.ack(connection, tag).await,
            // It comes again on the next connection, and so does all behind it.
            Err(AskError::Down(_)) => broken = Some(connection),
            Err(_) => return,
        }
        core.talks.wake(row);
    }
}

/// Says what waits whenever there is a connection and something to say.
async fn saying(core: Arc<Core>, row: i64, mut line: Line, wake: Arc<Notify>) {
    let mut last = None;
    while let Some(connection) = line.up(last).await {
        loop {
            match say_all(&core, row, &line).await {
                Ok(Pause::UntilWoken) => {}
                Ok(Pause::For(wait)) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => continue,
                        () = wake.notified() => continue,
                    }
                }
                Ok(Pause::ForGood) => {
                    core.talks.close(row);
                    return;
                }
                Err(AskError::Down(_)) => break,
                Err(AskError::Stopped(_)) => return,
                Err(_) => {}
            }
            tokio::select! {
                () = wake.notified() => {}
                up = line.up(Some(connection)) => {
                    if up.is_none() {
                        return;
                    }
                }
            }
        }
        last = Some(connection);
    }
}

/// Why nothing more is said now.
enum Pause {
    UntilWoken,
    For(Duration),
    ForGood,
}

async fn say_all(core: &Arc<Core>, row: i64, line: &Line) -> Result<Pause, AskError> {
    let talk: Talk = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    match talk.standing {
        Standing::Leaving => return leave(core, row, line).await,
        Standing::Open => {}
        Standing::Beginning => return Ok(Pause::UntilWoken),
        Standing::Left | Standing::Erased => return Ok(Pause::ForGood),
    }
    if !talk.consented {
        tell::consent(core, row, line).await?;
    }
    loop {
        let waits = core
            .work(move |work| {
                let talk: Talk = records::must(work, Table::Talk, row)?;
                let queued = records::queued(work, row)?;
                Ok(talk.is_open() && talk.changed.is_none() && queued > 0)
            })
            .await?;
        if !waits {
            return Ok(Pause::UntilWoken);
        }
        match look_again(core, row, line).await {
            Ok(true) => {}
            Ok(false) => return Ok(Pause::UntilWoken),
            Err(FindError::Ask(AskError::Refused(refusal))) => {
                match refused(core, row, refusal).await? {
                    Some(pause) => return Ok(pause),
                    None => continue,
                }
            }
            Err(FindError::Ask(ask)) => return Err(ask),
            Err(FindError::Distrust(why)) => {
                pending::distrust(core, row, why.to_string()).await?;
                return Ok(Pause::UntilWoken);
            }
            Err(FindError::Domain(_)) => return Ok(Pause::UntilWoken),
        }
        let next = core
            .work(move |work| {
                let talk: Talk = records::must(work, Table::Talk, row)?;
                outbox::next(work, row, &talk.thread)
            })
            .await?;
        match next {
            Next::Nothing | Next::Waits => return Ok(Pause::UntilWoken),
            Next::NoSession => match begin::session(core, row, line).await {
                Ok(()) => {}
                Err(BeginError::Ask(ask)) => return Err(ask),
                Err(_bare_or_bad) => return Ok(Pause::For(A_WHILE)),
            },
            Next::Say(out, sealing) => {
                if let Some(pause) = say_one(core, row, line, out, *sealing).await? {
                    return Ok(pause);
                }
            }
        }
    }
}

async fn say_one(
    core: &Arc<Core>,
    row: i64,
    line: &Line,
    out: i64,
    sealing: Sealing,
) -> Result<Option<Pause>, AskError> {
    let talk: Talk = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    let conversation = talk.thread.conversation;
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
    match line.ask(say).await {
        Ok(Answer::Accepted(accepted)) => {
            core.work(move |work| {
                let mut talk: Talk = records::must(work, Table::Talk, row)?;
                talk.thread.opens_until(accepted.window_expires_at);
                records::update(work, Table::Talk, row, &talk)?;
                let (event, at) = (Some(accepted.event), Some(accepted.at));
                if let Some(id) = outbox::settle(work, out, Progress::Accepted, event, at)? {
                    work.tell(&EventKind::Accepted {
                        chat: talk.domain,
                        id,
                        event: accepted.event,
                        window_expires_at: talk.thread.window,
                    })?;
                }
                Ok(())
            })
            .await?;
            Ok(None)
        }
        Ok(_) => Err(AskError::Nonsense),
        Err(AskError::Refused(refusal)) => refused(core, row, refusal).await,
        Err(other) => Err(other),
    }
}

/// A rule that waiting lifts is waited for; any other ends what was to be said.
async fn refused(core: &Arc<Core>, row: i64, refusal: Refusal) -> Result<Option<Pause>, AskError> {
    if matches!(
        refusal.rule,
        Rule::Pace | Rule::Busy | Rule::StaleCertificate
    ) {
        let now = core.clock.wall().seconds();
        let wait = refusal.until.map_or(A_WHILE, |until| {
            Duration::from_secs(until.value().saturating_sub(now).max(1))
        });
        return Ok(Some(Pause::For(wait.min(LONGEST))));
    }
    core.work(move |work| {
        let talk: Talk = records::must(work, Table::Talk, row)?;
        let Some((out, _)) = records::next_out(work, row)? else {
            return Ok(());
        };
        let progress = Progress::Refused(refusal.rule);
        if let Some(id) = outbox::settle(work, out, progress, None, None)? {
            work.tell(&EventKind::Refused {
                chat: talk.domain,
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

/// Looks the business up again. `false`: keys or hosting changed, and its person has to look.
pub(super) async fn look_again(core: &Arc<Core>, row: i64, line: &Line) -> Result<bool, FindError> {
    let talk: Talk = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    let wanted = Wanted::Business(talk.business);
    let shown = look::look(core, talk.relay, line, wanted).await?;
    Ok(pending::noticed(core, row, shown).await?)
}

async fn leave(core: &Arc<Core>, row: i64, line: &Line) -> Result<Pause, AskError> {
    tell::leaving(core, row, line).await?;
    Ok(Pause::ForGood)
}
