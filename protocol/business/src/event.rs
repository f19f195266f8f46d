//! Events: what a conversation's two sides are told, in order, until they say that they have it.
//! (SPEC §11.5) Knows: ten kinds and their shapes. Never knows: who is connected.

mod wire;

use crate::field::Region;
use crate::ledger::UnverifiedProof;
use crate::{
    Bytes, Categories, Category, CertificateHash, Clear, ConversationId, Envelope, EventId, Mark,
    OptIn, Reason, Sequence, TableHash, Tag,
};
use partywall_ground::Seconds;

/// Something happened in a conversation. (SPEC §11.5, B-16, B-17)
pub struct Event {
    /// By which it is acknowledged on this connection.
    pub tag: Tag,
    /// Which event: the same at every delivery.
    pub id: EventId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Its place among this receiver's events.
    pub sequence: Sequence,
    /// When, by the relay's time.
    pub at: Seconds,
    /// When the window closes; 0 if none was ever open.
    pub window_expires_at: Seconds,
    /// What.
    pub news: News,
}

/// Bytes of the longest disclosure. (SPEC §12)
pub const LONGEST_DISCLOSURE: usize = 1_024;

/// What happened. (SPEC §11.5)
pub enum News {
    /// The other side said something.
    Message {
        /// What the relay sees of it.
        clear: Clear,
        /// What it does not see.
        envelope: Envelope,
        /// The relay's mark, for a report.
        mark: Mark,
    },
    /// To the business: a customer began.
    Began {
        /// Which templates may come.
        opted_in: Categories,
        /// Where the customer is, if the table lets the business know.
        region: Option<Region>,
    },
    /// To the business: the customer left.
    Left,
    /// To the business: the customer lets templates come, or not.
    Opted {
        /// Which.
        category: Category,
        /// Whether.
        opt_in: OptIn,
    },
    /// To the business: it is told something of the customer.
    Disclosed {
        /// The disclosure (§12).
        disclosure: Bytes<LONGEST_DISCLOSURE>,
        /// Its entry in the ledger.
        entry: UnverifiedProof,
    },
    /// To who sent it: a message that was not collected will not be delivered.
    Withdrawn {
        /// Which, by the id of its `accepted`.
        message: EventId,
        /// Why.
        reason: Reason,
    },
    /// To both: the operator suspended the business.
    Suspended(Reason),
    /// To both: the operator revoked the business.
    Revoked(Reason),
    /// To the customer: a new table was published.
    Table(TableHash),
    /// To the customer: hosting, endpoint or name of the business changed.
    Certificate(CertificateHash),
}

/// The type's name and nothing of what happened.
impl std::fmt::Debug for Event {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Event({:?})", self.news)
    }
}

/// Which of the ten, and nothing more.
impl std::fmt::Debug for News {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl News {
    /// Its number on the wire. (SPEC §11.5)
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            Self::Message { .. } => 1,
            Self::Began { .. } => 2,
            Self::Left => 3,
            Self::Opted { .. } => 4,
            Self::Disclosed { .. } => 5,
            Self::Withdrawn { .. } => 6,
            Self::Suspended(_) => 7,
            Self::Revoked(_) => 8,
            Self::Table(_) => 9,
            Self::Certificate(_) => 10,
        }
    }

    /// Its name in the SPEC's words.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::Began { .. } => "began",
            Self::Left => "left",
            Self::Opted { .. } => "opted",
            Self::Disclosed { .. } => "disclosed",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Suspended(_) => "suspended",
            Self::Revoked(_) => "revoked",
            Self::Table(_) => "table",
            Self::Certificate(_) => "certificate",
        }
    }
}
