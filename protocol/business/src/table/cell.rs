//! A cell's place in the table, and a row: a cell without its region and basis. (SPEC §12.1)
//! Knows: the order of the five lists. Never knows: what a cell holds.

use crate::field::{Basis, Field, Purpose, Recipient, Region};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

/// What is told, to whom, and what for: what a customer chooses, and what a permit is asked for.
/// Rows sort as their places do. (SPEC §12.4)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// What.
    pub field: Field,
    /// To whom.
    pub recipient: Recipient,
    /// What for.
    pub purpose: Purpose,
}

impl Row {
    /// How many there are: 14 · 3 · 5.
    pub const COUNT: usize = Field::COUNT * Recipient::COUNT * Purpose::COUNT;

    /// The row of these three.
    #[must_use]
    pub const fn new(field: Field, recipient: Recipient, purpose: Purpose) -> Self {
        Self {
            field,
            recipient,
            purpose,
        }
    }

    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        Field::ALL.into_iter().flat_map(|field| {
            Recipient::ALL.into_iter().flat_map(move |recipient| {
                Purpose::ALL
                    .into_iter()
                    .map(move |purpose| Self::new(field, recipient, purpose))
            })
        })
    }

    /// Its place among all, from 0.
    #[must_use]
    pub const fn place(self) -> usize {
        (self.field.place() * Recipient::COUNT + self.recipient.place()) * Purpose::COUNT
            + self.purpose.place()
    }

    /// Its cell for a region and a basis.
    #[must_use]
    pub const fn at(self, region: Region, basis: Basis) -> Cell {
        Cell {
            row: self,
            region,
            basis,
        }
    }
}

/// `[field, recipient, purpose]`.
impl<C> Encode<C> for Row {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.array(3)?;
        encoder
            .encode(self.field)?
            .encode(self.recipient)?
            .encode(self.purpose)?
            .ok()
    }
}

impl<'b, C> Decode<'b, C> for Row {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if decoder.array()? != Some(3) {
            return Err(minicbor::decode::Error::message("not three"));
        }
        Ok(Self::new(
            decoder.decode()?,
            decoder.decode()?,
            decoder.decode()?,
        ))
    }
}

/// One question that the table answers. (SPEC §12.1)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// What, to whom, what for.
    pub row: Row,
    /// Where the customer lives.
    pub region: Region,
    /// On what ground.
    pub basis: Basis,
}

impl Cell {
    /// How many there are: 14 · 3 · 5 · 5 · 3 = 3,150.
    pub const COUNT: usize = Row::COUNT * Region::COUNT * Basis::COUNT;

    /// All of them, in the order of the table's bytes.
    pub fn all() -> impl Iterator<Item = Self> {
        Row::all().flat_map(|row| {
            Region::ALL.into_iter().flat_map(move |region| {
                Basis::ALL
                    .into_iter()
                    .map(move |basis| row.at(region, basis))
            })
        })
    }

    /// Its place in the table's bytes, from 0. (SPEC T-4)
    #[must_use]
    pub const fn place(self) -> usize {
        (self.row.place() * Region::COUNT + self.region.place()) * Basis::COUNT + self.basis.place()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_a_place_of_its_own_and_none_is_free() {
        assert_eq!(Cell::COUNT, 3_150);
        for (place, cell) in Cell::all().enumerate() {
            assert_eq!(cell.place(), place);
        }
        for (place, row) in Row::all().enumerate() {
            assert_eq!(row.place(), place);
        }
        assert_eq!(Cell::all().count(), Cell::COUNT);
        assert_eq!(Row::all().count(), Row::COUNT);
        assert!(Row::all().is_sorted());
    }
}
