//! One table after the other: what may follow, which is current, which may still be accepted.
//! (SPEC §12.3, T-9, T-10)
//! Knows: versions, hashes and dates. Never knows: what time it is; that comes in.

use super::Table;
use crate::id::TableHash;
use partywall_ground::Seconds;

/// Why a table cannot follow another: for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSuccession {
    /// The version was not raised by one.
    #[error("version {next} cannot follow version {previous}: it has to be version {}", previous + 1)]
    Version {
        /// The version before.
        previous: u32,
        /// The version that was to follow.
        next: u32,
    },
    /// It names another table as the one before it.
    #[error("the table names another predecessor than the one that is published: compile it anew")]
    Predecessor,
    /// It would be current before the table before it.
    #[error("the new version would be effective before the one it follows: choose a later date")]
    Effective,
    /// It would be current sooner than customers were promised.
    #[error(
        "customers were promised {days} days of notice: choose an effective date at least that far ahead"
    )]
    Notice {
        /// What the table before it promised.
        days: u16,
    },
}

impl Table {
    /// Whether it is the next one after `previous`: its version is one higher, and it names the
    /// other's hash. (SPEC T-9)
    ///
    /// # Errors
    /// What stands in its way.
    pub fn follows(&self, previous: &Self) -> Result<(), BadSuccession> {
        let (before, next) = (previous.version().get(), self.version().get());
        if Some(next) != before.checked_add(1) {
            return Err(BadSuccession::Version {
                previous: before,
                next,
            });
        }
        if self.predecessor() != Some(previous.hash()) {
            return Err(BadSuccession::Predecessor);
        }
        if self.effective() < previous.effective() {
            return Err(BadSuccession::Effective);
        }
        Ok(())
    }

    /// Whether customers have the notice that `previous` promised, if this one is published at
    /// `published`. (SPEC T-10)
    ///
    /// # Errors
    /// How many days it has to be.
    pub fn gives_notice(&self, previous: &Self, published: Seconds) -> Result<(), BadSuccession> {
        const DAY: u64 = 86_400;
        let days = previous.terms().notice_days.days();
        let earliest = published.value().saturating_add(u64::from(days) * DAY);
        if self.effective().value() < earliest {
            return Err(BadSuccession::Notice { days });
        }
        Ok(())
    }
}

/// All tables of an operator, from the first or from any later one on, without a gap.
#[derive(Clone, Debug)]
pub struct Lineage {
    oldest: Table,
    later: Vec<Table>,
}

impl Lineage {
    /// Begins with a table.
    #[must_use]
    pub const fn from(oldest: Table) -> Self {
        Self {
            oldest,
            later: Vec::new(),
        }
    }

    /// Adds the next table. (SPEC T-9)
    ///
    /// # Errors
    /// Why it cannot be the next.
    pub fn add(&mut self, next: Table) -> Result<(), BadSuccession> {
        next.follows(self.newest())?;
        self.later.push(next);
        Ok(())
    }

    /// The last that was added, current or not yet.
    #[must_use]
    pub fn newest(&self) -> &Table {
        self.later.last().unwrap_or(&self.oldest)
    }

    /// All of them, the oldest first.
    pub fn tables(&self) -> impl DoubleEndedIterator<Item = &Table> {
        std::iter::once(&self.oldest).chain(&self.later)
    }

    /// The table with this hash, whether or not it may still be accepted.
    #[must_use]
    pub fn find(&self, hash: &TableHash) -> Option<&Table> {
        self.tables().find(|table| table.hash() == *hash)
    }

    /// The table that holds at `now`: the newest that is effective. None before the first is.
    #[must_use]
    pub fn current(&self, now: Seconds) -> Option<&Table> {
        self.tables().rev().find(|table| table.effective() <= now)
    }

    /// The table with this hash, if a customer may accept it at `now`: until the sunset that its
    /// successor states, or else until the successor is effective. A published table may be
    /// accepted before it is effective. (SPEC T-10)
    #[must_use]
    pub fn acceptable(&self, hash: &TableHash, now: Seconds) -> Option<&Table> {
        let mut tables = self.tables().skip_while(|table| table.hash() != *hash);
        let table = tables.next()?;
        match tables.next() {
            Some(next) if next.sunset().unwrap_or(next.effective()) <= now => None,
            _ => Some(table),
        }
    }
}
