//! What a customer switched on: a set of rows, in order, each once. (SPEC §12.4)
//! Knows: 210 switches. Never knows: who set them, nor what a table offers.

use crate::table::Row;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

const WORDS: usize = Row::COUNT.div_ceil(64);

/// Rows that are on. Everything is off until it is switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices([u64; WORDS]);

impl Choices {
    /// Nothing optional: only what is necessary, or law.
    #[must_use]
    pub const fn essential_only() -> Self {
        Self([0; WORDS])
    }

    /// Switches a row on.
    pub const fn switch_on(&mut self, row: Row) {
        self.0[row.place() / 64] |= 1 << (row.place() % 64);
    }

    /// Switches a row off.
    pub const fn switch_off(&mut self, row: Row) {
        self.0[row.place() / 64] &= !(1 << (row.place() % 64));
    }

    /// Whether a row is on.
    #[must_use]
    pub const fn contains(&self, row: Row) -> bool {
        self.0[row.place() / 64] & (1 << (row.place() % 64)) != 0
    }

    /// The rows that are on, in order.
    pub fn iter(&self) -> impl Iterator<Item = Row> + '_ {
        Row::all().filter(|row| self.contains(*row))
    }

    /// How many are on.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Those that are on in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }
}

impl FromIterator<Row> for Choices {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut choices = Self::essential_only();
        rows.into_iter().for_each(|row| choices.switch_on(row));
        choices
    }
}

/// `[* [field, recipient, purpose]]`, strictly ascending.
impl<C> Encode<C> for Choices {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.array(self.count() as u64)?;
        for row in self.iter() {
            encoder.encode(row)?;
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Choices {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let mut choices = Self::essential_only();
        let mut last = None;
        for row in decoder.array_iter::<Row>()? {
            let row = row?;
            if last.is_some_and(|last| last >= row) {
                return Err(minicbor::decode::Error::message("not strictly ascending"));
            }
            last = Some(row);
            choices.switch_on(row);
        }
        Ok(choices)
    }
}
