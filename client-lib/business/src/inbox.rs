//! What arrives, from an envelope to a message of the store. (SPEC B-16, B-18, S-5, S-14)
//! Each function is part of the one transaction that also moves the ratchet, notes the event's
//! number and tells the app; the acknowledgement leaves after its commit.
//! Knows: rows, sessions, bundles. Never knows: sockets.

use partywall_business::content::Content;
use partywall_business::event::Event;
use partywall_business::frank::Speaker;
use partywall_business::{Clear, Envelope, EventId, Mark};
use partywall_ground::{Business, cbor};
use partywall_session::Session;

use crate::core::Work;
use crate::customer::{MessageId, Progress};
use crate::records::{self, Kept, Opening, Thread};
use crate::store::{StoreTrouble, Table};
use crate::what::What;

/// Sessions of a conversation that are tried, the newest first.
const TRIED: u32 = 4;

/// How an event's number stands to those before it. (SPEC B-16)
pub(crate) enum Place {
    /// It was taken in before.
    Again,
    /// It is the next.
    Next,
    /// So many are missing before it.
    After(u64),
}

/// A message as it arrived.
pub(crate) struct Arrived<'a> {
    pub(crate) event: EventId,
    pub(crate) at: partywall_ground::Seconds,
    pub(crate) clear: &'a Clear,
    pub(crate) envelope: &'a Envelope,
    pub(crate) mark: Mark,
    pub(crate) speaker: Speaker,
}

/// The highest number of an event that is believed; no conversation comes so far.
const HIGHEST: u64 = i64::MAX as u64;

/// Whether an event can be taken in; a relay that sends another is not one to listen to.
pub(crate) const fn can_be_placed(event: &Event) -> bool {
    event.sequence.value().get() <= HIGHEST
}

/// Notes the number of an event that [can be placed](can_be_placed); what comes again is acknowledged
/// and dropped.
pub(crate) fn place(thread: &mut Thread, sequence: u64) -> Place {
    let expected = thread.heard.saturating_add(1);
    if sequence < expected {
        return Place::Again;
    }
    thread.heard = sequence;
    match sequence - expected {
        0 => Place::Next,
        missing => Place::After(missing),
    }
}

/// Opens an envelope in one of the conversation's sessions, and moves that one's ratchet.
pub(crate) fn open(
    work: &mut Work<'_>,
    talk: i64,
    arrived: &Arrived<'_>,
) -> Result<Option<Judged>, StoreTrouble> {
    let text = "SELECT id, sealed FROM session WHERE talk = ?1 ORDER BY id DESC LIMIT ?2";
    let rows: Vec<(i64, Vec<u8>)> = work
        .hands
        .rows(text, (talk, TRIED), |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, plain) in work.hands.unseal_all("session", rows)? {
        if plain.is_empty() {
            continue;
        }
        let mut session: Session<Business> =
            Session::from_bytes(&plain).map_err(|_state| StoreTrouble::Damaged)?;
        let beside = arrived.clear.to_bytes();
        let Ok(beside) = partywall_session::Clear::of(&beside) else {
            return Ok(None);
        };
        let today = work.today();
        if let Ok(opened) = session.open(arrived.envelope.as_bytes(), beside, today) {
            work.hands.update(Table::Session, id, &session.to_bytes())?;
            return Ok(judged(&opened.content, arrived));
        }
    }
    Ok(None)
}

/// A content and its bytes, found to be what its clear part promises.
pub(crate) struct Judged {
    pub(crate) content: Content,
    pub(crate) bytes: Vec<u8>,
}

/// Whether an opened content is what the clear part promises. (SPEC B-18)
pub(crate) fn judged(bytes: &[u8], arrived: &Arrived<'_>) -> Option<Judged> {
    let content = Content::open(bytes, arrived.clear, arrived.speaker).ok()?;
    Some(Judged {
        content,
        bytes: bytes.to_vec(),
    })
}

/// Keeps a message. `shown` is the template's text where it is one.
pub(crate) fn keep(
    work: &mut Work<'_>,
    talk: i64,
    thread: &mut Thread,
    arrived: &Arrived<'_>,
    opened: Judged,
    shown: What,
) -> Result<(MessageId, u64, What), StoreTrouble> {
    let said = opened.content.sequence.value().get();
    thread.seen = thread.seen.max(said);
    let kept = Kept {
        mine: false,
        said,
        at: arrived.at,
        what: shown.clone(),
        progress: Progress::Received,
        event: Some(arrived.event),
        opening: Some(Opening {
            content: opened.bytes,
            clear: *arrived.clear,
            mark: arrived.mark,
            key: opened.content.key.clone(),
        }),
    };
    let by = arrived.event.as_bytes();
    let id = records::insert_of(work, "message", talk, Some(by), &cbor::encode(&kept))?;
    Ok((MessageId(id), said, shown))
}
