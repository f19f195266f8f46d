//! The permit: accepted table ∩ current table ∩ consent where the basis is consent. (SPEC §12.5)
//! Knows: two tables and one customer's consent. Never knows: values, the ledger, the exporter.

mod joined;

pub use joined::Joined;

use crate::consent::Consent;
use crate::disclosure::{Disclosure, Facts, WrongField};
use crate::field::{Basis, Region};
use crate::id::TableHash;
use crate::precision::Grant;
use crate::table::{Row, Table};
use crate::value::Value;
use partywall_ground::Seconds;

/// The right to tell one value, once. Made by [`Permit::find`] and [`Joined::permit`] alone, used
/// up by [`Permit::disclose`]. (SPEC T-16)
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Permit {
    pub(crate) row: Row,
    pub(crate) basis: Basis,
    pub(crate) grant: Grant,
    pub(crate) region: Option<Region>,
    pub(crate) table: TableHash,
    pub(crate) party: crate::consent::Party,
    pub(crate) conversation: crate::id::ConversationId,
}

/// What the operator says of a business at this moment. (SPEC T-17)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Verified, with a certificate that holds.
    Verified,
    /// Not verified yet, not any more, or suspended: nothing is told to it or because of it.
    Unverified,
}

impl Permit {
    /// Finds the permit of a row, if there is one. For more than one row, [`Joined`] is faster.
    /// (SPEC T-16)
    #[must_use]
    pub fn find(
        accepted: &Table,
        current: &Table,
        consent: &Consent,
        standing: Standing,
        row: Row,
        now: Seconds,
    ) -> Option<Self> {
        if consent.table() != accepted.hash() || standing != Standing::Verified {
            return None;
        }
        joined::GROUNDS.into_iter().find_map(|basis| {
            let grant = joined::both(accepted, current, row, basis, consent.region())?;
            (basis != Basis::Consent || consent.chose(row, now))
                .then(|| Self::of(consent, current.hash(), row, basis, grant))
        })
    }

    /// What it is for.
    #[must_use]
    pub const fn row(&self) -> Row {
        self.row
    }

    /// On what ground.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// How exactly and for how long.
    #[must_use]
    pub const fn grant(&self) -> Grant {
        self.grant
    }

    /// Makes the one disclosure that it is for: the value, rounded. (SPEC T-18)
    ///
    /// # Errors
    /// When the value is another field's.
    pub fn disclose(self, value: Value, facts: Facts) -> Result<Disclosure, WrongField> {
        Disclosure::under(self, value, facts)
    }

    fn of(consent: &Consent, current: TableHash, row: Row, basis: Basis, grant: Grant) -> Self {
        Self {
            row,
            basis,
            grant,
            region: consent.region(),
            table: current,
            party: consent.party(),
            conversation: consent.conversation(),
        }
    }
}

#[cfg(test)]
mod tests;
