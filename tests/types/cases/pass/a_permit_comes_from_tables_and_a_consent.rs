//! A permit is asked of two tables and a consent.

use partywall_business::consent::Consent;
use partywall_business::permit::{Permit, Standing};
use partywall_business::table::{Row, Table};
use partywall_ground::Seconds;

fn found(
    accepted: &Table,
    current: &Table,
    consent: &Consent,
    row: Row,
    now: Seconds,
) -> Option<Permit> {
    Permit::find(accepted, current, consent, Standing::Verified, row, now)
}

fn main() {}
