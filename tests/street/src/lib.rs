//! The street: what the tests of the whole house stand on.
//! Knows: the repository's folders and the built binaries. Never knows: anything inside the crates.

pub mod house;
