//! The way from a handle to the driver: one bounded channel of orders, each with its answer's slip.
//! Knows: which orders there are. Never knows: how they are carried out.

use std::fmt;

use tokio::sync::{mpsc, oneshot, watch};
use zeroize::Zeroizing;

use crate::contact::{Safety, Said};
use crate::error::{AddError, InviteError, LookError, Stopped};
use crate::event::{EventId, EventKind};
use crate::link::{Link, RelayLink};
use crate::message::{Message, MessageId, Page, Sent, State};
use crate::peer::{ContactCard, LinkCard, Revoked};

/// Orders that may wait.
pub(crate) const DESK_ROOM: usize = 1_024;

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<T>;

/// A contact, as handles know it: by its row, which never changes when it is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContactRow(pub(crate) i64);

/// A page of durable events.
pub(crate) struct EventPage {
    pub(crate) events: Vec<(EventId, EventKind)>,
    pub(crate) read_to: EventId,
}

/// What a handle may ask for.
pub(crate) enum Order {
    Invite {
        relay: RelayLink,
        name: Option<String>,
        reusable: bool,
        reply: Reply<Result<Link, InviteError>>,
    },
    Revoke {
        link: Link,
        reply: Reply<Result<Revoked, LookError>>,
    },
    Links {
        reply: Reply<Vec<LinkCard>>,
    },
    Add {
        link: Link,
        name: String,
        collect_at: Option<RelayLink>,
        reply: Reply<Result<ContactRow, AddError>>,
    },
    Contacts {
        reply: Reply<Vec<ContactCard>>,
    },
    Contact {
        name: String,
        reply: Reply<Result<ContactRow, LookError>>,
    },
    Card {
        contact: ContactRow,
        reply: Reply<Result<ContactCard, LookError>>,
    },
    Say {
        contact: ContactRow,
        texts: Vec<(Option<Vec<u8>>, Zeroizing<String>)>,
        reply: Reply<Result<Vec<Sent>, Said>>,
    },
    Queued {
        contact: ContactRow,
        reply: Reply<Result<usize, LookError>>,
    },
    StateOf {
        contact: ContactRow,
        id: MessageId,
        reply: Reply<Result<State, LookError>>,
    },
    History {
        contact: ContactRow,
        page: Page,
        reply: Reply<Result<Vec<Message>, LookError>>,
    },
    Safety {
        contact: ContactRow,
        reply: Reply<Result<Safety, LookError>>,
    },
    Verify {
        contact: ContactRow,
        verified: bool,
        reply: Reply<Result<(), LookError>>,
    },
    /// What the app keeps beside the contact; empty when it keeps nothing. (`Contact::note`)
    Note {
        contact: ContactRow,
        reply: Reply<Result<Vec<u8>, LookError>>,
    },
    /// Keeps it, durably before the answer, in place of what was kept; at most `GREATEST_NOTE` bytes.
    KeepNote {
        contact: ContactRow,
        note: Vec<u8>,
        reply: Reply<Result<(), LookError>>,
    },
    Forget {
        contact: ContactRow,
        reply: Reply<Result<(), LookError>>,
    },
    SetReceipts {
        on: bool,
        reply: Reply<()>,
    },
    Events {
        after: EventId,
        reply: Reply<EventPage>,
    },
    Done {
        ids: Vec<EventId>,
        reply: Reply<()>,
    },
    ChangePassphrase {
        new: Zeroizing<String>,
        reply: Reply<()>,
    },
    Close {
        reply: Reply<()>,
    },
}

/// A handle's end of the channel.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) orders: mpsc::Sender<Order>,
    pub(crate) stopped: watch::Receiver<Option<Stopped>>,
    /// Changes whenever a message of ours has come further.
    pub(crate) moved: watch::Receiver<u64>,
}

impl Desk {
    /// Hands in an order and waits for its answer.
    pub(crate) async fn ask<T>(&self, order: impl FnOnce(Reply<T>) -> Order) -> Result<T, Stopped> {
        let (reply, answer) = oneshot::channel();
        if self.orders.send(order(reply)).await.is_err() {
            return Err(self.why());
        }
        answer.await.map_err(|_dropped| self.why())
    }

    /// Waits until a message has come further.
    pub(crate) async fn wait(&self, moved: &mut watch::Receiver<u64>) -> Result<(), Stopped> {
        moved.changed().await.map_err(|_ended| self.why())
    }

    fn why(&self) -> Stopped {
        (*self.stopped.borrow()).unwrap_or(Stopped::Closed)
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}
