//! Both sides of a business chat: the customer's and the shop's.
//! Knows: everything its owner knows. Never knows: the peer wing.

mod choices;
pub mod error;
mod terms;
pub mod what;
mod world;
