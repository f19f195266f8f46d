//! What happened, told to the app, in order, again and again until it says `done`.
//! Knows: events and the way back to the desk. Never knows: envelopes, sessions, sockets.

use partywall_world::Wall;
use tokio::sync::{broadcast, watch};

use crate::desk::{Desk, Order};
use crate::error::Stopped;
use crate::message::MessageId;
use crate::seam::DownReason;

/// Numbers the durable events of a store: 1, 2, 3, …; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId(pub(crate) i64);

impl EventId {
    /// The number.
    pub fn number(self) -> u64 {
        self.0.unsigned_abs()
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A text arrived.
    Message {
        /// The contact's name.
        from: String,
        /// The message's id, the same on both sides.
        id: MessageId,
        /// When it was written, by the writer's clock.
        sent: Wall,
        /// The text.
        text: String,
        /// It came after its place had been shown as a gap.
        late: bool,
        /// Its writer did not have your newest text yet: it answers, if anything, an older one.
        crossed: bool,
    },
    /// Texts are missing before what comes next.
    Gap {
        /// The contact's name.
        from: String,
        /// How many.
        missing: u64,
    },
    /// Somebody used a link of yours. Until [`EventKind::Confirmed`], do not trust who it is.
    NewContact {
        /// The name given when the link was made, with a number behind it for a contact link.
        name: String,
        /// The first message could be read by a thief of this store for longer than usual, because
        /// the link's single-use keys were used up. (SPEC S-2)
        weak: bool,
    },
    /// The contact has proven to hold the keys of the first message. Told again when a conversation
    /// that began anew is proven. (SPEC S-13, C-7)
    Confirmed {
        /// The contact's name.
        name: String,
    },
    /// A message of yours will not arrive: the mailbox it was for has ended.
    Failed {
        /// The contact's name.
        to: String,
        /// Which message.
        id: MessageId,
    },
    /// The relay's retention has passed since a message of yours was accepted, and no sign of it
    /// came back.
    Expired {
        /// The contact's name.
        to: String,
        /// Which message.
        id: MessageId,
    },
    /// This store is an older copy of itself: what was received after the copy was made is gone.
    /// Sending stops until the conversation begins anew; then its card says unconfirmed until the
    /// contact answered, and weak for the relay's retention and a week. If no copy was restored, the
    /// relay has told a false count: nothing was read or changed by that, but what waited in the
    /// outbox is shown as failed. Meet over another relay if it happens again. (SPEC C-7, §9)
    RolledBack {
        /// The contact whose conversation must begin anew.
        name: String,
        /// It begins anew by itself, over a bundle the contact gave; otherwise make a new invitation.
        begins_anew: bool,
    },
    /// Something arrived that no conversation opens. It is kept aside for a while.
    Quarantined {
        /// How many lie there now; at most 256, the oldest go first.
        kept: usize,
    },
    /// Keys for messages that are still on their way were dropped, because too many are missing.
    SkippedDropped {
        /// The contact's name.
        from: String,
        /// How many.
        keys: usize,
    },
    /// Fleeting: a message of yours is on the relay's disk.
    Accepted {
        /// The contact's name.
        to: String,
        /// Which message.
        id: MessageId,
    },
    /// Fleeting: the contact's client has taken in a message of yours.
    Delivered {
        /// The contact's name.
        to: String,
        /// Which message.
        id: MessageId,
    },
    /// Fleeting: a relay cannot be reached; it is tried again by itself.
    RelayUnreachable {
        /// The relay's `HOST:PORT`.
        relay: String,
        /// Why.
        reason: DownReason,
    },
    /// Fleeting: a relay is connected.
    RelayReachable {
        /// The relay's `HOST:PORT`.
        relay: String,
    },
    /// Fleeting: a mailbox of yours is read by another program that has a copy of this store.
    ReadElsewhere {
        /// The relay's `HOST:PORT`.
        relay: String,
    },
}

/// One event. Durable ones are told again, under the same id, after a restart, until
/// [`Event::done`]; *fleeting* ones are told once, to streams that are open at that moment.
#[derive(Debug)]
pub struct Event {
    pub(crate) id: Option<EventId>,
    pub(crate) kind: EventKind,
    pub(crate) desk: Desk,
}

impl Event {
    /// Its number, or `None` for a fleeting one.
    pub fn id(&self) -> Option<EventId> {
        self.id
    }

    /// What happened.
    pub fn kind(&self) -> &EventKind {
        &self.kind
    }

    /// Says that the app is through with it. When this returns it is not told again, ever.
    ///
    /// # Errors
    /// [`Stopped`] when the client does not work any more; it will be told again.
    pub async fn done(self) -> Result<(), Stopped> {
        Event::done_all(vec![self]).await
    }

    /// As [`Event::done`] for several at once, in one transaction: much faster.
    ///
    /// # Errors
    /// As [`Event::done`], for all of them.
    pub async fn done_all(events: Vec<Event>) -> Result<(), Stopped> {
        let Some(desk) = events.first().map(|event| event.desk.clone()) else {
            return Ok(());
        };
        let ids: Vec<EventId> = events.iter().filter_map(|event| event.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        desk.ask(|reply| Order::Done { ids, reply }).await
    }
}

/// The stream of events of the peer wing, from the oldest that is not done. Several streams do not
/// disturb each other.
#[derive(Debug)]
pub struct Events {
    pub(crate) desk: Desk,
    pub(crate) after: EventId,
    pub(crate) ready: std::collections::VecDeque<Event>,
    pub(crate) newest: watch::Receiver<i64>,
    pub(crate) fleeting: broadcast::Receiver<EventKind>,
}

impl Events {
    /// The next event; waits for one. `None` when the client was closed or has failed.
    pub async fn next(&mut self) -> Option<Event> {
        while self.ready.is_empty() {
            self.fill().await?;
        }
        self.ready.pop_front()
    }

    /// The next events that are there, at most `most` and at least one; waits for one. `None` when
    /// the client was closed or has failed.
    pub async fn next_many(&mut self, most: usize) -> Option<Vec<Event>> {
        while self.ready.is_empty() {
            self.fill().await?;
        }
        let count = self.ready.len().min(most.max(1));
        Some(self.ready.drain(..count).collect())
    }

    async fn fill(&mut self) -> Option<()> {
        let newest = *self.newest.borrow_and_update();
        if newest > self.after.0 {
            return self.read_on().await;
        }
        tokio::select! {
            changed = self.newest.changed() => changed.ok(),
            told = self.fleeting.recv() => match told {
                Ok(kind) => {
                    let desk = self.desk.clone();
                    self.ready.push_back(Event { id: None, kind, desk });
                    Some(())
                }
                Err(broadcast::error::RecvError::Lagged(_)) => Some(()),
                Err(broadcast::error::RecvError::Closed) => None,
            },
        }
    }

    async fn read_on(&mut self) -> Option<()> {
        let after = self.after;
        let page = self
            .desk
            .ask(|reply| Order::Events { after, reply })
            .await
            .ok()?;
        self.after = page.read_to.max(self.after);
        let desk = &self.desk;
        self.ready
            .extend(page.events.into_iter().map(|(id, kind)| Event {
                id: Some(id),
                kind,
                desk: desk.clone(),
            }));
        Some(())
    }
}
