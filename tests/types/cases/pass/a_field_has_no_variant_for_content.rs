//! What may be told: a field, and never the content of a message.

use partywall_business::field::Field;

fn told() -> Field {
    Field::PhoneNumber
}

fn main() {}
