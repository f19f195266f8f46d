//! The fourteen things that can be said. (SPEC §11.6)
//! Knows: of which class each is, and whose. Never knows: whether it may be said now.

use super::items::{Button, HandOff, Item, Location, Section};
use crate::frank::Speaker;
use crate::template::Parameter;
use crate::value::Money;
use crate::{Class, Clear, Commitment, OneTo, Sequence, TemplateId, Text, Version};
use partywall_ground::AtMost;

/// A text: 1 to 4,096 bytes.
pub type Message = Text<4_096>;
/// A business's own name for a button, row or product: 1 to 64 bytes.
pub type ItemId = Text<64>;

/// What is said. (SPEC §11.6)
#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// Words.
    Text(Message),
    /// Words with buttons below.
    Buttons(Message, OneTo<Button, 3>),
    /// Words with a list to choose from: at most ten rows in all.
    List(Message, OneTo<Section, 10>),
    /// One product.
    Product(Item),
    /// Words with products below.
    Products(Message, OneTo<Item, 30>),
    /// The customer's: what is ordered, and what it comes to.
    Order(OneTo<Item, 30>, Money),
    /// The customer's: a button or row of the message with that sequence.
    Chosen(ItemId, Sequence),
    /// Words that ask where the customer is.
    AskLocation(Message),
    /// The customer's: where.
    Location(Location),
    /// Who answers for the business now, with words or without.
    HandOff(HandOff, Option<Message>),
    /// The customer's: a person, please.
    Agent,
    /// An approved template.
    Template(TemplateId, Version, AtMost<Parameter, 16>),
    /// Everything up to that sequence was read.
    Read(Sequence),
    /// Somebody is writing.
    Typing,
}

impl What {
    /// Its number on the wire. (SPEC §11.6)
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            Self::Text(..) => 1,
            Self::Buttons(..) => 2,
            Self::List(..) => 3,
            Self::Product(..) => 4,
            Self::Products(..) => 5,
            Self::Order(..) => 6,
            Self::Chosen(..) => 7,
            Self::AskLocation(..) => 8,
            Self::Location(..) => 9,
            Self::HandOff(..) => 10,
            Self::Agent => 11,
            Self::Template(..) => 12,
            Self::Read(..) => 13,
            Self::Typing => 14,
        }
    }

    /// Of which class it is. (SPEC B-18)
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Template(..) => Class::Template,
            Self::Read(..) | Self::Typing => Class::Control,
            _ => Class::Reply,
        }
    }

    /// Whose it is to say: some things are the customer's, some the business's, some anybody's.
    /// (SPEC §11.6)
    #[must_use]
    pub const fn is_said_by(&self, speaker: Speaker) -> bool {
        match self {
            Self::Text(..) | Self::Read(..) | Self::Typing => true,
            Self::Order(..) | Self::Chosen(..) | Self::Location(..) | Self::Agent => {
                matches!(speaker, Speaker::Customer)
            }
            Self::Buttons(..)
            | Self::List(..)
            | Self::Product(..)
            | Self::Products(..)
            | Self::AskLocation(..)
            | Self::HandOff(..)
            | Self::Template(..) => matches!(speaker, Speaker::Business),
        }
    }

    /// The clear part that promises it. (SPEC B-18)
    pub(super) const fn clear(&self, commitment: Commitment) -> Clear {
        match self {
            Self::Template(template, version, _) => {
                Clear::Template(commitment, *template, *version)
            }
            Self::Read(..) | Self::Typing => Clear::Control(commitment),
            _ => Clear::Reply(commitment),
        }
    }

    /// What no type above says: ten rows in all, and ids that name one button, row or product each.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Buttons(_, buttons) => distinct(buttons.iter().map(|button| &button.id)),
            Self::Products(_, items) | Self::Order(items, _) => {
                distinct(items.iter().map(|item| &item.id))
            }
            Self::List(_, sections) => {
                let rows = || sections.iter().flat_map(|section| section.rows.iter());
                rows().count() <= 10 && distinct(rows().map(|row| &row.id))
            }
            _ => true,
        }
    }
}

/// Which of the fourteen, and nothing of what it says.
impl std::fmt::Debug for What {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "What({})", self.number())
    }
}

fn distinct<'a>(ids: impl Iterator<Item = &'a ItemId>) -> bool {
    let mut ids: Vec<&str> = ids.map(ItemId::as_str).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    ids.len() == all
}
