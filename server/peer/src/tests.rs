//! The peer wing played through: the same machines that the doors drive, over the real store, with a
//! clock that stands still and dice that fall as they should.

mod people;
mod world;

mod delivery;
mod interleavings;
mod pages;

mod deposits;
mod mailboxes;
mod shelves;

mod flooding;
mod prying;

mod backlog;
mod deaths;
mod expiry;
mod faults;
mod residue;
mod room;

mod sockets;
