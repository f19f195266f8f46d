//! Templates: handed in, linted, approved, paused, disabled. (SPEC §11.6, B-21, B-22)
//! Knows: published texts and their state. Never knows: what was set into them for anybody.

mod life;
mod schema;
mod submit;

pub(crate) use life::{Decision, Line, approved, decide, lines, of_business, sendable};
pub(crate) use schema::TABLES;
pub(crate) use submit::submit;
