//! A permit is used up by its disclosure.

use partywall_business::disclosure::Facts;
use partywall_business::permit::Permit;
use partywall_business::value::Value;

fn twice(first: Permit, second: Permit, value: Value, facts: Facts) -> bool {
    first.disclose(value, facts).is_ok() && first.disclose(value, facts).is_ok()
}

fn main() {}
