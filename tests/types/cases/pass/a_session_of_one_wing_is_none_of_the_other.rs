//! A session of the peer wing is none of the business wing.

use partywall_ground::{Business, Peer};
use partywall_session::Session;

fn taken(_: Session<Business>) {}

fn given(here: Session<Business>, there: Session<Peer>) {
    taken(here);
}

fn main() {}
