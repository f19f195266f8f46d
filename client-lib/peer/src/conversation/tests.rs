//! Stories of engines and a relay in memory, seeded: no sockets, no threads, no waiting.
//! Knows: both sides. Never knows: wall-clock time.

mod relay;
mod street;
mod witness;

mod alike;
mod backup;
mod clocks;
mod copied;
mod crash;
mod handover;
mod kills;
mod links;
mod malicious_relay;
mod moves;
mod older_copy;
mod poison;
mod residue;
mod shelf;
mod stories;
mod stranger;
mod swarm;
mod thief;
mod unproven;
