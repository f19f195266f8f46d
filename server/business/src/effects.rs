//! What a job wants done once its transaction is on disk: nothing of it happens if the disk fails.
//! Knows: who is to be woken. Never knows: what for; whoever is woken reads it from the database.

use std::collections::BTreeSet;

/// Whom events are for, by the numbers of the database: a conversation's customer, or a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Receiver(i64);

impl Receiver {
    /// The customer of the conversation with this number.
    pub(crate) const fn customer(conversation: i64) -> Self {
        Self(conversation * 2)
    }

    /// The business with this number.
    pub(crate) const fn business(business: i64) -> Self {
        Self(business * 2 + 1)
    }

    /// Whether it is a business.
    pub(crate) const fn is_business(self) -> bool {
        self.0 % 2 != 0
    }

    /// As it was read from the database.
    pub(crate) const fn stored(number: i64) -> Self {
        Self(number)
    }

    /// As it stands in the database.
    pub(crate) const fn number(self) -> i64 {
        self.0
    }
}

/// What is to be done after the commit.
#[derive(Default)]
pub(crate) struct Effects {
    /// Who has news.
    pub(crate) wake: BTreeSet<Receiver>,
    /// Something for the exporter may be there.
    pub(crate) wake_exporter: bool,
    /// More is to be done than one transaction should do.
    pub(crate) wake_chores: bool,
    /// Bytes were deleted that must leave the log.
    pub(crate) erased: bool,
}
