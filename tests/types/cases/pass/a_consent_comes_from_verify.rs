//! A consent is verified, and not converted.

use partywall_business::consent::{Consent, Party, UnverifiedConsent};
use partywall_business::table::Table;

fn consent(received: UnverifiedConsent, party: &Party, table: &Table) -> Option<Consent> {
    received.verify(party, table).ok()
}

fn main() {}
