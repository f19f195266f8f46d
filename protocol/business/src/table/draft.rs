//! A table in the making: the only way to a signed one. (SPEC §12.3)
//! Knows: cells, rules, terms, dates. Never knows: the policy file they came from, nor customers.

use super::UnverifiedTable;
use super::body::{Body, Cells, RULES};
use super::cell::Cell;
use super::rule::Rule;
use super::terms::Terms;
use crate::field::{Field, Recipient};
use crate::id::TableHash;
use crate::labels;
use crate::precision::Precision;
use crate::signed::Signed;
use partywall_ground::{Seconds, cbor};
use partywall_proof::SigningKey;
use std::num::NonZeroU32;

/// What will be a table. Everything is denied until it is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// 1, 2, 3, …
    pub version: NonZeroU32,
    /// The hash of the table before; none for the first.
    pub predecessor: Option<TableHash>,
    /// From when on it is current.
    pub effective: Seconds,
    /// From when on its predecessor cannot be accepted any more.
    pub sunset: Option<Seconds>,
    /// What else is stated.
    pub terms: Terms,
    cells: Vec<Option<Rule>>,
}

/// Why a draft cannot become a table: for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The first version has a predecessor, or a later one has none.
    #[error("version 1 has no predecessor, and every later version names the table before it")]
    Predecessor,
    /// A sunset without a predecessor, or before the table is current.
    #[error(
        "the sunset ends the predecessor: it needs one, and cannot come before the new version is effective"
    )]
    Sunset,
    /// More than 255 rules, or rules not numbered as cells use them.
    #[error(
        "the policy has more than 255 different combinations of precision, days and law: use fewer"
    )]
    Rules,
    /// A field does not know the precision.
    #[error("{0} does not know the precision {1}")]
    Precision(Field, Precision),
    /// A legal cell without a law, or a law elsewhere.
    #[error(
        "{0} is shared on legal grounds without naming the law, or names a law on other grounds"
    )]
    Law(Field),
    /// Somebody without a name would be told something.
    #[error("something is shared with {0}, so the policy has to name it")]
    Nameless(Recipient),
    /// Longer than a table may be.
    #[error("the table is longer than 40,000 bytes: shorten the texts")]
    TooLong,
}

impl Draft {
    /// A draft that denies everything.
    #[must_use]
    pub fn denying(version: NonZeroU32, effective: Seconds, terms: Terms) -> Self {
        Self {
            version,
            predecessor: None,
            effective,
            sunset: None,
            terms,
            cells: vec![None; Cell::COUNT],
        }
    }

    /// The same, behind another predecessor.
    #[must_use]
    pub fn behind(&self, predecessor: Option<TableHash>) -> Self {
        Self {
            predecessor,
            ..self.clone()
        }
    }

    /// What a cell allows so far.
    #[must_use]
    pub fn cell(&self, cell: Cell) -> Option<&Rule> {
        self.cells[cell.place()].as_ref()
    }

    /// Allows a cell.
    pub fn allow(&mut self, cell: Cell, rule: Rule) {
        self.cells[cell.place()] = Some(rule);
    }

    /// Denies a cell.
    pub fn deny(&mut self, cell: Cell) {
        self.cells[cell.place()] = None;
    }

    /// The table's bytes: the same each time. (SPEC T-7)
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn bytes(&self) -> Result<Vec<u8>, Flaw> {
        let body = self.body()?;
        body.check()?;
        let bytes = cbor::encode(&body);
        if bytes.len() > super::LONGEST {
            return Err(Flaw::TooLong);
        }
        Ok(bytes)
    }

    /// Signs it with the operator's business key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn sign(&self, operator: &SigningKey) -> Result<UnverifiedTable, Flaw> {
        let signed = Signed::make(operator, labels::TABLE, self.bytes()?);
        Ok(UnverifiedTable(signed))
    }

    fn body(&self) -> Result<Body, Flaw> {
        let mut cells = Box::new([0; Cell::COUNT]);
        let mut rules: Vec<Rule> = Vec::new();
        for (byte, rule) in cells.iter_mut().zip(&self.cells) {
            let Some(rule) = rule else {
                continue;
            };
            let place = rules.iter().position(|known| known == rule);
            let place = place.unwrap_or_else(|| {
                rules.push(rule.clone());
                rules.len() - 1
            });
            *byte = u8::try_from(place + 1).map_err(|_| Flaw::Rules)?;
        }
        Ok(Body {
            version: self.version,
            predecessor: self.predecessor,
            effective: self.effective,
            sunset: self.sunset,
            cells: Cells(cells),
            rules: rules.try_into().map_err(|_| Flaw::Rules)?,
            terms: self.terms.clone(),
        })
    }
}

const _: () = assert!(RULES == u8::MAX as usize);
