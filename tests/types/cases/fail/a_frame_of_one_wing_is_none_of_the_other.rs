//! A frame of the peer wing is none of the business wing.

use partywall_ground::{Business, Frame, Peer};

fn taken(_: Frame<'_, Business>) {}

fn given(here: Frame<'_, Business>, there: Frame<'_, Peer>) {
    taken(there);
}

fn main() {}
