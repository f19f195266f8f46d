//! Games over metadata: what a relay, or whoever watches the street, can tell from all that it sees.
//! (Rows D01, D04, D06, D08, D09 and D14 of the guarantee catalogue; docs/guarantees.md)
//! Knows: bytes, lengths, times. Never knows: keys, when it plays the relay.

mod classify;
mod pair;

mod left_or_right;
mod lengths;

mod disclosure;
mod flows;

mod absent;
mod addresses;
mod compression;
mod tokens;
