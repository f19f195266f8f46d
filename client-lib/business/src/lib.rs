//! Both sides of a business chat: the customer's and the shop's.
//! Knows: everything its owner knows. Never knows: the peer wing.
//!
//! Apps use this crate through `partywall-client`. In the order in which a text goes: a handle
//! ([`customer::Chat`], [`shop::Shop`]) puts it into the sealed store (`outbox`); the
//! conversation's task seals it there and asks on its `line`; what comes back is taken in
//! (`inbox`) before it is acknowledged, and told as an event until the app is done with it.
//! `trust` says what a relay's word has to hold against before any of that.

pub mod error;
mod event;
mod link;
pub mod what;
mod world;

mod choices;
mod terms;

pub mod customer;
pub mod shop;

mod core;
mod records;
mod store;

mod inbox;
mod outbox;
mod words;

mod line;
mod look;
mod talks;
mod trust;

#[cfg(test)]
mod tests;

pub use event::{Event, EventNumber, Events};
pub use link::BusinessLink;
pub use world::World;

pub use partywall_business::certificate::{Hosting, Industry};
pub use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
pub use partywall_business::table::Row;
pub use partywall_business::template::{
    Draft as TemplateDraft, Parameter, ParameterKind, ShortCode, Slot,
};
pub use partywall_business::{Category, EventId, Reason, TableHash, TemplateId, Why, value};
pub use partywall_ground::Seconds;
