//! The policies that come with the relay. (SPEC §12.3)
//! Knows: their texts. Never knows: which one an operator uses.

/// A policy file by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The default: nothing to anybody but the business.
pub const STRICT: Shipped = Shipped {
    name: "strict",
    text: include_str!("../../policies/strict.toml"),
};

/// A commented example that shows every key.
pub const EXAMPLE: Shipped = Shipped {
    name: "example",
    text: include_str!("../../policies/example.toml"),
};

/// A reconstruction of what a large messenger's policy shared from 2016 on: for tests and the tour.
pub const WA2016: Shipped = Shipped {
    name: "wa2016",
    text: include_str!("../../policies/wa2016.toml"),
};

/// A reconstruction of what a large messenger's policy shared from 2021 on: for tests and the tour.
pub const WA2021: Shipped = Shipped {
    name: "wa2021",
    text: include_str!("../../policies/wa2021.toml"),
};

impl Shipped {
    /// All of them.
    pub const ALL: [Self; 4] = [STRICT, EXAMPLE, WA2016, WA2021];
}
