//! What is known here of conversations and messages, without asking anybody.
//! Knows: the store's records, as cards for people. Never knows: sockets, sessions.

use std::collections::BTreeSet;
use std::sync::Arc;

use minicbor::{Decode, Encode};
use partywall_business::certificate::{Hosting, Industry};
use partywall_business::{Category, EventId, Rule};
use partywall_ground::Seconds;

use super::Chat;
use crate::core::{Core, Front};
use crate::error::{LookError, Stopped};
use crate::records::{self, Kept, Talk};
use crate::store::Table;
use crate::what::What;

/// A message of a store. It does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct MessageId(#[n(0)] pub(crate) i64);

impl MessageId {
    /// The number: 1, 2, 3, …
    #[must_use]
    pub fn number(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The message of this number, if there is one.
    #[must_use]
    pub fn from_number(number: u64) -> Option<MessageId> {
        i64::try_from(number).ok().map(MessageId)
    }
}

/// How a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Standing {
    /// It is being begun; `begin` again finishes it.
    #[n(1)]
    Beginning,
    /// It goes on.
    #[n(2)]
    Open,
    /// The customer left, and the relay was not reached yet.
    #[n(3)]
    Leaving,
    /// The customer left.
    #[n(4)]
    Left,
    /// What the relay had of it was erased.
    #[n(5)]
    Erased,
}

/// How far a message of one's own has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Progress {
    /// In the outbox.
    #[n(1)]
    Waiting,
    /// On the relay's disk.
    #[n(2)]
    Accepted,
    /// Refused by a rule.
    #[n(3)]
    Refused(#[n(0)] Rule),
    /// Withdrawn before it was collected.
    #[n(4)]
    Withdrawn,
    /// Not one's own: received.
    #[n(5)]
    Received,
}

/// What is known of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCard {
    /// The business's domain.
    pub domain: String,
    /// Its verified name.
    pub name: String,
    /// What it does.
    pub industry: Industry,
    /// On whose machines it answers.
    pub hosting: Hosting,
    /// How the conversation stands.
    pub standing: Standing,
    /// Until when the business may write freely.
    pub window_expires_at: Option<Seconds>,
    /// Which categories of templates are let in.
    pub opted_in: BTreeSet<Category>,
    /// Whether the business is blocked.
    pub blocked: bool,
    /// Messages that are not on the relay's disk yet.
    pub queued: usize,
    /// Whether a changed certificate waits to be accepted: nothing is said until then.
    pub certificate_changed: bool,
    /// Whether newer terms wait to be looked at.
    pub terms_changed: bool,
    /// Nothing is said any more, because the relay was caught; the sentence says at what.
    pub distrusted: Option<String>,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Whether the owner of this store said it.
    pub mine: bool,
    /// The number its speaker gave it.
    pub said: u64,
    /// The relay's time, or this machine's while it is in the outbox.
    pub at: Seconds,
    /// What was said.
    pub what: What,
    /// How far it has come.
    pub progress: Progress,
    /// The relay's id of it, once it has one.
    pub event: Option<EventId>,
}

impl Message {
    pub(crate) fn of(id: i64, kept: Kept) -> Message {
        Message {
            id: MessageId(id),
            mine: kept.mine,
            said: kept.said,
            at: kept.at,
            what: kept.what,
            progress: kept.progress,
            event: kept.event,
        }
    }
}

pub(super) async fn all(core: &Arc<Core>) -> Result<Vec<ChatCard>, Stopped> {
    core.work(|work| {
        let talks = records::all::<Talk>(work, Table::Talk)?;
        let cards = talks.into_iter().map(|(id, talk)| {
            let queued = records::queued(work, id)?;
            Ok(card_of(talk, queued))
        });
        cards.collect()
    })
    .await
}

pub(super) async fn card(core: &Arc<Core>, talk: i64) -> Result<ChatCard, LookError> {
    let found = core
        .work(move |work| {
            let Some(record) = records::one::<Talk>(work, Table::Talk, talk)? else {
                return Ok(None);
            };
            Ok(Some(card_of(record, records::queued(work, talk)?)))
        })
        .await?;
    found.ok_or(LookError::NoSuchChat)
}

pub(super) async fn named(front: &Arc<Front>, domain: &str) -> Result<Chat, LookError> {
    let domain = domain.to_owned();
    let found = front
        .0
        .work(move |work| {
            let talks = records::all::<Talk>(work, Table::Talk)?;
            let named = talks.iter().rev().find(|(_, talk)| talk.domain == domain);
            Ok(named.map(|(id, _)| *id))
        })
        .await?;
    let talk = found.ok_or(LookError::NoSuchChat)?;
    let front = Arc::clone(front);
    Ok(Chat { front, talk })
}

pub(super) async fn history(
    core: &Arc<Core>,
    talk: i64,
    before: Option<MessageId>,
    most: u32,
) -> Result<Vec<Message>, LookError> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let page = core
        .work(move |work| records::messages(work, talk, before, most))
        .await?;
    Ok(page
        .into_iter()
        .map(|(id, kept)| Message::of(id, kept))
        .collect())
}

fn card_of(talk: Talk, queued: usize) -> ChatCard {
    ChatCard {
        certificate_changed: talk.changed.is_some(),
        terms_changed: talk.published.is_some_and(|table| table != talk.accepted),
        domain: talk.domain,
        name: talk.name,
        industry: talk.industry,
        hosting: talk.hosting,
        standing: talk.standing,
        window_expires_at: talk.thread.window,
        opted_in: talk.opted_in.iter().collect(),
        blocked: talk.blocked,
        queued,
        distrusted: talk.distrusted,
    }
}
