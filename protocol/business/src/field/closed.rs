//! Closed lists of words: a code on the wire, a word in files, and nothing else.
//! Knows: how a list is counted, written and read. Never knows: what its words mean.

/// An enum whose variants have codes from 1 in order, and one word each.
macro_rules! closed {
    ($(#[$about:meta])* $name:ident, $count:literal {
        $($(#[$variant_about:meta])* $variant:ident = $code:literal, $word:literal;)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_about])* $variant = $code,)*
        }

        impl $name {
            /// How many there are.
            pub const COUNT: usize = $count;
            /// All of them, in the order of their codes.
            pub const ALL: [Self; $count] = [$(Self::$variant,)*];

            /// Its code on the wire: 1 or more.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// What a code means; 0 and unknown codes mean nothing.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Its place among all, from 0.
            #[must_use]
            pub const fn place(self) -> usize {
                self as usize - 1
            }

            /// Its word in files.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What a word means, exactly as it is written.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.word() == word)
            }
        }

        /// The word.
        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.word())
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.u8(self.code())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                decoder: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::from_code(decoder.u8()?)
                    .ok_or_else(|| minicbor::decode::Error::message("unknown code"))
            }
        }
    };
}
pub(crate) use closed;
