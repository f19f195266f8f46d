//! What is said, from the app's call to the relay's answer, as steps of the store. (SPEC B-18, B-25)
//! Each function is one part of one transaction: number, message and outbox row together; ratchet
//! step and envelope together; answer and outcome together.
//! Knows: rows, sessions. Never knows: sockets, which side of the counter it works for.

use std::num::NonZeroU64;

use partywall_business::content::{self, Content};
use partywall_business::frank::{FrankingKey, Speaker};
use partywall_business::template::Parameter;
use partywall_business::{Envelope, EventId, Seen, Sequence, TemplateId, Version};
use partywall_ground::{AtMost, Business, Milliseconds, cbor};
use partywall_session::{Clear, SealError, Session};

use crate::core::Work;
use crate::customer::{MessageId, Progress};
use crate::error::SayError;
use crate::records::{self, Kept, Outgoing, Sealing, Thread};
use crate::store::{StoreTrouble, Table};
use crate::what::{Shown, What};
use crate::words;

/// What is about to be said.
pub(crate) enum Words {
    /// Anything but a template.
    Plain(What),
    /// A template, as it will be shown, and its parameters.
    Template(Shown, Vec<Parameter>),
}

/// What became of trying to seal.
pub(crate) enum Next {
    /// Nothing waits.
    Nothing,
    /// This is to leave, and to leave again until it is answered.
    Say(i64, Box<Sealing>),
    /// There is no session to seal it in.
    NoSession,
    /// 20,000 messages without an answer: wait for one.
    Waits,
}

/// Takes words in: number, message and outbox row.
pub(crate) fn put(
    work: &mut Work<'_>,
    talk: i64,
    thread: &mut Thread,
    words: Words,
    speaker: Speaker,
) -> Result<Result<MessageId, SayError>, StoreTrouble> {
    let (what, parameters) = match words {
        Words::Plain(what) => (what, None),
        Words::Template(shown, parameters) => (What::Template(shown), Some(parameters)),
    };
    match wire(&what, parameters.as_deref()) {
        Ok(wire) if wire.is_said_by(speaker) => {}
        Ok(_) => return Ok(Err(SayError::NotOurs)),
        Err(words::Unfit) => return Ok(Err(SayError::Unfit)),
    }
    thread.said += 1;
    let kept = Kept {
        mine: true,
        said: thread.said,
        at: work.seconds(),
        what: what.clone(),
        progress: Progress::Waiting,
        event: None,
        opening: None,
    };
    let message = records::insert_of(work, "message", talk, None, &cbor::encode(&kept))?;
    let outgoing = Outgoing {
        message,
        said: thread.said,
        what,
        parameters,
        sealing: None,
    };
    records::insert_of(work, "outbox", talk, None, &cbor::encode(&outgoing))?;
    Ok(Ok(MessageId(message)))
}

/// The next envelope to leave: sealed now, or as it was sealed before. A session that was replaced
/// since is not used again; what is said stays the same, so that the relay knows it again.
pub(crate) fn next(work: &mut Work<'_>, talk: i64, thread: &Thread) -> Result<Next, StoreTrouble> {
    let Some((row, mut outgoing)) = records::next_out(work, talk)? else {
        return Ok(Next::Nothing);
    };
    let Some((session_row, mut session)) = newest_session(work, talk)? else {
        return Ok(Next::NoSession);
    };
    let sealed_before = match outgoing.sealing.take() {
        Some(sealing) if sealing.session == session_row => {
            return Ok(Next::Say(row, Box::new(sealing)));
        }
        before => before.map(|sealing| (sealing.content, sealing.clear)),
    };
    let (content, clear) = match sealed_before {
        Some(before) => before,
        None => franked(work, thread, &outgoing)?,
    };
    let clear_bytes = clear.to_bytes();
    let beside = Clear::of(&clear_bytes).map_err(|_too_long| StoreTrouble::Damaged)?;
    let envelope = match session.seal(&content, beside, work.dice) {
        Ok(envelope) => envelope,
        Err(SealError::TurnDue) => return Ok(Next::Waits),
        Err(_) => return Ok(Next::NoSession),
    };
    let envelope = Envelope::try_from(envelope).map_err(|_size| StoreTrouble::Damaged)?;
    let sealing = Sealing {
        content,
        clear,
        envelope,
        session: session_row,
    };
    work.hands
        .update(Table::Session, session_row, &session.to_bytes())?;
    outgoing.sealing = Some(sealing.clone());
    records::update(work, Table::Outbox, row, &outgoing)?;
    Ok(Next::Say(row, Box::new(sealing)))
}

