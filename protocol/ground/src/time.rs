//! Times as they stand on the wire: plain counts since 1970, a type for each unit.
//! Knows: the numbers. Never knows: what time it is.

use minicbor::{Decode, Encode};

macro_rules! counts {
    ($($(#[$about:meta])* $name:ident, $number:ty;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] $number);

        impl $name {
            /// That many.
            pub const fn new(value: $number) -> Self {
                Self(value)
            }

            /// How many.
            pub const fn value(self) -> $number {
                self.0
            }
        }
    )*};
}

counts! {
    /// A day (UTC), counted from 1970-01-01 = 0.
    Day, u32;
    /// A number of days.
    Days, u64;
    /// A number of seconds; as a date, since 1970-01-01T00:00:00Z.
    Seconds, u64;
    /// A number of milliseconds; as a date, since 1970-01-01T00:00:00Z.
    Milliseconds, u64;
}
