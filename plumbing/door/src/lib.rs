//! What every door of a relay has, whichever wing it opens to: how it ends, and what is counted there.
//! Knows: close codes, counters, one end for everybody. Never knows: frames, and what is said.

mod counting;
mod ending;
mod fate;

pub use counting::{Counter, Inside};
pub use ending::{End, farewell, fault, is_news};
pub use fate::Fate;
