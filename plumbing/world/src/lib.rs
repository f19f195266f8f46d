//! The world outside: what time it is ([`Clock`]) and what chance says ([`Dice`]).
//! Knows: the operating system's clocks and entropy. Never knows: wings, protocols, stores, sockets.
//!
//! Everything else in the house is handed a clock and dice and asks nobody else, so that a test
//! can replay any world from a seed and no code can reach for a time nobody gave it.

mod time;

mod clock;
mod manual;
mod system;

mod dice;

pub use clock::Clock;
pub use dice::{Dice, NoEntropy};
pub use manual::ManualClock;
pub use system::SystemClock;
pub use time::{Day, Monotonic, Wall};
