//! The peer wire held against the vectors of a second implementation. (SPEC §10)
//! Knows: `protocol/vectors/*.json`. A missing file is a failure.

#[cfg(test)]
mod file;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod hashes;
#[cfg(test)]
mod links;
