//! From the right to leave mail to the name under which the relay knows it. (SPEC §3)
//! Knows: a one-way step. Never knows: who holds the capability.

use crate::DROP;
use partywall_ground::{Capability, DropId};

/// `H("drop", capability)`: what a relay keeps and looks up. (SPEC §3, P-16)
#[must_use]
pub fn drop_id(capability: &Capability) -> DropId {
    if partywall_mutant::is("D14") {
        return DropId::new(*capability.as_bytes());
    }
    DropId::new(partywall_proof::hash(DROP, &[capability.as_bytes()]))
}
