//! The shapes in which both wings make their small words: ids, numbers, choices, silence.
//! Knows: how each is made and how CBOR holds it. Never knows: which words there are.

/// Names of one exact length in bytes, a type each. `Debug` prints the type's name and nothing of the
/// value, so that no log and no panic can tell one mailbox or customer from another.
#[macro_export]
macro_rules! ids {
    ($($(#[$about:meta])* $name:ident, $length:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// How many bytes it has.
            pub const LENGTH: usize = $length;

            /// From its bytes; every value is one.
            #[must_use]
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// Its bytes, out of the type.
            #[must_use]
            pub const fn into_bytes(self) -> [u8; $length] {
                self.0
            }
        }

        /// The type's name and nothing of the value.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = $crate::WrongLength;

            fn try_from(bytes: &[u8]) -> Result<Self, $crate::WrongLength> {
                bytes.try_into().map(Self).map_err(|_| $crate::WrongLength)
            }
        }

        impl<C> ::minicbor::Encode<C> for $name {
            fn encode<W: ::minicbor::encode::Write>(
                &self,
                encoder: &mut ::minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), ::minicbor::encode::Error<W::Error>> {
                encoder.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> ::minicbor::Decode<'b, C> for $name {
            fn decode(
                decoder: &mut ::minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, ::minicbor::decode::Error> {
                Self::try_from(decoder.bytes()?)
                    .map_err(|_| ::minicbor::decode::Error::message("wrong length"))
            }
        }
    )*};
}

/// Numbers that mean something, a type each.
#[macro_export]
macro_rules! numbers {
    ($($(#[$about:meta])* $name:ident, $number:ty;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(::minicbor::Encode, ::minicbor::Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] $number);

        impl $name {
            /// That number.
            #[must_use]
            pub const fn new(value: $number) -> Self {
                Self(value)
            }

            /// The number.
            #[must_use]
            pub const fn value(self) -> $number {
                self.0
            }
        }
    )*};
}

/// Two things to choose from, a type each, so that no `bool` stands in a signature.
#[macro_export]
macro_rules! choices {
    ($($(#[$about:meta])* $name:ident {
        $(#[$about_no:meta])* false => $no:ident,
        $(#[$about_yes:meta])* true => $yes:ident,
    })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[$about_no])*
            $no,
            $(#[$about_yes])*
            $yes,
        }

        impl<C> ::minicbor::Encode<C> for $name {
            fn encode<W: ::minicbor::encode::Write>(
                &self,
                encoder: &mut ::minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), ::minicbor::encode::Error<W::Error>> {
                encoder.bool(matches!(self, Self::$yes))?.ok()
            }
        }

        impl<'b, C> ::minicbor::Decode<'b, C> for $name {
            fn decode(
                decoder: &mut ::minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, ::minicbor::decode::Error> {
                Ok(if decoder.bool()? { Self::$yes } else { Self::$no })
            }
        }
    )*};
}

/// Prints each type as its name: `Debug` for what holds a secret.
#[macro_export]
macro_rules! silent {
    ($($name:ident),*) => {$(
        /// The type's name and nothing of the value.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}
