//! The small words of the peer wire: numbers that mean something, and choices. (SPEC §5)
//! Knows: which values there are. Never knows: mailboxes or connections.

use partywall_ground::{choices, numbers};
use std::num::NonZeroU64;

numbers! {
    /// A client's name for a mailbox on one connection. (SPEC §5.3)
    Slot, u32;
    /// How many envelopes were ever acknowledged in a mailbox: what a client's store is held
    /// against, to notice that it is an older copy. (SPEC §5.3, C-7)
    Acks, u64;
    /// How many one-time bundles lie on a shelf. (SPEC §5.3, §5.4)
    OneTimeLeft, u64;
    /// Counts deliveries of one slot and attachment: 1, 2, 3, … (SPEC §5.5)
    Tag, NonZeroU64;
    /// Counts deposits on one connection: 1, 2, 3, … (SPEC §5.6)
    Number, NonZeroU64;
}

impl Tag {
    /// The first delivery's.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The next delivery's.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Number {
    /// The first deposit's.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The next deposit's.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Why a relay refused something about one slot. (SPEC §5.7)
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    minicbor::Encode,
    minicbor::Decode,
    thiserror::Error,
)]
#[cbor(index_only)]
#[repr(u8)]
pub enum Reason {
    /// Not known, or not proven: the relay answers both alike. (P-4)
    #[n(1)]
    #[error("there is no such mailbox on this relay")]
    NoSuchMailbox = 1,
    /// The reader or the drop is another mailbox's already. (P-5)
    #[n(2)]
    #[error("the mailbox's name is taken: draw another")]
    Taken = 2,
    /// Without a pass or a credit with something left. (P-6)
    #[n(3)]
    #[error("this relay makes mailboxes for holders of a pass only: ask its operator for one")]
    Admission = 3,
    /// No new mailboxes while the disk is nearly full.
    #[n(4)]
    #[error("the relay's disk is nearly full: try again later, or tell its operator")]
    LowDisk = 4,
    /// More than 1,024 slots on a connection.
    #[n(5)]
    #[error("too many mailboxes on one connection: open another")]
    TooMany = 5,
    /// More than 100 one-time bundles on a shelf. (P-9)
    #[n(6)]
    #[error("the shelf is full: it has as many one-time bundles as it may")]
    ShelfFull = 6,
    /// Not now.
    #[n(7)]
    #[error("the relay is busy: try again in a while")]
    Busy = 7,
}

impl Reason {
    /// Its number on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

choices! {
    /// What becomes of a shelf before more is put on it: the SPEC's `clear`. (SPEC §5.4)
    ShelfBefore {
        /// What lies there stays.
        false => Kept,
        /// Everything is thrown away first.
        true => Cleared,
    }
    /// For how many people a contact link is: the SPEC's `once`. (SPEC §3)
    Uses {
        /// A contact link, for anybody who has it.
        false => Many,
        /// An invitation, for one person.
        true => Once,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_begins_with_one_and_goes_up_by_one() {
        assert_eq!(Tag::FIRST.value().get(), 1);
        assert_eq!(Tag::FIRST.next().next().value().get(), 3);
        assert_eq!(Number::FIRST.value().get(), 1);
        assert_eq!(Number::FIRST.next().next().value().get(), 3);
    }

    #[test]
    fn nothing_is_counted_as_number_zero() {
        assert!(partywall_ground::cbor::decode::<Tag>(&[0]).is_err());
        assert!(partywall_ground::cbor::decode::<Number>(&[0]).is_err());
        assert_eq!(partywall_ground::cbor::decode(&[1]), Ok(Tag::FIRST));
    }
}
