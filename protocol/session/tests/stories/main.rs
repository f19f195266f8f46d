//! Stories of the sealed channel, alone and with the second implementation.
//! Knows: both sides' secrets. Never knows: a relay.

#[cfg(test)]
mod bundles;
#[cfg(test)]
mod business;
#[cfg(test)]
mod common;
#[cfg(test)]
mod conversation;
#[cfg(test)]
mod live;
#[cfg(test)]
mod replays;
#[cfg(test)]
mod rollback;
#[cfg(test)]
mod wycheproof;
