//! The tour's stage: a relay as a child process, two people, what is found afterwards, how it is told.
//! Knows: this crate's client and the relay as a program. Never knows: the relay's insides, its crates.
//!
//! In the order of the story: [`folder`], [`relay`], [`people`], [`bakery`]; then [`evidence`] gathers
//! what the relay wrote, [`search`] looks for words in it, [`notebooks`] lays its two databases side by
//! side, [`claims`] judges, [`policies`] sets two policies against each other, and [`telling`] tells it all.

pub(crate) mod folder;
pub(crate) mod people;
pub(crate) mod relay;

pub(crate) mod bakery;

pub(crate) mod dump;
pub(crate) mod evidence;
pub(crate) mod search;

pub(crate) mod notebooks;
pub(crate) mod policies;

pub(crate) mod claims;
pub(crate) mod telling;
