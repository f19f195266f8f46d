//! A consent that was received proves nothing yet.

use partywall_business::consent::{Consent, UnverifiedConsent};
use partywall_business::permit::{Permit, Standing};
use partywall_business::table::{Row, Table};
use partywall_ground::Seconds;

fn found(
    table: &Table,
    verified: &Consent,
    received: &UnverifiedConsent,
    row: Row,
    now: Seconds,
) -> Option<Permit> {
    Permit::find(table, table, verified, Standing::Verified, row, now)
}

fn main() {}