/// Notes an outcome: the row leaves the outbox. `None` if it has left before.
pub(crate) fn settle(
    work: &mut Work<'_>,
    row: i64,
    progress: Progress,
    event: Option<EventId>,
    at: Option<partywall_ground::Seconds>,
) -> Result<Option<MessageId>, StoreTrouble> {
    let Some(outgoing) = records::one::<Outgoing>(work, Table::Outbox, row)? else {
        return Ok(None);
    };
    work.hands.delete(Table::Outbox, row)?;
    let message = outgoing.message;
    if let Some(mut kept) = records::one::<Kept>(work, Table::Message, message)? {
        kept.progress = progress;
        kept.event = event;
        kept.at = at.unwrap_or(kept.at);
        records::update(work, Table::Message, message, &kept)?;
        if let Some(event) = event {
            let key = work.hands.lookup("message", event.as_bytes());
            work.hands
                .run("UPDATE message SET key = ?2 WHERE id = ?1", (message, key))?;
        }
    }
    Ok(Some(MessageId(message)))
}

/// Notes that a message will not be delivered.
pub(crate) fn withdrawn(
    work: &mut Work<'_>,
    event: &EventId,
) -> Result<Option<MessageId>, StoreTrouble> {
    let Some((message, plain)) = records::by_key(work, "message", event.as_bytes())? else {
        return Ok(None);
    };
    let mut kept: Kept = records::read(&plain)?;
    kept.progress = Progress::Withdrawn;
    records::update(work, Table::Message, message, &kept)?;
    Ok(Some(MessageId(message)))
}

/// The session in which a conversation is sealed now.
pub(crate) fn newest_session(
    work: &mut Work<'_>,
    talk: i64,
) -> Result<Option<(i64, Session<Business>)>, StoreTrouble> {
    let text = "SELECT id, sealed FROM session WHERE talk = ?1 ORDER BY id DESC LIMIT 1";
    let row: Option<(i64, Vec<u8>)> = work
        .hands
        .row(text, (talk,), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some((id, sealed)) = row else {
        return Ok(None);
    };
    let plain = work.hands.unseal("session", id, &sealed)?;
    // An empty row: the session has ended, and another is to be made.
    if plain.is_empty() {
        return Ok(None);
    }
    let session = Session::from_bytes(&plain).map_err(|_state| StoreTrouble::Damaged)?;
    Ok(Some((id, session)))
}

fn wire(what: &What, parameters: Option<&[Parameter]>) -> Result<content::What, words::Unfit> {
    let (What::Template(shown), Some(parameters)) = (what, parameters) else {
        return words::to_wire(what);
    };
    template(shown.template, shown.version, parameters)
}

fn template(
    template: TemplateId,
    version: u64,
    parameters: &[Parameter],
) -> Result<content::What, words::Unfit> {
    let parameters = AtMost::try_from(parameters.to_vec()).map_err(|_count| words::Unfit)?;
    let version = Version::new(version);
    Ok(content::What::Template(template, version, parameters))
}

fn franked(
    work: &mut Work<'_>,
    thread: &Thread,
    outgoing: &Outgoing,
) -> Result<(Vec<u8>, partywall_business::Clear), StoreTrouble> {
    let what = wire(&outgoing.what, outgoing.parameters.as_deref());
    let what = what.map_err(|words::Unfit| StoreTrouble::Damaged)?;
    let said = NonZeroU64::new(outgoing.said).ok_or(StoreTrouble::Damaged)?;
    let content = Content {
        sequence: Sequence::new(said),
        written: Milliseconds::new(work.now.millis()),
        seen: Seen::new(thread.seen),
        key: FrankingKey::draw(work.dice),
        what,
    };
    Ok(content.franked())
}
