//! Conversations: who may say what when, what both sides are told, and how a customer ends it.
//! (SPEC §11.4 to §11.6, B-11 to B-19)
//! Knows: pseudonyms, times, sequences, sealed bytes. Never knows: what is said, or who a customer is.

mod conversation;
mod last;
mod room;
mod speech;
mod what;

mod events;
mod mail;
mod naming;
pub(crate) mod notices;

mod begin;
mod end;
mod report;
mod say;
mod will;

mod schema;

pub(crate) use begin::begin;
pub(crate) use conversation::{
    Conversation, State, find, find_by_pairwise, find_by_rights, last_number, try_load,
};
pub(crate) use end::{erase, leave};
pub(crate) use events::{Side, acknowledge, last_place, replace, tell};
pub(crate) use mail::{Letter, Room, page};
pub(crate) use notices::tell_of_table;
pub(crate) use report::{report, reports};
pub(crate) use room::waiting;
pub(crate) use say::{Said, say_as_business, say_as_customer};
pub(crate) use schema::{TABLES, WEIGHED};
pub(crate) use what::What;
pub(crate) use will::{block, opt};
