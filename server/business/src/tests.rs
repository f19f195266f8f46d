//! The business wing played through: the same jobs that the door hands in, over the real store, with a
//! clock that stands still and dice that fall as they should; and the door itself over pipes.

mod words;
mod world;

mod begin;
mod disk;
mod faults;
mod floods;
mod leaving;
mod registry;
mod reporting;
mod revocation;
mod templates;
mod window;

mod anything;

mod house;

mod delivery;
mod door;
mod logins;
mod refusals;
