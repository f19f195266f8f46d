//! The relay: configuration, identity, listeners, operator commands; everything around the planes that keep and carry mail.
//! Knows: this machine, its operator, TLS. Never knows: what an envelope holds; no code that opens one is linked here.
//!
//! The binary `partywall-relay` is [`command::main`]; tests start a [`Relay`] in their own process.

pub mod config;

pub mod wing;

pub mod identity;
pub mod private;

pub mod caretaker;
pub mod disk;
pub mod listener;
pub mod stop;
pub mod vitals;
pub mod window;

pub mod exporter;
pub mod front;

pub mod admin;

pub mod opening;
pub mod relay;
pub mod start_error;
pub mod words;

pub mod command;
pub mod logs;
pub mod process;

pub use config::settings::Settings;
pub use relay::Relay;
pub use start_error::StartError;
