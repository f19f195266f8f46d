//! A batch carries disclosures, and no envelope of the peer wing.

use partywall_business::disclosure::Disclosure;
use partywall_business::export::CarriedRecord;
use partywall_business::ledger::{Index, Path, Salt};
use partywall_peer::Envelope;

fn carried(
    disclosure: &Disclosure,
    envelope: &Envelope,
    salt: Salt,
    index: Index,
    path: Path,
) -> CarriedRecord {
    CarriedRecord::of(disclosure, salt, index, path)
}

fn main() {}
