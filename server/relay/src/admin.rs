//! What an operator may ask of a relay: passes, vouches, status. The same answers whether it runs or not.
//! Knows: questions, answers, and the socket that carries them on this machine. Never knows: mail.

pub mod client;
pub mod office;
pub mod socket;
pub mod words;
