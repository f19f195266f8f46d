//! A disclosure is made from a permit, and not from its parts.

use partywall_business::disclosure::{Disclosure, Facts, Record};
use partywall_business::permit::Permit;
use partywall_business::value::Value;

fn disclosed(permit: Permit, record: Record, value: Value, facts: Facts) -> Option<Disclosure> {
    permit.disclose(value, facts).ok()
}

fn main() {}
