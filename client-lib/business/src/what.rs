//! What is said, as apps write and read it. (SPEC §11.6)
//! Knows: the kinds of content, in plain values. Never knows: how they are encoded or sealed.

use minicbor::{Decode, Encode};
use partywall_business::value::Currency;
use partywall_business::{Category, TemplateId};

/// Bytes of the longest text, in UTF-8.
pub const GREATEST_TEXT: usize = 4_096;

/// One thing said.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum What {
    /// A text of 1 to 4,096 bytes.
    #[n(1)]
    Text(#[n(0)] String),
    /// A text with one to three buttons.
    #[n(2)]
    Buttons {
        /// The text above them.
        #[n(0)]
        text: String,
        /// The buttons.
        #[n(1)]
        buttons: Vec<Button>,
    },
    /// A text with a list of at most ten rows.
    #[n(3)]
    List {
        /// The text above it.
        #[n(0)]
        text: String,
        /// One to ten sections.
        #[n(1)]
        sections: Vec<Section>,
    },
    /// One product.
    #[n(4)]
    Product(#[n(0)] Item),
    /// One to thirty products.
    #[n(5)]
    Products {
        /// The text above them.
        #[n(0)]
        text: String,
        /// The products.
        #[n(1)]
        items: Vec<Item>,
    },
    /// The customer's: an order of one to thirty items.
    #[n(6)]
    Order {
        /// What is ordered.
        #[n(0)]
        items: Vec<Item>,
        /// What it comes to, as the customer was shown.
        #[n(1)]
        total: Amount,
    },
    /// The customer's: a button or row of an earlier message.
    #[n(7)]
    Chosen {
        /// The button's or row's id.
        #[n(0)]
        id: String,
        /// The `said` number of the message that it belongs to.
        #[n(1)]
        of: u64,
    },
    /// Asks where the customer is.
    #[n(8)]
    AskLocation(#[n(0)] String),
    /// The customer's: where they are, in millionths of a degree.
    #[n(9)]
    Location {
        /// North is positive.
        #[n(0)]
        latitude: i32,
        /// East is positive.
        #[n(1)]
        longitude: i32,
    },
    /// Between bots and people of the business.
    #[n(10)]
    HandOff {
        /// Which way.
        #[n(0)]
        turn: Turn,
        /// A word with it.
        #[n(1)]
        note: Option<String>,
    },
    /// The customer's: a person, please.
    #[n(11)]
    AskForAPerson,
    /// An approved template with its parameters set in by this client.
    #[n(12)]
    Template(#[n(0)] Shown),
    /// All up to the message with this `said` number was read.
    #[n(13)]
    Read(#[n(0)] u64),
    /// Somebody is writing.
    #[n(14)]
    Typing,
}

/// A button under a text.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Button {
    /// What the choice is named by, 1 to 64 bytes.
    #[n(0)]
    pub id: String,
    /// What stands on it, 1 to 20 characters.
    #[n(1)]
    pub title: String,
}

/// A section of a list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Section {
    /// Its title.
    #[n(0)]
    pub title: String,
    /// Its rows.
    #[n(1)]
    pub rows: Vec<ListRow>,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ListRow {
    /// What the choice is named by, 1 to 64 bytes.
    #[n(0)]
    pub id: String,
    /// Its title.
    #[n(1)]
    pub title: String,
    /// What stands below the title.
    #[n(2)]
    pub description: Option<String>,
}

/// A product, with its price and how many.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// The business's own number for it, 1 to 64 bytes.
    #[n(0)]
    pub id: String,
    /// What it is called.
    #[n(1)]
    pub name: String,
    /// What one costs.
    #[n(2)]
    pub price: Amount,
    /// How many.
    #[n(3)]
    pub quantity: u32,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Amount {
    /// In the currency's smallest unit: 250 is 2.50 EUR.
    #[n(0)]
    pub minor_units: u64,
    /// Which currency.
    #[n(1)]
    pub currency: Currency,
}

/// Which way a conversation is handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Turn {
    /// To a person.
    #[n(1)]
    ToAPerson,
    /// Back, by the person.
    #[n(2)]
    Released,
    /// Taken by a person.
    #[n(3)]
    Taken,
}

/// A template as this client shows it: the approved text, with the parameters set in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Shown {
    /// Which template.
    #[n(0)]
    pub template: TemplateId,
    /// Which edition.
    #[n(1)]
    pub version: u64,
    /// What it is for.
    #[n(2)]
    pub category: Category,
    /// The line above.
    #[n(3)]
    pub header: Option<String>,
    /// The text.
    #[n(4)]
    pub body: String,
    /// The line below.
    #[n(5)]
    pub footer: Option<String>,
    /// What stands on its buttons.
    #[n(6)]
    pub buttons: Vec<String>,
}
