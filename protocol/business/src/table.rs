//! The table: for every field, recipient, purpose, region and basis, whether it may be told, how
//! exactly, and for how long. Total: there is no question it does not answer. (SPEC §12.3)
//! Knows: what the operator signed. Never knows: any customer, any value.

mod body;
mod cell;
mod difference;
mod draft;
mod rule;
mod succession;
mod terms;
mod text;

pub use cell::{Cell, Row};
pub use difference::{Change, Difference, RegionSet};
pub use draft::{Draft, Flaw};
pub use rule::{LAW, Law, Rule};
pub use succession::{BadSuccession, Lineage};
pub use terms::{Retention, TRANSFERS, Terms, Transfer, Transfers};
pub use text::{BadText, Text};

use crate::consent::Choices;
use crate::field::{Basis, Field, Purpose, Recipient, Region};
use crate::id::TableHash;
use crate::labels;
use crate::precision::Grant;
use crate::signed::Signed;
use body::Body;
use partywall_ground::Seconds;
use partywall_ground::cbor::{self, BodyError};
use partywall_proof::{PublicKey, hash};
use std::num::NonZeroU32;

/// Bytes of the longest table, inner bytes. (SPEC §12.3)
pub const LONGEST: usize = 40_000;

/// A table as it was received: nothing about it is proven yet. (SPEC §12.3)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedTable(Signed);

/// A table that the operator signed and that is well made. Only [`UnverifiedTable::verify`] makes
/// one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    signed: Signed,
    hash: TableHash,
    body: Body,
}

/// Not a table of this operator. Says nothing more, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a table that the relay's operator signed")]
pub struct BadTable;

impl UnverifiedTable {
    /// Reads a signed table's outer map.
    ///
    /// # Errors
    /// When the bytes are not such a map, or longer than any table.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        let signed = Signed::decode(bytes)?;
        if signed.bytes.len() > LONGEST {
            return Err(BodyError::Shape);
        }
        Ok(Self(signed))
    }

    /// Its bytes, as it was received.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.0.encode()
    }

    /// Proves that the operator signed it and that it is well made. The only door to a [`Table`].
    /// (SPEC T-6, T-7)
    ///
    /// # Errors
    /// Whatever the cause, the same.
    pub fn verify(self, operator: &PublicKey) -> Result<Table, BadTable> {
        self.0
            .verify(operator, labels::TABLE)
            .map_err(|_| BadTable)?;
        let body: Body = cbor::decode(&self.0.bytes).map_err(|_| BadTable)?;
        body.check().map_err(|_| BadTable)?;
        let hash = TableHash::new(hash(labels::TABLE, &[&self.0.bytes]));
        Ok(Table {
            signed: self.0,
            hash,
            body,
        })
    }
}

impl Table {
    /// What one cell allows: nothing, or a rule. (SPEC T-4)
    #[must_use]
    pub fn cell(&self, cell: Cell) -> Option<&Rule> {
        self.body.rule(cell)
    }

    /// What a row allows where the customer lives; where that is unknown, only what all regions
    /// allow. (SPEC T-8)
    #[must_use]
    pub fn grant(&self, row: Row, basis: Basis, region: Option<Region>) -> Option<Grant> {
        let at = |region| self.cell(row.at(region, basis)).map(Rule::grant);
        match region {
            Some(region) => at(region),
            None => {
                let [first, rest @ ..] = Region::ALL;
                rest.into_iter()
                    .try_fold(at(first)?, |joined, region| Some(joined.and(at(region)?)))
            }
        }
    }

    /// Everything that a customer in this region may switch on. All of it is off at first.
    /// (SPEC T-13)
    #[must_use]
    pub fn choosable(&self, region: Option<Region>) -> Choices {
        Row::all()
            .filter(|row| self.grant(*row, Basis::Consent, region).is_some())
            .collect()
    }

    /// Its hash, by which consents and disclosures name it.
    #[must_use]
    pub const fn hash(&self) -> TableHash {
        self.hash
    }

    /// Its number: 1, 2, 3, …
    #[must_use]
    pub const fn version(&self) -> NonZeroU32 {
        self.body.version
    }

    /// The hash of the table before it; the first has none.
    #[must_use]
    pub const fn predecessor(&self) -> Option<TableHash> {
        self.body.predecessor
    }

    /// From when on it is current.
    #[must_use]
    pub const fn effective(&self) -> Seconds {
        self.body.effective
    }

    /// From when on nobody can accept its predecessor any more. (SPEC T-10)
    #[must_use]
    pub const fn sunset(&self) -> Option<Seconds> {
        self.body.sunset
    }

    /// What else the operator states, in texts for people.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.body.terms
    }

    /// The rules, in the order of their numbers from 1.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.body.rules
    }

    /// The signed table, as it was received: what a client is given.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        self.signed.encode()
    }

    /// The inner bytes, which the signature and the hash are over.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.signed.bytes
    }

    /// What would change for customers if `next` followed: exact over every cell. (SPEC T-11)
    #[must_use]
    pub fn difference(&self, next: &Self) -> Difference {
        Difference::between(self, next)
    }
}

/// The whole question, in words of five lists.
impl Table {
    /// As [`Table::cell`], with the five words one by one.
    #[must_use]
    pub fn look_up(
        &self,
        field: Field,
        recipient: Recipient,
        purpose: Purpose,
        region: Region,
        basis: Basis,
    ) -> Option<&Rule> {
        self.cell(Row::new(field, recipient, purpose).at(region, basis))
    }
}

#[cfg(test)]
pub(crate) mod tests;
