//! A permit is found, and not put together.

use partywall_business::consent::Consent;
use partywall_business::consent::Party;
use partywall_business::permit::{Joined, Permit, Standing};
use partywall_business::table::Row;
use partywall_ground::Seconds;

fn found(
    joined: &Joined,
    consent: &Consent,
    row: Row,
    party: Party,
    now: Seconds,
) -> Option<Permit> {
    Some(Permit {
        row,
        party,
        ..todo()
    })
}

fn todo() -> Permit {
    loop {}
}

fn main() {}
