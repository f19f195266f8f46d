//! What a collect connection's task and its machine say to each other.
//! Knows: shapes.

use std::sync::Arc;

use partywall_ground::{Close, ReaderId};
use partywall_peer::collect::{FromClient, FromRelay};

use crate::rules::mailbox::Attachment;
use crate::store::{Cargo, Identified, MailboxKey, Outcome, Room, Rows, Shown};

/// Something happened elsewhere.
pub(crate) enum Event {
    /// An envelope for the reader; credit is taken already.
    Deliver {
        attachment: Attachment,
        tag: u64,
        cargo: Arc<Cargo>,
    },
    /// The slot's mail lies on disk: read a page as soon as there is credit.
    Behind(Attachment),
    /// A page was read.
    Page {
        attachment: Attachment,
        mailbox: MailboxKey,
        rows: Rows,
        more: bool,
    },
    /// Somebody else has the mailbox now, or it has ended.
    Detached(Attachment),
    /// The look-up of a reader.
    Identified {
        slot: u32,
        found: Option<Identified>,
    },
    /// The mailbox is in memory now, or does not exist.
    Opened { slot: u32, exists: bool },
    /// The writer's answer to `create`.
    Created { slot: u32, outcome: Outcome },
    /// The writer's answer to `shelve`.
    Shelved {
        attachment: Attachment,
        outcome: Outcome,
    },
    /// The writer's answer to `close`.
    Ended {
        attachment: Attachment,
        outcome: Outcome,
    },
}

/// What a connection's task gives its machine.
pub(crate) enum Input {
    Request(Box<FromClient>),
    Event(Event),
}

/// What a connection's task has to do, in this order.
pub(crate) enum Effect {
    Say(FromRelay),
    /// An envelope; its bytes are let go once they are sent.
    Deliver {
        slot: u32,
        tag: u64,
        cargo: Arc<Cargo>,
    },
    /// Look a reader up and tell the line. (P-4)
    Identify {
        slot: u32,
        reader: ReaderId,
    },
    /// Read a mailbox's numbers and tell the router.
    Open(MailboxKey),
    /// Read a page and tell the line.
    Page {
        attachment: Attachment,
        mailbox: MailboxKey,
        shown: Shown,
        room: Room,
    },
    /// Say this and nothing more.
    Close(Close),
}
