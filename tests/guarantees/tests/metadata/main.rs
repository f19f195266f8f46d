//! Games over metadata: what a relay, or whoever watches the street, can tell from all that it sees.
//! (Rows D01, D04, D06, D08, D09, D14 and G14 of the guarantee catalogue; docs/guarantees.md)
//! Knows: bytes, lengths, times. Never knows: keys, when it plays the relay.

#[cfg(test)]
mod classify;
#[cfg(test)]
mod pair;

#[cfg(test)]
mod left_or_right;
#[cfg(test)]
mod lengths;

#[cfg(test)]
mod disclosure;
#[cfg(test)]
mod flows;

#[cfg(test)]
mod absent;
#[cfg(test)]
mod addresses;
#[cfg(test)]
mod compression;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod tokens;
