//! Short lists whose items stand in order, each once. (SPEC §11.4)
//! Knows: order. Never knows: whose list it is.

use crate::Category;
use crate::field::{Field, Source};
use crate::value::Value;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::AtMost;
use std::collections::BTreeSet;

/// One to `N` items, in order: CDDL's `[1*N item]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTo<T, const N: usize>(AtMost<T, N>);

impl<T, const N: usize> std::ops::Deref for OneTo<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> TryFrom<Vec<T>> for OneTo<T, N> {
    type Error = WrongCount;

    fn try_from(items: Vec<T>) -> Result<Self, WrongCount> {
        if items.is_empty() {
            return Err(WrongCount);
        }
        items.try_into().map(Self).map_err(|_| WrongCount)
    }
}

/// No item, or more than there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are no items, or more than there may be")]
pub struct WrongCount;

impl<C, T: Encode<C>, const N: usize> Encode<C> for OneTo<T, N> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

impl<'b, C, T: Decode<'b, C>, const N: usize> Decode<'b, C> for OneTo<T, N> {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let list: AtMost<T, N> = AtMost::decode(decoder, context)?;
        if list.is_empty() {
            return Err(minicbor::decode::Error::message("an empty list"));
        }
        Ok(Self(list))
    }
}

/// Categories of templates, ascending, each once. (SPEC §11.4)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories(BTreeSet<Category>);

impl Categories {
    /// None.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Whether a category is among them.
    #[must_use]
    pub fn has(&self, category: Category) -> bool {
        self.0.contains(&category)
    }

    /// With a category more.
    #[must_use]
    pub fn with(mut self, category: Category) -> Self {
        self.0.insert(category);
        self
    }

    /// Without a category.
    #[must_use]
    pub fn without(mut self, category: Category) -> Self {
        self.0.remove(&category);
        self
    }

    /// Them, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Category> {
        self.0.iter().copied()
    }
}

impl FromIterator<Category> for Categories {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        Self(categories.into_iter().collect())
    }
}

impl<C> Encode<C> for Categories {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

/// One that is not in order or stands twice is refused.
impl<'b, C> Decode<'b, C> for Categories {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let list: AtMost<Category, 3> = AtMost::decode(decoder, context)?;
        if list.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(minicbor::decode::Error::message("not in ascending order"));
        }
        Ok(Self(list.into_iter().collect()))
    }
}

/// Values that a customer's client says of itself, ascending by field, each field once; only
/// fields that clients declare. (SPEC §11.4, §12)
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Declared(Vec<Value>);

/// A field that the relay observes, or one that is said twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("each field is declared once, and only fields that the relay does not see by itself")]
pub struct BadDeclaration;

impl Declared {
    /// Nothing.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(Vec::new())
    }

    /// These values, in any order.
    ///
    /// # Errors
    /// When a field stands twice, or is one that the relay observes.
    pub fn of(mut values: Vec<Value>) -> Result<Self, BadDeclaration> {
        values.sort_by_key(Value::field);
        let twice = values
            .windows(2)
            .any(|pair| pair[0].field() == pair[1].field());
        let observed = values
            .iter()
            .any(|value| value.field().source() == Source::Observed);
        if twice || observed {
            return Err(BadDeclaration);
        }
        Ok(Self(values))
    }

    /// The values, ascending by field.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The value of a field, if it was said.
    #[must_use]
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.0.iter().find(|value| value.field() == field)
    }
}

/// The type's name and nothing of what is said.
impl std::fmt::Debug for Declared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Declared")
    }
}

impl<C> Encode<C> for Declared {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for Declared {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        let list: AtMost<Value, { Field::COUNT }> = AtMost::decode(decoder, context)?;
        let values = list.into_vec();
        if values
            .windows(2)
            .any(|pair| pair[0].field() >= pair[1].field())
        {
            return Err(minicbor::decode::Error::message("not in ascending order"));
        }
        Self::of(values).map_err(|_| minicbor::decode::Error::message("not to be declared"))
    }
}
