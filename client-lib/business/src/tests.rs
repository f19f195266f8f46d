//! What both sides of the counter promise, against the relay's own business wing, in process.
//! Knows: the whole street. Never knows: real sockets.

mod house;

mod crash;
mod fetches;
mod liar;
mod outsiders;
mod rights;
mod terms;
mod visit;
