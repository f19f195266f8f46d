//! What an operator may ask of a relay: passes, vouches, businesses, policies, status.
//! Knows: questions, answers, and the socket that carries them on this machine. Never knows: mail.

mod business_words;
pub mod words;

pub mod client;
pub mod reach;
pub mod socket;

pub mod business;
pub mod dates;
pub mod office;
mod policies;
