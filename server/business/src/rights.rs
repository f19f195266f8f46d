//! What customers may ask for, with the pairwise key or, when the rest is gone, with the rights key:
//! to see all of it, and to have it erased. (SPEC §11.7)
//! Knows: one conversation. Never knows: which of the two keys asks.

mod erase;
mod gone;
mod lists;

pub(crate) use erase::erase;
#[cfg(test)]
pub(crate) use erase::{Erased, rights_hash};
pub(crate) use gone::{was_erased, was_erased_by_rights};
pub(crate) use lists::{Shown, consents, disclosures, held};
