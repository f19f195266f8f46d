//! The conversations: what is done with each order, each envelope, each answer of a relay.
//! Knows: contacts, sessions, mailboxes, the store's rows. Never knows: sockets, clocks, randomness
//! of its own: a step gets the time, dice and inputs, and gives back effects.
//!
//! One step is one transaction: what it tells the outside to do ([`Effect`]) is done after the
//! commit and not before. (SPEC C-3) In the order in which a message goes: `compose` → *street* →
//! `inbox` → `arrive` → `sequence` → an event.

mod content;
mod records;
mod rows;

mod engine;
mod turn;

mod compose;
mod outbox;

mod arrive;
mod first_flight;
mod inbox;
mod sequence;

mod mailboxes;
mod shelf;

mod add;
mod anew;
mod chores;
mod invite;
mod look;
mod revoke;
mod sweep;
mod unproven;

#[cfg(test)]
mod tests;

pub(crate) use engine::{Engine, Now, Outcome};
pub(crate) use turn::{Effect, Input};
