//! What was read out of a ledger cannot be sent again.

use partywall_business::disclosure::{Disclosure, Record};

fn told(disclosure: Disclosure, read: Record) -> Vec<u8> {
    let sent: &Disclosure = &disclosure;
    sent.bytes().to_vec()
}

fn main() {}
