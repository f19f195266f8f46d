//! What apps say, as the wire has it, and back. (SPEC §11.6)
//! Knows: both shapes. Never knows: keys, sequences.

use std::num::NonZeroU64;

use partywall_business::content::{self, HandOff, Location};
use partywall_business::value::Money;
use partywall_business::{OneTo, Sequence};

use crate::what::{Amount, Button, Item, ListRow, Section, Turn, What};

/// A text or list that is empty or too long.
pub(crate) struct Unfit;

/// What an app says, in the wire's bounds. A shown template is nothing that can be said.
pub(crate) fn to_wire(what: &What) -> Result<content::What, Unfit> {
    use content::What as Wire;
    Ok(match what {
        What::Text(text) => Wire::Text(message(text)?),
        What::Buttons { text, buttons } => {
            Wire::Buttons(message(text)?, some(buttons.iter().map(button))?)
        }
        What::List { text, sections } => {
            Wire::List(message(text)?, some(sections.iter().map(section))?)
        }
        What::Product(product) => Wire::Product(item(product)?),
        What::Products { text, items } => {
            Wire::Products(message(text)?, some(items.iter().map(item))?)
        }
        What::Order { items, total } => Wire::Order(some(items.iter().map(item))?, money(*total)),
        What::Chosen { id, of } => Wire::Chosen(name(id)?, sequence(*of)?),
        What::AskLocation(text) => Wire::AskLocation(message(text)?),
        What::Location {
            latitude,
            longitude,
        } => Wire::Location(Location::new(*latitude, *longitude).ok_or(Unfit)?),
        What::HandOff { turn, note } => {
            Wire::HandOff((*turn).into(), note.as_deref().map(message).transpose()?)
        }
        What::AskForAPerson => Wire::Agent,
        What::Template(_) => return Err(Unfit),
        What::Read(up_to) => Wire::Read(sequence(*up_to)?),
        What::Typing => Wire::Typing,
    })
}

/// What the wire says, in plain values; `None` for a template, which has to be shown first.
pub(crate) fn from_wire(what: content::What) -> Option<What> {
    use content::What as Wire;
    let text = |text: &content::Message| text.as_str().to_owned();
    Some(match what {
        Wire::Text(words) => What::Text(text(&words)),
        Wire::Buttons(words, buttons) => What::Buttons {
            text: text(&words),
            buttons: buttons
                .iter()
                .map(|button| Button {
                    id: button.id.as_str().to_owned(),
                    title: button.title.as_str().to_owned(),
                })
                .collect(),
        },
        Wire::List(words, sections) => What::List {
            text: text(&words),
            sections: sections.iter().map(plain_section).collect(),
        },
        Wire::Product(product) => What::Product(plain_item(&product)),
        Wire::Products(words, items) => What::Products {
            text: text(&words),
            items: items.iter().map(plain_item).collect(),
        },
        Wire::Order(items, total) => What::Order {
            items: items.iter().map(plain_item).collect(),
            total: amount(total),
        },
        Wire::Chosen(id, of) => What::Chosen {
            id: id.as_str().to_owned(),
            of: of.value().get(),
        },
        Wire::AskLocation(words) => What::AskLocation(text(&words)),
        Wire::Location(place) => What::Location {
            latitude: place.latitude(),
            longitude: place.longitude(),
        },
        Wire::HandOff(turn, note) => What::HandOff {
            turn: turn.into(),
            note: note.as_ref().map(text),
        },
        Wire::Agent => What::AskForAPerson,
        Wire::Template(..) => return None,
        Wire::Read(up_to) => What::Read(up_to.value().get()),
        Wire::Typing => What::Typing,
    })
}

fn message(text: &str) -> Result<content::Message, Unfit> {
    content::Message::new(text).map_err(|_bad| Unfit)
}

fn name(id: &str) -> Result<content::ItemId, Unfit> {
    content::ItemId::new(id).map_err(|_bad| Unfit)
}

fn sequence(number: u64) -> Result<Sequence, Unfit> {
    NonZeroU64::new(number).map(Sequence::new).ok_or(Unfit)
}

fn some<T, const N: usize>(
    items: impl Iterator<Item = Result<T, Unfit>>,
) -> Result<OneTo<T, N>, Unfit> {
    let items: Vec<T> = items.collect::<Result<_, _>>()?;
    OneTo::try_from(items).map_err(|_count| Unfit)
}

fn button(button: &Button) -> Result<content::Button, Unfit> {
    Ok(content::Button {
        id: name(&button.id)?,
        title: content::Title::new(&button.title).map_err(|_bad| Unfit)?,
    })
}

fn section(section: &Section) -> Result<content::Section, Unfit> {
    Ok(content::Section {
        title: content::RowName::new(&section.title).map_err(|_bad| Unfit)?,
        rows: some(section.rows.iter().map(row))?,
    })
}

fn row(row: &ListRow) -> Result<content::Row, Unfit> {
    let description = row
        .description
        .as_deref()
        .map(partywall_business::Line::new);
    Ok(content::Row {
        id: name(&row.id)?,
        title: content::RowName::new(&row.title).map_err(|_bad| Unfit)?,
        description: description.transpose().map_err(|_bad| Unfit)?,
    })
}

fn item(item: &Item) -> Result<content::Item, Unfit> {
    Ok(content::Item {
        id: name(&item.id)?,
        name: content::ItemName::new(&item.name).map_err(|_bad| Unfit)?,
        price: money(item.price),
        quantity: item.quantity,
    })
}

fn plain_section(section: &content::Section) -> Section {
    let rows = section.rows.iter().map(|row| ListRow {
        id: row.id.as_str().to_owned(),
        title: row.title.as_str().to_owned(),
        description: row
            .description
            .as_ref()
            .map(|text| text.as_str().to_owned()),
    });
    Section {
        title: section.title.as_str().to_owned(),
        rows: rows.collect(),
    }
}

fn plain_item(item: &content::Item) -> Item {
    Item {
        id: item.id.as_str().to_owned(),
        name: item.name.as_str().to_owned(),
        price: amount(item.price),
        quantity: item.quantity,
    }
}

const fn money(amount: Amount) -> Money {
    Money {
        minor: amount.minor_units,
        currency: amount.currency,
    }
}

const fn amount(money: Money) -> Amount {
    Amount {
        minor_units: money.minor,
        currency: money.currency,
    }
}

impl From<Turn> for HandOff {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::ToAPerson => Self::Pass,
            Turn::Released => Self::Release,
            Turn::Taken => Self::Take,
        }
    }
}

impl From<HandOff> for Turn {
    fn from(turn: HandOff) -> Self {
        match turn {
            HandOff::Pass => Self::ToAPerson,
            HandOff::Release => Self::Released,
            HandOff::Take => Self::Taken,
        }
    }
}
