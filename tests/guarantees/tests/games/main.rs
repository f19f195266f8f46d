//! The guarantees about the sealed channel as games: what somebody with every envelope, or with a whole state, gets.
//! Knows: the session's public doors, and the SPEC's derivations for the thief. Never knows: the session's inside.

#[cfg(test)]
mod deniability;
#[cfg(test)]
mod forward_secrecy;
#[cfg(test)]
mod healing;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod people;
#[cfg(test)]
mod poly1305;
#[cfg(test)]
mod salamander;
#[cfg(test)]
mod thief;
