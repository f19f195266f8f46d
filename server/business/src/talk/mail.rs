//! Events read for delivery: a page at a time, in order, as many as there is credit for. (P-12, B-16)
//! Knows: what lies for one receiver behind what was delivered. Never knows: tags, connections.

use partywall_business::event::{Event, News};
use partywall_business::id::ConversationId;
use partywall_business::{Bytes, EventId, Reason, Sequence, Tag};
use partywall_ground::Seconds;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, Row, params};

use super::what::{MESSAGE, What};
use crate::effects::Receiver;
use crate::proof;

/// How much more may be in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

/// An event from the database, without its tag.
pub(crate) struct Letter {
    pub(crate) place: i64,
    /// About how many bytes it has.
    pub(crate) size: usize,
    event: EventId,
    conversation: ConversationId,
    sequence: Sequence,
    at: Seconds,
    expires: Seconds,
    news: News,
}

impl Letter {
    /// As it goes out.
    pub(crate) fn tagged(self, tag: Tag) -> Event {
        Event {
            tag,
            id: self.event,
            conversation: self.conversation,
            sequence: self.sequence,
            at: self.at,
            window_expires_at: self.expires,
            news: self.news,
        }
    }
}

/// The events of a receiver behind a place that there is room for (`alone`: the first in any case),
/// and whether more lie behind them.
///
/// # Errors
/// When the rows cannot be read.
pub(crate) fn page(
    rows: &Connection,
    receiver: Receiver,
    after: i64,
    room: Room,
    alone: bool,
) -> Result<(Vec<Letter>, bool), StoreError> {
    let withdraws = is_revoked(rows, receiver)?;
    let mut select = rows.prepare_cached(
        "SELECT place, event, id, sequence, at, expires, kind, body
         FROM events WHERE receiver = ?1 AND place > ?2 ORDER BY place",
    )?;
    let mut found = select.query(params![receiver.number(), after])?;
    let (mut letters, mut bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        // It is about to be withdrawn: nothing behind it goes out before that. (B-9)
        if withdraws && row.get::<_, u8>(6)? == MESSAGE {
            return Ok((letters, false));
        }
        let size = 128 + row.get_ref(7)?.as_blob().map_or(0, <[u8]>::len);
        let first = alone && letters.is_empty();
        if !first && (letters.len() >= room.events || bytes + size > room.bytes) {
            return Ok((letters, true));
        }
        bytes += size;
        letters.push(letter(rows, row, size)?);
    }
    Ok((letters, false))
}

fn letter(rows: &Connection, row: &Row<'_>, size: usize) -> Result<Letter, StoreError> {
    let body = row.get_ref(7)?.as_blob().map_err(|_| StoreError::Corrupt)?;
    let event = EventId::new(row.get(1)?);
    let sequence = u64::try_from(row.get::<_, i64>(3)?).ok();
    let sequence = sequence.and_then(std::num::NonZeroU64::new);
    Ok(Letter {
        place: row.get(0)?,
        size,
        event,
        conversation: ConversationId::new(row.get(2)?),
        sequence: Sequence::new(sequence.ok_or(StoreError::Corrupt)?),
        at: Seconds::new(row.get::<_, i64>(4)?.unsigned_abs()),
        expires: Seconds::new(row.get::<_, i64>(5)?.unsigned_abs()),
        news: news(rows, event, What::read(row.get(6)?, body)?)?,
    })
}

/// Whether the operator revoked the business that this is about.
fn is_revoked(rows: &Connection, receiver: Receiver) -> Result<bool, StoreError> {
    let which = if receiver.is_business() {
        "SELECT revoked FROM businesses WHERE business = ?1 / 2"
    } else {
        "SELECT b.revoked FROM conversations c JOIN businesses b ON b.business = c.business
         WHERE c.conversation = ?1 / 2"
    };
    let revoked = rows
        .prepare_cached(which)?
        .query_row([receiver.number()], |row| row.get(0))
        .optional()?;
    Ok(revoked.unwrap_or(false))
}

fn news(rows: &Connection, event: EventId, what: What) -> Result<News, StoreError> {
    Ok(match what {
        What::Message {
            clear,
            envelope,
            mark,
        } => News::Message {
            clear,
            envelope,
            mark,
        },
        What::Began(opted_in) => News::Began {
            opted_in,
            region: None,
        },
        What::Left => News::Left,
        What::Opted(category, opt_in) => News::Opted { category, opt_in },
        What::Disclosed(entry) => match proof::proven(rows, entry)? {
            Some(entry) => News::Disclosed {
                disclosure: Bytes::new(entry.opening.payload.as_bytes())
                    .map_err(|_| StoreError::Corrupt)?,
                entry,
            },
            // Its payload was erased before it was delivered.
            None => News::Withdrawn {
                message: event,
                reason: Reason::Other,
            },
        },
        What::Withdrawn(message, reason) => News::Withdrawn { message, reason },
        What::Suspended(reason) => News::Suspended(reason),
        What::Revoked(reason) => News::Revoked(reason),
        What::Table(hash) => News::Table(hash),
        What::Certificate(hash) => News::Certificate(hash),
    })
}
