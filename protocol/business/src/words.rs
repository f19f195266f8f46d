//! The small words of the business wire: numbers that mean something, and choices. (SPEC §11)
//! Knows: which values there are. Never knows: conversations or connections.

use crate::field::closed;
use partywall_ground::{choices, numbers};
use std::num::NonZeroU64;

/// Numbers of which the first is one.
macro_rules! from_one {
    ($($name:ident),*) => {$(
        impl $name {
            /// The first.
            pub const FIRST: Self = Self(NonZeroU64::MIN);

            /// The next.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
    )*};
}

numbers! {
    /// Counts requests on one connection: 1, 2, 3, … (SPEC §11.2)
    Number, NonZeroU64;
    /// Counts deliveries on one connection: 1, 2, 3, … (SPEC §11.5)
    Tag, NonZeroU64;
    /// Counts the events of a conversation for one receiver, or what one side of it says: 1, 2,
    /// 3, … (SPEC §11.5, §11.6)
    Sequence, NonZeroU64;
    /// The highest sequence seen of the other side, 0 for none. (SPEC §11.6)
    Seen, u64;
    /// Which edition of a template, as its business counts. (SPEC §11.6)
    Version, u64;
    /// Which certificate, as the operator counts. (SPEC §11.3)
    Serial, u64;
    /// Counts revocations over the whole relay: 1, 2, 3, …; in a certificate 0 if there was none.
    /// (SPEC §11.3)
    RevocationSequence, u64;
    /// A number of things that are told and not named: bundles on a shelf, consents, disclosures.
    /// (SPEC §11.4, §11.7)
    Count, u64;
}

from_one!(Number, Tag, Sequence);

closed! {
    /// Who speaks on a connection, once proven. (SPEC §11.2)
    Role, 3 {
        /// A customer, by a pairwise key.
        Customer = 1, "customer";
        /// A business, by its account key.
        Business = 2, "business";
        /// Who was a customer, by a rights key.
        Rights = 3, "rights";
    }
}

closed! {
    /// What a template is for, and what a customer lets it be sent for. (SPEC §11.4, B-13)
    Category, 3 {
        /// Advertising.
        Marketing = 1, "marketing";
        /// About something that the customer asked for.
        Utility = 2, "utility";
        /// A code that proves who somebody is.
        Authentication = 3, "authentication";
    }
}

closed! {
    /// What kind of thing is said, in the clear. (SPEC §11.6)
    Class, 3 {
        /// Free words, within the window.
        Reply = 1, "reply";
        /// An approved template with its parameters.
        Template = 2, "template";
        /// Signs that open no window.
        Control = 3, "control";
    }
}

closed! {
    /// Where a template is in its life. (SPEC §11.4, B-22)
    TemplateState, 5 {
        /// The operator has not looked at it yet.
        Pending = 1, "pending";
        /// It may be sent.
        Approved = 2, "approved";
        /// The operator refused it.
        Rejected = 3, "rejected";
        /// It may not be sent until a time.
        Paused = 4, "paused";
        /// It may never be sent again.
        Disabled = 5, "disabled";
    }
}

closed! {
    /// Why the operator acts against a business or a template. (SPEC §11.3)
    Reason, 7 {
        /// It broke the operator's terms.
        Terms = 1, "terms";
        /// It is not who it says it is.
        Impersonation = 2, "impersonation";
        /// Its industry is not allowed here.
        ProhibitedIndustry = 3, "prohibited_industry";
        /// It sends what nobody asked for.
        Spam = 4, "spam";
        /// Somebody else has its key.
        KeyCompromised = 5, "key_compromised";
        /// It asked for it.
        OwnRequest = 6, "own_request";
        /// Another reason.
        Other = 7, "other";
    }
}

closed! {
    /// What a customer reports a message for. (SPEC §11.4, B-19)
    Why, 5 {
        /// Nobody asked for it.
        Spam = 1, "spam";
        /// It wants money or secrets by deceit.
        Fraud = 2, "fraud";
        /// It threatens or insults.
        Abuse = 3, "abuse";
        /// The business is not who it says it is.
        Impersonation = 4, "impersonation";
        /// Another reason.
        Other = 5, "other";
    }
}

/// How a business stands with the operator. (SPEC §11.2)
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
)]
#[cbor(index_only)]
#[repr(u8)]
pub enum BusinessStanding {
    /// It never enrolled.
    #[n(0)]
    Unknown = 0,
    /// It enrolled and is not verified yet.
    #[n(1)]
    Pending = 1,
    /// It may speak.
    #[n(2)]
    Verified = 2,
    /// It may not for now.
    #[n(3)]
    Suspended = 3,
    /// It may never again.
    #[n(4)]
    Revoked = 4,
}

/// How a conversation stands. (SPEC §11.2)
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
)]
#[cbor(index_only)]
#[repr(u8)]
pub enum ConversationStanding {
    /// There is none.
    #[n(0)]
    Absent = 0,
    /// It goes on.
    #[n(1)]
    Open = 1,
    /// Its customer left.
    #[n(2)]
    Ended = 2,
}

choices! {
    /// What becomes of a shelf before more is put on it: the SPEC's `clear-shelf`. (SPEC §11.4)
    ShelfBefore {
        /// What lies there stays.
        false => Kept,
        /// Everything is thrown away first.
        true => Cleared,
    }
    /// Whether a customer lets a business send templates of a category. (SPEC B-13)
    OptIn {
        /// It may not.
        false => Out,
        /// It may.
        true => In,
    }
    /// Whether a customer hears a business. (SPEC B-14)
    Blocking {
        /// It is heard.
        false => Off,
        /// It is not.
        true => On,
    }
    /// Whether a list goes on behind what was told. (SPEC §11.7)
    More {
        /// That was all.
        false => No,
        /// Ask again for the rest.
        true => Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_ground::cbor;

    #[test]
    fn counting_begins_with_one_and_goes_up_by_one() {
        assert_eq!(Number::FIRST.value().get(), 1);
        assert_eq!(Tag::FIRST.next().next().value().get(), 3);
        assert!(cbor::decode::<Number>(&[0]).is_err());
        assert!(cbor::decode::<Sequence>(&[0]).is_err());
        assert_eq!(cbor::decode(&[1]), Ok(Tag::FIRST));
    }
}
