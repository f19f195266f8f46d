//! What both sides of the counter have in common at the command line: words of closed lists, values,
//! times, and how what is said is shown.
//! Knows: the business wing's words. Never knows: keys, sockets, the peer wing.

pub(crate) mod opening;

pub(crate) mod names;

pub(crate) mod row;
pub(crate) mod value;

pub(crate) mod item;
pub(crate) mod money;

pub(crate) mod buttons;
pub(crate) mod hosting;

pub(crate) mod draft;
pub(crate) mod parameter;

pub(crate) mod content;
pub(crate) mod moments;
pub(crate) mod said;
pub(crate) mod silence;
