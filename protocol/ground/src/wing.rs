//! The two wings as types, so that a value of one does not fit where the other's is expected.
//! Knows: their names and bytes (SPEC §1.2, §1.4, G-2). Never knows: what is said in either.

/// A wing of the house. Sealed: there are two, and no crate can add a third. (SPEC §1.2)
pub trait Wing: sealed::Sealed + Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// The wing's part of every label: `peer` or `business`.
    const NAME: &'static str;
    /// The first byte of every frame of the wing. (SPEC §1.4)
    const BYTE: u8;
}

/// People talk to people. Has no values: it is only ever a type's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {}

/// People talk to businesses. Has no values: it is only ever a type's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Business {}

impl Wing for Peer {
    const NAME: &'static str = "peer";
    const BYTE: u8 = b'P';
}

impl Wing for Business {
    const NAME: &'static str = "business";
    const BYTE: u8 = b'B';
}

mod sealed {
    /// Cannot be named outside this file.
    pub trait Sealed {}
    impl Sealed for super::Peer {}
    impl Sealed for super::Business {}
}
