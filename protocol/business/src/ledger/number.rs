//! Where an entry stands and how many there are: two numbers that are never the same thing. (SPEC §13.1)
//! Knows: counting. Never knows: trees.

macro_rules! numbers {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(minicbor::Encode, minicbor::Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] u64);

        impl $name {
            /// That number.
            #[must_use]
            pub const fn new(value: u64) -> Self {
                Self(value)
            }

            /// The number.
            #[must_use]
            pub const fn value(self) -> u64 {
                self.0
            }
        }
    )*};
}

numbers! {
    /// Where an entry stands in the ledger: the first at 0.
    Index;
    /// How many entries a ledger has.
    Size;
}

impl Size {
    /// The ledger before its first entry.
    pub const EMPTY: Self = Self(0);

    /// Whether the ledger of this size has an entry there.
    #[must_use]
    pub const fn holds(self, index: Index) -> bool {
        index.0 < self.0
    }
}
