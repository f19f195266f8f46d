//! What a customer is told.
//! Knows: kinds of events. Never knows: how they came.

use minicbor::{Decode, Encode};
use partywall_business::{EventId, Reason, Rule, TableHash};
use partywall_ground::Seconds;

use super::MessageId;
use crate::what::What;

/// What happened in a conversation. `chat` is the business's domain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum EventKind {
    /// The business said something.
    #[n(1)]
    Message {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Which message.
        #[n(1)]
        id: MessageId,
        /// The relay's id of it, the same at every delivery.
        #[n(2)]
        event: EventId,
        /// The number the business gave it: what [`What::Chosen`] answers to.
        #[n(3)]
        said: u64,
        /// The relay's time.
        #[n(4)]
        at: Seconds,
        /// What was said.
        #[n(5)]
        what: What,
        /// Until when the business may write freely; `None` if no window was ever open.
        #[n(6)]
        window_expires_at: Option<Seconds>,
    },
    /// A message of yours is on the relay's disk.
    #[n(2)]
    Accepted {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Which message.
        #[n(1)]
        id: MessageId,
        /// The relay's id of it.
        #[n(2)]
        event: EventId,
        /// Until when the business may write freely.
        #[n(3)]
        window_expires_at: Option<Seconds>,
    },
    /// A message of yours was refused and will not be sent.
    #[n(3)]
    Refused {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Which message.
        #[n(1)]
        id: MessageId,
        /// By which rule; [`Rule::sentence`] says it in words.
        #[n(2)]
        rule: Rule,
        /// From when on it would be allowed.
        #[n(3)]
        until: Option<Seconds>,
    },
    /// A message of yours that was not collected will not be delivered.
    #[n(4)]
    Withdrawn {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Which message, if it is still here.
        #[n(1)]
        id: Option<MessageId>,
        /// Why.
        #[n(2)]
        reason: Reason,
    },
    /// The operator suspended the business.
    #[n(5)]
    Suspended {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Why.
        #[n(1)]
        reason: Reason,
    },
    /// The operator revoked the business.
    #[n(6)]
    Revoked {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Why.
        #[n(1)]
        reason: Reason,
    },
    /// A new table was published: look at `Chat::pending_terms`.
    #[n(7)]
    TermsChanged {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Which table.
        #[n(1)]
        table: TableHash,
    },
    /// Hosting, keys or domain of the business changed: look at `Chat::pending_certificate`.
    /// Nothing is said before it was accepted. (SPEC B-8)
    #[n(8)]
    CertificateChanged {
        /// In which conversation.
        #[n(0)]
        chat: String,
    },
    /// Something arrived that does not open, or is not what it says in the clear. It is not shown.
    #[n(9)]
    Quarantined {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// The relay's id of it.
        #[n(1)]
        event: EventId,
    },
    /// The relay left out events of this conversation, against its own rule. (SPEC B-16)
    #[n(10)]
    Gap {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// How many.
        #[n(1)]
        missing: u64,
    },
    /// What the relay showed was not believed, so nothing more is said until it is explained.
    #[n(11)]
    Distrusted {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// Why, in a sentence.
        #[n(1)]
        why: String,
    },
    /// The business is called otherwise, or does something else, by its certificate. Its keys, hosting
    /// and domain are the accepted ones, so the conversation goes on.
    #[n(12)]
    Renamed {
        /// In which conversation.
        #[n(0)]
        chat: String,
        /// The verified name.
        #[n(1)]
        name: String,
        /// The name before.
        #[n(2)]
        name_before: String,
        /// The word of what it does.
        #[n(3)]
        industry: String,
        /// The word of what it did.
        #[n(4)]
        industry_before: String,
    },
}
