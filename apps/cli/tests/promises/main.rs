//! What the `partywall` command promises to people and scripts, asked of the binary itself.
//! Knows: its command line, a relay in this process. Never knows: the command's modules.

mod counter;
mod person;

mod conversation;
mod lines;
mod patience;
mod refusals;
mod store;

mod counter_refusals;
mod rights;
mod visit;
