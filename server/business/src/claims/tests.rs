//! What sharing, claims, rights and chores promise, as stories over a real database in memory: every
//! job in a transaction of its own, and nothing in between that a test does not put there.

mod house;

mod ageing;
mod closing;
mod exporter;
mod interleavings;
mod kills;
mod lifecycle;
mod operator;
mod publishing;
mod receipts;
mod residue;
mod sinks;
mod telling;
