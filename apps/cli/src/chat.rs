//! The interactive conversation: a line being typed at the bottom, everything else above it.
//! Knows: a terminal. Never knows: contacts, messages.

pub(crate) mod editor;
pub(crate) mod keys;
pub(crate) mod terminal;
