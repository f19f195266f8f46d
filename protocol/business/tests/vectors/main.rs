//! The business wire and its rules held against the vectors of a second implementation and against
//! the SPEC's registries. (SPEC §10)
//! Knows: `protocol/vectors/*.json` and `protocol/SPEC.md`. A missing file is a failure.

#[cfg(test)]
mod file;
#[cfg(test)]
mod told;

#[cfg(test)]
mod answers;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod requests;

#[cfg(test)]
mod content;
#[cfg(test)]
mod links;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod templates;

#[cfg(test)]
mod exporter;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod tiles;

#[cfg(test)]
mod page;

#[cfg(test)]
mod consents;
#[cfg(test)]
mod disclosures;
#[cfg(test)]
mod permits;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod values;
