//! A relay's process over a disk that is watched, held and broken, and whoever talks to it meanwhile.
//! Knows: `shim/disk.c`, both wings' wire. Never knows: anything inside the relay.
//!
//! [`disk::Disk`] compiles the shim and is its other end; [`relay::Relay`] is a process that has it
//! loaded, and [`date::Date`] sets the date that it sees; [`power`] takes back what was never synced; [`mailbox`] and [`shop`] are the people of either
//! wing, and [`town`] those who go on however often the relay dies; [`judge`] says whether an `accepted`
//! came too early.

pub mod date;
pub mod disk;
pub mod event;
pub mod power;

pub mod line;
pub mod relay;

pub mod mailbox;
pub mod shop;
pub mod town;

pub mod judge;
