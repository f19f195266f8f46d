//! Stories of engines and a relay in memory, seeded: no sockets, no threads, no waiting.
//! Knows: both sides. Never knows: wall-clock time.

mod relay;
mod street;

mod crash;
mod moves;
mod older_copy;
mod residue;
mod stories;
mod thief;
mod unproven;
