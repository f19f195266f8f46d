//! What the writer is handed, and how much of it is written on a disk with room or without.
//! Knows: writes, tickets. Never knows: who waits for an answer.

use std::sync::Arc;

use crate::rules::flow::Flow;
use crate::rules::limits::{CREATED_BYTES, SEEN_BYTES};
use crate::rules::ticket::Ticket;
use crate::store::{Admit, Expired, Lifetimes, MailboxKey, Outcome, Write};

/// Something for the writer.
pub(crate) enum Job {
    /// To be written as it is.
    Write(Write),
    /// An envelope, to be left out if its reader was faster, or if one before it found no room.
    Keep(Write, Arc<Ticket>, Arc<Flow>),
    /// One round of expiry.
    Expire(Lifetimes),
}

/// What came of it.
pub(crate) enum Answer {
    Outcome(Outcome),
    Expired(Expired),
    /// There was no room to expire anything, or to note who is read: ask again.
    NotNow,
}

/// What of a job goes into a batch.
pub(super) enum Part {
    Write(Write),
    /// An envelope that its reader has acknowledged: nothing but that.
    LeftOut(MailboxKey),
    Nothing,
}

/// How the disk is while a batch is put together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Enough,
    /// Nothing is kept that was not there before; what deletes goes on.
    None,
    /// Nothing is written at all: the log has to be emptied first, and somebody reads it.
    ForNothing,
}

impl Job {
    /// What of it goes into the batch. Asked at the last moment: of an envelope whose reader was
    /// faster, only its acknowledgement is written.
    pub(super) fn as_written(&self, room: Room) -> Part {
        match (self, room) {
            (Self::Expire(_), _) | (Self::Write(_), Room::ForNothing) => Part::Nothing,
            (Self::Keep(_, _, flow), Room::None | Room::ForNothing) => {
                flow.stop();
                Part::Nothing
            }
            (Self::Keep(_, _, flow), Room::Enough) if flow.is_stopped() => Part::Nothing,
            (Self::Keep(Write::Keep { mailbox, .. }, ticket, _), Room::Enough)
                if !ticket.write() =>
            {
                Part::LeftOut(*mailbox)
            }
            (Self::Keep(write, ..) | Self::Write(write), Room::Enough) => {
                Part::Write(write.clone())
            }
            (Self::Write(write), Room::None) => {
                write.without_growth().map_or(Part::Nothing, Part::Write)
            }
        }
    }

    /// How much more would lie on disk.
    pub(super) fn growth(&self) -> usize {
        match self {
            Self::Keep(..) | Self::Write(Write::Shelve { .. } | Write::Create { .. }) => {
                self.size()
            }
            Self::Write(_) | Self::Expire(_) => 0,
        }
    }

    /// About how much of the log is its own. What deletes does not count: the log is emptied after it.
    pub(super) fn logs(&self) -> usize {
        match self {
            Self::Write(Write::Create { .. }) => CREATED_BYTES,
            _ => self.growth(),
        }
    }

    /// Whether it notes who is read.
    pub(super) fn notes_readers(&self) -> bool {
        matches!(self, Self::Write(Write::Seen { .. }))
    }

    /// About how many bytes it moves: kept in memory, or dirtied on disk. The bound of a group is so
    /// the bound of what one transaction writes into the log.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Keep(Write::Keep { cargo, .. }, ..) => cargo.size(),
            Self::Write(Write::Shelve {
                one_time,
                last_resort,
                ..
            }) => one_time.iter().chain(last_resort).map(Vec::len).sum(),
            Self::Write(Write::Acknowledge { bytes, .. }) => (*bytes).max(64),
            Self::Write(Write::Seen { mailboxes }) => mailboxes.len() * SEEN_BYTES,
            Self::Write(_) | Self::Keep(..) | Self::Expire(_) => 64,
        }
    }
}

impl Write {
    /// What is left of it on a full disk. Whether a mailbox exists is still answered. (P-5)
    fn without_growth(&self) -> Option<Self> {
        match self {
            Self::Keep { .. } | Self::Shelve { .. } => None,
            Self::Create {
                mailbox,
                reader,
                drop,
                admit,
            } => Some(Self::Create {
                mailbox: *mailbox,
                reader: *reader,
                drop: *drop,
                admit: Admit {
                    low_disk: true,
                    ..*admit
                },
            }),
            Self::Close { .. }
            | Self::Seen { .. }
            | Self::Acknowledge { .. }
            | Self::Take { .. }
            | Self::MakePass { .. }
            | Self::RevokePass { .. } => Some(self.clone()),
        }
    }
}
