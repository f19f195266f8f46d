//! The table's bytes and what makes them well made. (SPEC §12.3)
//! Knows: `{0 => version, ? 1 => predecessor, 2 => effective, ? 3 => sunset, 4 => cells,
//! 5 => rules, 6 => terms}`. Never knows: who signed them.

use super::cell::Cell;
use super::draft::Flaw;
use super::rule::Rule;
use super::terms::Terms;
use crate::field::{Basis, Recipient};
use crate::id::TableHash;
use minicbor::{Decode, Encode};
use partywall_ground::{AtMost, Seconds};
use std::num::NonZeroU32;

/// At most this many rules: a cell is one byte, and 0 is no rule.
pub(super) const RULES: usize = 255;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Body {
    #[n(0)]
    pub(super) version: NonZeroU32,
    #[n(1)]
    pub(super) predecessor: Option<TableHash>,
    #[n(2)]
    pub(super) effective: Seconds,
    #[n(3)]
    pub(super) sunset: Option<Seconds>,
    #[n(4)]
    pub(super) cells: Cells,
    #[n(5)]
    pub(super) rules: AtMost<Rule, RULES>,
    #[n(6)]
    pub(super) terms: Terms,
}

/// One byte a cell: 0 denied, `n` the rule of that number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells(pub(super) Box<[u8; Cell::COUNT]>);

impl Body {
    /// What the cell allows.
    pub(super) fn rule(&self, cell: Cell) -> Option<&Rule> {
        let number = usize::from(self.cells.0[cell.place()]);
        self.rules.get(number.checked_sub(1)?)
    }

    /// Refuses what an operator must not sign and a client must not believe. (SPEC T-7)
    pub(super) fn check(&self) -> Result<(), Flaw> {
        if (self.version.get() == 1) == self.predecessor.is_some() {
            return Err(Flaw::Predecessor);
        }
        let ends_well = |sunset| self.predecessor.is_some() && sunset >= self.effective;
        if !self.sunset.is_none_or(ends_well) {
            return Err(Flaw::Sunset);
        }
        self.check_rules()?;
        self.check_names()?;
        for cell in Cell::all() {
            let Some(rule) = self.rule(cell) else {
                continue;
            };
            if !cell.row.field.knows(rule.precision) {
                return Err(Flaw::Precision(cell.row.field, rule.precision));
            }
            if rule.law.is_some() != (cell.basis == Basis::Legal) {
                return Err(Flaw::Law(cell.row.field));
            }
        }
        Ok(())
    }

    /// Rules are numbered in the order in which cells first use them, each once.
    fn check_rules(&self) -> Result<(), Flaw> {
        let mut used = 0;
        for &number in self.cells.0.iter() {
            let number = usize::from(number);
            if number > used + 1 {
                return Err(Flaw::Rules);
            }
            used = used.max(number);
        }
        if used != self.rules.len() {
            return Err(Flaw::Rules);
        }
        for (place, rule) in self.rules.iter().enumerate() {
            if self.rules[..place].contains(rule) {
                return Err(Flaw::Rules);
            }
        }
        Ok(())
    }

    /// Who is told something has a name.
    fn check_names(&self) -> Result<(), Flaw> {
        for (recipient, is_named) in [
            (Recipient::Parent, self.terms.parent.is_some()),
            (
                Recipient::ServiceProvider,
                self.terms.service_provider.is_some(),
            ),
        ] {
            let is_told = Cell::all()
                .any(|cell| cell.row.recipient == recipient && self.rule(cell).is_some());
            if is_told && !is_named {
                return Err(Flaw::Nameless(recipient));
            }
        }
        Ok(())
    }
}

impl<C> Encode<C> for Cells {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(self.0.as_slice())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Cells {
    fn decode(
        decoder: &mut minicbor::Decoder<'b>,
        _: &mut C,
    ) -> Result<Self, minicbor::decode::Error> {
        let cells = <[u8; Cell::COUNT]>::try_from(decoder.bytes()?)
            .map_err(|_| minicbor::decode::Error::message("not 3150 cells"))?;
        Ok(Self(Box::new(cells)))
    }
}
