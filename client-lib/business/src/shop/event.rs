//! What a shop is told.
//! Knows: kinds of events. Never knows: how they came.

use minicbor::{Decode, Encode};
use partywall_business::field::Region;
use partywall_business::{Category, EventId, Reason, Rule};
use partywall_ground::Seconds;

use super::{Disclosed, MessageId, Pseudonym};
use crate::what::What;

/// What happened. `from` and `to` are customers, by the pseudonym of their conversation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum EventKind {
    /// A customer began a conversation.
    #[n(1)]
    Began {
        /// Who.
        #[n(0)]
        from: Pseudonym,
        /// Which templates may come.
        #[n(1)]
        opted_in: Vec<Category>,
        /// Where they live, if the table lets the business know.
        #[n(2)]
        region: Option<Region>,
    },
    /// A customer said something.
    #[n(2)]
    Message {
        /// Who.
        #[n(0)]
        from: Pseudonym,
        /// Which message.
        #[n(1)]
        id: MessageId,
        /// The relay's id of it, the same at every delivery.
        #[n(2)]
        event: EventId,
        /// The event's number in the conversation: 1, 2, 3, … without gap.
        #[n(3)]
        sequence: u64,
        /// The number the customer gave it.
        #[n(4)]
        said: u64,
        /// The relay's time.
        #[n(5)]
        at: Seconds,
        /// What was said.
        #[n(6)]
        what: What,
        /// Until when the business may write freely.
        #[n(7)]
        window_expires_at: Option<Seconds>,
    },
    /// A customer left. Nothing more can be said to them.
    #[n(3)]
    Left {
        /// Who.
        #[n(0)]
        from: Pseudonym,
    },
    /// A customer lets templates of a category come, or not any more.
    #[n(4)]
    Opted {
        /// Who.
        #[n(0)]
        from: Pseudonym,
        /// Which category.
        #[n(1)]
        category: Category,
        /// Whether they may come.
        #[n(2)]
        may_come: bool,
    },
    /// Something of a customer was disclosed to the business; its place in the ledger was verified.
    #[n(5)]
    Disclosed {
        /// Of whom.
        #[n(0)]
        from: Pseudonym,
        /// What.
        #[n(1)]
        what: Disclosed,
    },
    /// A message of yours is on the relay's disk.
    #[n(6)]
    Accepted {
        /// To whom.
        #[n(0)]
        to: Pseudonym,
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
    #[n(7)]
    Refused {
        /// To whom.
        #[n(0)]
        to: Pseudonym,
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
    #[n(8)]
    Withdrawn {
        /// To whom.
        #[n(0)]
        to: Pseudonym,
        /// Which message, if it is still here.
        #[n(1)]
        id: Option<MessageId>,
        /// Why.
        #[n(2)]
        reason: Reason,
    },
    /// The operator suspended the business.
    #[n(9)]
    Suspended {
        /// Why.
        #[n(0)]
        reason: Reason,
    },
    /// The operator revoked the business.
    #[n(10)]
    Revoked {
        /// Why.
        #[n(0)]
        reason: Reason,
    },
    /// Something arrived that does not open, or is not what it says. It is not shown.
    #[n(11)]
    Quarantined {
        /// Of whom.
        #[n(0)]
        from: Pseudonym,
        /// The relay's id of it.
        #[n(1)]
        event: EventId,
    },
    /// The relay left out events of a conversation, against its own rule. (SPEC B-16)
    #[n(12)]
    Gap {
        /// Of whom.
        #[n(0)]
        from: Pseudonym,
        /// How many.
        #[n(1)]
        missing: u64,
    },
}
