//! Stories of two engines and a relay in memory.
//! Knows: both sides. Never knows: sockets.
