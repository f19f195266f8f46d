//! What stands in buttons, lists and orders. (SPEC §11.6)
//! Knows: shapes and bounds. Never knows: prices in force, or stock.

use super::money;
use super::what::ItemId;
use crate::field::closed;
use crate::value::Money;
use crate::{Line, OneTo};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

/// On a button: 1 to 20 characters.
pub type Title = Line<20>;
/// Of a section or row of a list: 1 to 24 characters.
pub type RowName = Line<24>;
/// Of a product: 1 to 80 characters.
pub type ItemName = Line<80>;

/// A button, or what it says when it was pressed. (SPEC §11.6)
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Button {
    /// By which it is named when chosen.
    #[n(0)]
    pub id: ItemId,
    /// What stands on it.
    #[n(1)]
    pub title: Title,
}

/// A part of a list. (SPEC §11.6)
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Section {
    /// What stands above its rows.
    #[n(0)]
    pub title: RowName,
    /// What can be chosen.
    #[n(1)]
    pub rows: OneTo<Row, 10>,
}

/// A row of a list. (SPEC §11.6)
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Row {
    /// By which it is named when chosen.
    #[n(0)]
    pub id: ItemId,
    /// What stands in it.
    #[n(1)]
    pub title: RowName,
    /// What stands below: 1 to 72 characters.
    #[n(2)]
    pub description: Option<Line<72>>,
}

/// A product, or a line of an order. (SPEC §11.6)
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Item {
    /// The business's name for the product.
    #[n(0)]
    pub id: ItemId,
    /// Its name for people.
    #[n(1)]
    pub name: ItemName,
    /// What one costs.
    #[n(2)]
    #[cbor(with = "money")]
    pub price: Money,
    /// How many.
    #[n(3)]
    pub quantity: u32,
}

closed! {
    /// Who answers for the business now. (SPEC §11.6)
    HandOff, 3 {
        /// A person is asked to take over.
        Pass = 1, "pass";
        /// The person gives it back.
        Release = 2, "release";
        /// A person takes it.
        Take = 3, "take";
    }
}

/// A place on earth, in millionths of a degree. (SPEC §11.6)
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Location {
    latitude: i32,
    longitude: i32,
}

partywall_ground::silent!(Location);

impl Location {
    /// North and east are positive; none beyond a pole or the 180th meridian.
    #[must_use]
    pub fn new(latitude: i32, longitude: i32) -> Option<Self> {
        let on_earth = (-90_000_000..=90_000_000).contains(&latitude)
            && (-180_000_000..=180_000_000).contains(&longitude);
        on_earth.then_some(Self {
            latitude,
            longitude,
        })
    }

    /// Degrees north × 10^6.
    #[must_use]
    pub const fn latitude(&self) -> i32 {
        self.latitude
    }

    /// Degrees east × 10^6.
    #[must_use]
    pub const fn longitude(&self) -> i32 {
        self.longitude
    }
}

impl<C> Encode<C> for Location {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let encoder = encoder.array(2)?;
        encoder.i32(self.latitude)?.i32(self.longitude)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Location {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if decoder.array()? != Some(2) {
            return Err(minicbor::decode::Error::message("not a pair"));
        }
        let (latitude, longitude) = (decoder.i32()?, decoder.i32()?);
        Self::new(latitude, longitude)
            .ok_or_else(|| minicbor::decode::Error::message("not a place on earth"))
    }
}
