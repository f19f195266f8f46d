//! The rules of the peer wing, as machines without sockets, threads or tasks.
//! Knows: mailboxes, readers, depositors, paces. Never knows: SQL, TLS, who somebody is.
//!
//! An envelope's way: [`deposit`] takes it off the door, [`router`] finds the mailbox and gives it to
//! the writer and to [`mailbox`], which hands it to a live reader's [`line`]; [`collect`] says it.
//! Answers come back from the writer through the router in the order of acceptance.

pub(crate) mod limits;

pub(crate) mod bells;
pub(crate) mod flow;
pub(crate) mod line;
pub(crate) mod ticket;

pub(crate) mod mailbox;
pub(crate) mod opening;
pub(crate) mod router;

pub(crate) mod admission;
pub(crate) mod shelf;

pub(crate) mod collect;
pub(crate) mod deposit;
