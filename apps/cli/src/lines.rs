//! `send --lines`: standard input as messages, each line once, over any number of interruptions.
//! Knows: lines, and what was taken of a run. Never knows: how a message is sealed or sent.
//!
//! `reading` makes lines of bytes. `record` is what a run leaves beside the contact while it is not
//! complete: its id and digests of its first lines. `resume` compares an input with the record and
//! says whether it is the same. `run` gives each line its key, and `feed` says the lines under them:
//! a key that was said before sends nothing.

pub(crate) mod reading;
pub(crate) mod record;
pub(crate) mod resume;
pub(crate) mod run;

pub(crate) mod feed;

pub(crate) mod bar;
pub(crate) mod mouth;
