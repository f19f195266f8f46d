//! A load for the peer wing: many readers and writers at once, and what serving them cost.
//! Knows: the peer wire, as its clients speak it. Never knows: how to open an envelope, what a server
//! is like inside, the business wing.
//!
//! In the order of a measurement: a [`Target`] says who is asked and in which [`Dialect`];
//! [`Mailboxes::make`] makes mailboxes there; [`Lanes::open`] puts a reader and a writer at each; and
//! [`online`], [`paced`], [`stored`], [`drain`] or [`presence`] does something with them, bounded in
//! count and time, and gives [`Figures`]. [`attach_idle`] opens connections that only rest.

pub mod plot;
pub mod report;
pub mod table;

mod error;

mod process;
mod target;

mod dialect;
mod tls;
mod wire;

mod greeted;
mod lanes;
mod mailboxes;
mod reader;
mod writer;

mod closing;
mod figures;

mod idle;
mod loads;

pub use dialect::{Dialect, RelayDoor};
pub use error::LoadError;
pub use figures::{Figures, Latency};
pub use idle::{Idle, attach_idle};
pub use lanes::Lanes;
pub use loads::drain::{Drain, drain};
pub use loads::online::{Online, online};
pub use loads::paced::{Paced, paced};
pub use loads::presence::{Presence, Told, presence};
pub use loads::stored::{Stored, stored};
pub use mailboxes::Mailboxes;
pub use process::Process;
pub use target::{Sources, Target};
